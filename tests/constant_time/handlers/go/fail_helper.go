package webhook

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/base64"
)

func same(a, b string) bool { return a == b } // HERE

func CheckSignature(key []byte, body []byte, sig string) bool {
	m := hmac.New(sha512.New, key)
	m.Write(body)
	return same(base64.StdEncoding.EncodeToString(m.Sum(nil)), sig)
}
