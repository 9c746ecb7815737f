using System.Security.Cryptography;

public sealed class WebhookSignature
{
    private readonly byte[] _key;

    public WebhookSignature(byte[] key) => _key = key;

    public bool Matches(ReadOnlySpan<byte> body, string? header)
    {
        if (header is null || header.Length != 64 || header == string.Empty)
        {
            return false;
        }
        Span<byte> mac = stackalloc byte[32];
        HMACSHA256.HashData(_key, body, mac);
        return CryptographicOperations.FixedTimeEquals(mac, Convert.FromHexString(header)); // HERE
    }
}
