public class Verifier
{
    public bool VerifyWebhook(ReadOnlySpan<byte> body, string header)
    {
        Span<char> expected = stackalloc char[44];
        Write(body, expected.Slice(0));
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected.ToString()), Encoding.ASCII.GetBytes(header)); // HERE
    }

    private void Write(ReadOnlySpan<byte> body, Span<char> output)
    {
        Span<byte> mac = stackalloc byte[32];
        HMACSHA256.HashData(_key, body, mac);
        Span<byte> text = stackalloc byte[44];
        var result = Base64.EncodeToUtf8(mac, text, out _, out var written);
        if (result != OperationStatus.Done)
        {
            throw new InvalidOperationException();
        }
        Encoding.UTF8.TryGetChars(text.Slice(0, written), output, out _);
    }
}
