class Hook
{
    bool VerifyWebhook(byte[] body, byte[] given)
    {
        var mac = HMACSHA256.HashData(Key, body);
        return Acme.Safe.SameBytes(mac, given); // HERE
    }
}
