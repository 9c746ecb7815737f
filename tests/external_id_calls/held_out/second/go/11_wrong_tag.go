package pay

type ChargeBody struct {
	Amount     int64  `json:"amount"`
	ExternalID string `json:"external_id"`
}

func Charge(o Order) {
	b, _ := json.Marshal(ChargeBody{Amount: o.Cents, ExternalID: o.Ref})
	http.Post("https://api.mintcash.me/payments", "application/json", bytes.NewReader(b))
}
