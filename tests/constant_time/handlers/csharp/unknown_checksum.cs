class Download
{
    bool Intact(byte[] data, string wanted) => Convert.ToHexString(SHA256.HashData(data)) == wanted;
}
