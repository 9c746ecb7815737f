class MintCash
{
    Task<T> SendAsync<T>(HttpMethod method, string path, object body) {
        var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        return Read<T>(_http.SendAsync(request));
    }
    public Task<Payment> Pay(Order o) => SendAsync<Payment>(HttpMethod.Post, "/payments", new { amount = o.Cents, currency = "USD", externalId = o.Key });
    public Task<Payment> Get(string id) => SendAsync<Payment>(HttpMethod.Get, $"/payments/{id}", null);
    public Task<Refund> Back(string id) => SendAsync<Refund>(HttpMethod.Post, $"/payments/{id}/refund", new { reason = "x" });
}
