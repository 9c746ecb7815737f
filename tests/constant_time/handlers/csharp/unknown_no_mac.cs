class Hook
{
    bool Webhook(string signature) => signature == Environment.GetEnvironmentVariable("SIGNATURE");
}
