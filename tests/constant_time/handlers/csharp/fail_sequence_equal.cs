using System.Linq;
using System.Security.Cryptography;

static class Signature
{
    public static bool Verify(byte[] body, byte[] given, byte[] key)
    {
        var mac = Compute(body, key);
        return mac.SequenceEqual(given); // HERE
    }

    static byte[] Compute(byte[] body, byte[] key) => HMACSHA256.HashData(key, body);
}
