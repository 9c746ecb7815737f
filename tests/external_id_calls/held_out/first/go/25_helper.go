package mintcash

func (c *Client) do(method, path string, body interface{}) (*http.Response, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(method, c.BaseURL+path, bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(c.Public, c.Secret)
	return c.HTTP.Do(req)
}

type RefundParams struct {
	Amount int    `json:"amount,omitempty"`
	Reason string `json:"reason"`
}

func (c *Client) Refund(id string, amount int) error {
	_, err := c.do("POST", "/payments/"+id+"/refund", RefundParams{Amount: amount, Reason: "customer_request"})
	return err
}

func (c *Client) Subscribe(key string, cents int) error {
	_, err := c.do(http.MethodPost, "/subscriptions", map[string]interface{}{"externalId": key, "amount": cents, "currency": "EUR", "billingIntervalDays": 7})
	return err
}
