public Task<Refund> RefundAsync(string id, string key) =>
    "https://api.mintcash.me"
        .AppendPathSegments("payments", id, "refund")
        .WithBasicAuth(pk, sk)
        .PostJsonAsync(new { externalId = key })
        .ReceiveJson<Refund>();
