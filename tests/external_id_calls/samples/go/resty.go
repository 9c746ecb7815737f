package billing

import (
	"github.com/go-resty/resty/v2"
	"github.com/google/uuid"
)

func Charge(client *resty.Client, order Order) (*resty.Response, error) {
	return client.R().
		SetBody(map[string]interface{}{"amount": order.Cents, "currency": "EUR", "externalId": uuid.NewString()}).
		Post("https://api.mintcash.me/payments")
}
