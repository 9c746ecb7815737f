public class Hook
{
    private string Expected(string body)
    {
        using (var hmac = new HMACSHA256(Encoding.ASCII.GetBytes(secret)))
        {
            return Convert.ToBase64String(hmac.ComputeHash(Encoding.UTF8.GetBytes(body)));
        }
    }

    public bool IsWebhookValid(string body, string header)
    {
        if (string.IsNullOrEmpty(header)) return false;
        return string.Equals(Expected(body), header, StringComparison.OrdinalIgnoreCase); // HERE
    }
}
