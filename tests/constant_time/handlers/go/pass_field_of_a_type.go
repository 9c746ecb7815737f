package hook

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
)

type Verifier struct {
	signature []byte
	mac       hash.Hash
}

type Signed struct {
	signature []byte
}

func NewVerifier(given, secret []byte) (Verifier, error) {
	m := hmac.New(sha256.New, secret)
	return Verifier{signature: given, mac: m}, nil
}

func (v *Verifier) Write(body []byte) (int, error) { return v.mac.Write(body) }

func (v Verifier) Ensure() bool {
	return hmac.Equal(v.mac.Sum(nil), v.signature) // HERE
}

func sign(body, secret []byte) Signed {
	m := hmac.New(sha256.New, secret)
	m.Write(body)
	return Signed{signature: m.Sum(nil)}
}

func (v Verifier) same(other []byte) bool { return string(v.signature) == string(other) }
