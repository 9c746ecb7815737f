package pay

func Charge(o Order) (err error) {
	for i := 0; i < 3; i++ {
		body := map[string]any{"amount": o.Cents, "currency": "USD", "externalId": uuid.New().String()}
		b, _ := json.Marshal(body)
		var resp *http.Response
		resp, err = http.Post("https://api.mintcash.me/payments", "application/json", bytes.NewReader(b))
		if err == nil && resp.StatusCode < 500 {
			return nil
		}
	}
	return err
}
