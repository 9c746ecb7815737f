package hook

import "net/http"

func handle(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Signature") != token {
		w.WriteHeader(401)
	}
}
