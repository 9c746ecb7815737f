public class Gateway
{
    public Payment Subscribe(Plan plan)
    {
        var client = new RestClient("https://api.mintcash.me");
        var request = new RestRequest("/subscriptions", Method.Post);
        request.AddJsonBody(new { amount = plan.Cents, currency = "EUR", billingIntervalDays = 30, externalId = plan.Reference });
        return client.Execute<Payment>(request).Data;
    }

    public Payment Donate(long cents)
    {
        var client = new RestClient("https://api.mintcash.me");
        var request = new RestRequest("/payments", Method.Post);
        request.AddJsonBody(new { amount = cents, currency = "EUR" });
        return client.Execute<Payment>(request).Data;
    }
}
