package dl

import (
	"bytes"
	"crypto/sha256"
)

func check(data, want []byte) bool {
	sum := sha256.Sum256(data)
	return bytes.Equal(sum[:], want)
}
