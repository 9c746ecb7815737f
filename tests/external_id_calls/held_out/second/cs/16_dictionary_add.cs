class Refunder
{
    async Task Refund(string id, string key)
    {
        var body = new Dictionary<string, string>();
        body.Add("reason", "customer_request");
        body.Add("externalId", key);
        var message = new HttpRequestMessage {
            Method = HttpMethod.Post,
            RequestUri = new Uri($"https://api.mintcash.me/payments/{id}/refund"),
            Content = new StringContent(JsonSerializer.Serialize(body)),
        };
        await http.SendAsync(message);
    }
}
