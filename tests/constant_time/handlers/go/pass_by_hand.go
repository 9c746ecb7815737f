package hook

import (
	"crypto/hmac"
	"crypto/sha256"
)

func equal(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	var v byte
	for i := range a {
		v |= a[i] ^ b[i] // HERE
	}
	return v == 0
}

func webhookValid(key, body, given []byte) bool {
	m := hmac.New(sha256.New, key)
	m.Write(body)
	return equal(m.Sum(nil), given)
}
