package hook

import (
	"crypto/hmac"
	"crypto/sha256"

	"example.org/shop/crypt"
)

func VerifyWebhook(key, body, given []byte) bool {
	m := hmac.New(sha256.New, key)
	m.Write(body)
	return crypt.SameBytes(m.Sum(nil), given) // HERE
}
