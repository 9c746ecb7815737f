package mintcash

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

type CreatePayment struct {
	Amount     int64  `json:"amount"`
	Currency   string `json:"currency"`
	ExternalID string `json:"externalId"`
	ReturnURL  string `json:"returnUrl,omitempty"`
}

type refundRequest struct {
	ExternalID string `json:"externalId"`
	Amount     *int64 `json:"amount,omitempty"`
}

type Client struct {
	base string
	http *http.Client
}

func (c *Client) Pay(ctx context.Context, order Order) (*Payment, error) {
	in := CreatePayment{
		Amount:     order.Cents,
		Currency:   order.Currency,
		ExternalID: order.Key,
	}
	raw, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/payments", bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	return c.do(req)
}

func (c *Client) Refund(ctx context.Context, id string, cents int64) (*Payment, error) {
	raw, _ := json.Marshal(&refundRequest{Amount: &cents})
	url := fmt.Sprintf("%s/payments/%s/refund", c.base, id)
	req, err := http.NewRequestWithContext(ctx, "POST", url, bytes.NewBuffer(raw))
	if err != nil {
		return nil, err
	}
	return c.do(req)
}
