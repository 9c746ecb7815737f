public class PaymentsApi
{
    private readonly HttpClient _client;
    public PaymentsApi(IHttpClientFactory factory) => _client = factory.CreateClient("mintcash");

    private async Task<T> Post<T>(string path, object payload)
    {
        var json = JsonSerializer.Serialize(payload);
        var response = await _client.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<T>();
    }

    public Task<Payment> Create(Order order) =>
        Post<Payment>("/payments", new { amount = order.Cents, currency = "USD", externalId = order.Id });

    public Task<Refund> Refund(string id, long cents) =>
        Post<Refund>($"/payments/{id}/refund", new { amount = cents });
}
