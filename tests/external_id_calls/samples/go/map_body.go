package pay

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
)

const mintcash = "https://api.mintcash.me"

func Subscribe(plan Plan) error {
	body := map[string]any{
		"amount":              plan.Cents,
		"currency":            "USD",
		"billingIntervalDays": 30,
	}
	body["externalId"] = plan.Key
	b, _ := json.Marshal(body)
	_, err := http.Post(mintcash+"/subscriptions", "application/json", bytes.NewBuffer(b))
	return err
}

func Donate(cents string) error {
	_, err := http.Post(mintcash+"/payments", "application/json", strings.NewReader(`{"amount": `+cents+`, "currency": "USD"}`))
	return err
}
