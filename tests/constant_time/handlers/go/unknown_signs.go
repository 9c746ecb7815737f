package client

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
)

func (c *Client) signRequest(req *http.Request, body []byte) {
	m := hmac.New(sha256.New, c.secret)
	m.Write(body)
	req.Header.Set("X-Api-Signature", hex.EncodeToString(m.Sum(nil)))
}
