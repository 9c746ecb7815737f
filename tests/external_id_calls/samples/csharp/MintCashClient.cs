using System.Net.Http.Json;

namespace Shop.Payments;

public class MintCashClient
{
    private readonly HttpClient _http;

    public MintCashClient(HttpClient http)
    {
        _http = http;
        _http.BaseAddress = new Uri("https://api.mintcash.me");
    }

    public async Task<Payment> PayAsync(Order order)
    {
        var response = await _http.PostAsJsonAsync("/payments", new
        {
            amount = order.Cents,
            currency = "USD",
            externalId = order.PaymentKey,
            returnUrl = order.ReturnUrl,
        });
        return await response.Content.ReadFromJsonAsync<Payment>();
    }

    public async Task RefundAsync(string id, long cents)
    {
        var content = new StringContent(JsonSerializer.Serialize(new { amount = cents }), Encoding.UTF8, "application/json");
        await _http.PostAsync($"/payments/{id}/refund", content);
    }

    public async Task<HttpResponseMessage> SendAsync(object body)
    {
        return await _http.PostAsJsonAsync("/payments", body);
    }
}
