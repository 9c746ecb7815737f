class SignatureFilter
{
    static bool SecretEqual(byte[] a, byte[] b)
    {
        if (a == null || b == null || a.Length != b.Length)
        {
            return false;
        }
        var same = true;
        for (var i = 0; i < a.Length; i++)
        {
            same &= a[i] == b[i]; // HERE
        }
        return same;
    }

    bool VerifyWebhook(byte[] body, byte[] given)
    {
        using var hmac = new HMACSHA256(Key);
        return SecretEqual(given, hmac.ComputeHash(body));
    }
}
