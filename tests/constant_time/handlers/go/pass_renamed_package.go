package hook

import (
	chmac "crypto/hmac"
	"crypto/sha256"
)

type check struct {
	want  []byte
	given []byte
}

func (c check) ok() bool { return len(c.given) > 0 }

func WebhookOK(key, body, given []byte) bool {
	m := chmac.New(sha256.New, key)
	m.Write(body)
	c := check{want: m.Sum(nil), given: given}
	return c.ok() && chmac.Equal(c.want, c.given) // HERE
}
