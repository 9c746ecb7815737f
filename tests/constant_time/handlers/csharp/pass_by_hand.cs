static class Slow
{
    static bool SlowEq(byte[] a, byte[] b)
    {
        uint diff = (uint)a.Length ^ (uint)b.Length;
        for (int i = 0; i < a.Length && i < b.Length; i++)
        {
            diff |= (uint)(a[i] ^ b[i]); // HERE
        }
        return diff == 0;
    }

    public static bool Webhook(byte[] body, byte[] given)
    {
        using var h = new HMACSHA256(Key);
        return SlowEq(h.ComputeHash(body), given);
    }
}
