package hook

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
)

func signatureOf(secret, body []byte) string {
	h := hmac.New(sha256.New, secret)
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

func Verify(secret, body []byte, header string) bool {
	want := signatureOf(secret, body)
	return subtle.ConstantTimeCompare([]byte(want), []byte(header)) == 1 // HERE
}
