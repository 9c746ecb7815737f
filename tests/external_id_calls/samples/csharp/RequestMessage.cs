public class SubscriptionGateway
{
    private const string Base = "https://api.mintcash.me";

    public async Task Subscribe(Plan plan)
    {
        var body = new CreateSubscription
        {
            Amount = plan.Cents,
            Currency = "EUR",
            BillingIntervalDays = 30,
            ExternalId = plan.Key,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Base}/subscriptions");
        request.Content = JsonContent.Create(body);
        await client.SendAsync(request);
    }

    public async Task Pay(long cents)
    {
        var fields = new Dictionary<string, object> { ["amount"] = cents, ["currency"] = "EUR" };
        var request = new HttpRequestMessage(HttpMethod.Post, Base + "/payments")
        {
            Content = new StringContent(JsonConvert.SerializeObject(fields)),
        };
        await client.SendAsync(request);
    }
}

public class CreateSubscription
{
    [JsonPropertyName("amount")] public long Amount { get; set; }
    [JsonPropertyName("currency")] public string Currency { get; set; }
    [JsonPropertyName("billingIntervalDays")] public int BillingIntervalDays { get; set; }
    [JsonPropertyName("externalId")] public string ExternalId { get; set; }
}
