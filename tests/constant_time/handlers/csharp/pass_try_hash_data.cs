static class Verifier
{
    public static bool VerifyWebhook(string header, ReadOnlySpan<byte> body, byte[] key)
    {
        Span<byte> expected = stackalloc byte[32];
        if (!HMACSHA256.TryHashData(key, body, expected, out var written) || written != expected.Length)
        {
            return false;
        }
        return CryptographicOperations.FixedTimeEquals(expected, Convert.FromHexString(header)); // HERE
    }
}
