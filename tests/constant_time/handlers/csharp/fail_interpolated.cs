class Verifier
{
    bool Check(string payload, string signature)
    {
        var hash = new HMACSHA256(_key).ComputeHash(Encoding.UTF8.GetBytes(payload));
        var sb = new StringBuilder();
        foreach (var b in hash) sb.Append(b.ToString("x2"));
        var expected = $"sha256={sb}";
        return expected == signature; // HERE
    }
}
