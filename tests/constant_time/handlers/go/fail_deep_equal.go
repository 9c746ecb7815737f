package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"reflect"
)

func Check(key, body, sig []byte) bool {
	mac := hmac.New(sha256.New, key)
	mac.Write(body)
	got := mac.Sum(nil)
	return reflect.DeepEqual(got, sig) // HERE
}
