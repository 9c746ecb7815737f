public class RetryingGateway
{
    public Task<HttpResponseMessage> Charge(Order order)
    {
        return retryPolicy.ExecuteAsync(() => http.PostAsJsonAsync("https://api.mintcash.me/payments", new
        {
            amount = order.Cents,
            currency = "USD",
            externalId = Guid.NewGuid(),
        }));
    }

    public Task<HttpResponseMessage> ChargeByTime(long cents)
    {
        return http.PostAsJsonAsync("https://api.mintcash.me/payments", new { amount = cents, currency = "USD", externalId = DateTime.UtcNow.Ticks.ToString() });
    }
}
