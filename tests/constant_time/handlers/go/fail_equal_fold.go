package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"strings"
)

func Valid(secret, body []byte, signature string) bool {
	m := hmac.New(sha256.New, secret)
	m.Write(body)
	return strings.EqualFold(fmt.Sprintf("%x", m.Sum(nil)), signature) // HERE
}
