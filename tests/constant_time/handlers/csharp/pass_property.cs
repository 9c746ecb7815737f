public class HookRequest
{
    public byte[] Body { get; set; }
    private byte[] Mac => new HMACSHA256(Secrets.Webhook).ComputeHash(Body);

    public bool IsGenuine(byte[] given)
    {
        if (given == null) return false;
        return given.Length == Mac.Length && CryptographicOperations.FixedTimeEquals(Mac, given); // HERE
    }
}
