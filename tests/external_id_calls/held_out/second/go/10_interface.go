package pay

const paymentsPath = "/payments"

func (g *gateway) Charge(ctx context.Context, o Order) error {
	return g.mintcash.Post(ctx, paymentsPath, ChargeBody{Amount: o.Cents, Currency: "USD", ExternalID: o.Ref})
}

type ChargeBody struct {
	Amount     int64  `json:"amount"`
	Currency   string `json:"currency"`
	ExternalID string `json:"externalId"`
}
