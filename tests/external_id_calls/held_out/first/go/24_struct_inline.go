package billing

func (s *Service) createPayment(ctx context.Context, o *Order) error {
	payload := struct {
		Amount     int    `json:"amount"`
		Currency   string `json:"currency"`
		ExternalID string `json:"externalId"`
	}{Amount: o.Total, Currency: "USD", ExternalID: o.ID}
	buf := new(bytes.Buffer)
	if err := json.NewEncoder(buf).Encode(payload); err != nil {
		return err
	}
	req, err := http.NewRequest("POST", "https://api.mintcash.me/payments", buf)
	if err != nil {
		return err
	}
	_, err = s.client.Do(req)
	return err
}
