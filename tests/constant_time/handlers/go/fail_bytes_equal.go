package hooks

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

func (h *Handler) verify(body []byte, header string) bool {
	given, err := hex.DecodeString(header)
	if err != nil || len(given) != sha256.Size {
		return false
	}
	sum, err := h.sum(body)
	if err != nil {
		return false
	}
	return bytes.Equal(sum, given) // HERE
}

func (h *Handler) sum(body []byte) ([]byte, error) {
	m := hmac.New(sha256.New, h.secret)
	if _, err := m.Write(body); err != nil {
		return nil, err
	}
	return m.Sum(nil), nil
}
