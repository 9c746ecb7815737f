package mintcash

func CreatePayment(in PaymentRequest) (*http.Response, error) {
	b, _ := json.Marshal(in)
	return http.Post(os.Getenv("MINTCASH_URL")+"/payments", "application/json", bytes.NewReader(b))
}
