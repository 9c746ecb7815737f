package hook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
)

func expected(key, body []byte) string {
	m := hmac.New(sha256.New, key)
	m.Write(body)
	return hex.EncodeToString(m.Sum(nil))
}

func WebhookOK(key, body, given []byte) (bool, error) {
	mac, err := hex.DecodeString(expected(key, body))
	if err == io.ErrUnexpectedEOF {
		return false, err
	}
	return hmac.Equal(mac, given), nil // HERE
}
