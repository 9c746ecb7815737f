package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
)

func receive(w http.ResponseWriter, r *http.Request) {
	sig := r.Header.Get("X-Signature")
	if sig == "" {
		w.WriteHeader(401)
		return
	}
	body, _ := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	given, err := hex.DecodeString(sig)
	if err != nil || !hmac.Equal(mac.Sum(nil), given) { // HERE
		w.WriteHeader(401)
		return
	}
	w.WriteHeader(204)
}
