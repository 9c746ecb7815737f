package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
)

var enc = base64.StdEncoding

func (v *Verifier) Verify(id string, body []byte, header string) error {
	signed, err := v.Sign(id, body)
	if err != nil {
		return err
	}
	want := []byte(strings.Split(signed, ",")[1])
	for _, part := range strings.Split(header, " ") {
		if hmac.Equal([]byte(part), want) { // HERE
			return nil
		}
	}
	return fmt.Errorf("no signature matches")
}

func (v *Verifier) Sign(id string, body []byte) (string, error) {
	h := hmac.New(sha256.New, v.key)
	h.Write([]byte(id + string(body)))
	out := make([]byte, enc.EncodedLen(h.Size()))
	enc.Encode(out, h.Sum(nil))
	return fmt.Sprintf("v1,%s", out), nil
}
