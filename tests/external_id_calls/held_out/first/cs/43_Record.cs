public record CreatePayment(
    [property: JsonPropertyName("amount")] long Amount,
    [property: JsonPropertyName("currency")] string Currency,
    [property: JsonPropertyName("externalId")] string ExternalId);

public static class Payments
{
    const string Url = "https://api.mintcash.me/payments";

    public static async Task<string> Pay(HttpClient http, Order o)
    {
        var res = await http.PostAsJsonAsync(Url, new CreatePayment(o.Cents, "USD", o.Key));
        return await res.Content.ReadAsStringAsync();
    }

    public static Task<HttpResponseMessage> Raw(HttpClient http, CreatePayment payment) =>
        http.PostAsJsonAsync(Url, payment);
}
