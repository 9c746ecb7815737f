class Client
{
    void SignRequest(HttpRequestMessage message, byte[] body)
    {
        using var hmac = new HMACSHA256(_secret);
        message.Headers.Add("X-Api-Signature", Convert.ToHexString(hmac.ComputeHash(body)));
    }
}
