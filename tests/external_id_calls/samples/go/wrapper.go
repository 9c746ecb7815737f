package mintcash

type Client struct{ base string }

func (c *Client) post(ctx context.Context, path string, in, out any) error {
	var buf bytes.Buffer
	if err := json.NewEncoder(&buf).Encode(in); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, &buf)
	if err != nil {
		return err
	}
	return c.send(req, out)
}

func (c *Client) CreatePayment(ctx context.Context, order Order) (out Payment, err error) {
	in := map[string]any{"amount": order.Cents, "currency": "USD", "externalId": order.ID}
	err = c.post(ctx, "/payments", in, &out)
	return
}

func (c *Client) Create(ctx context.Context, in NewPayment) (out Payment, err error) {
	err = c.post(ctx, "/payments", in, &out)
	return
}
