app.MapPost("/webhook", async (HttpRequest request) =>
{
    using var ms = new MemoryStream();
    await request.Body.CopyToAsync(ms);
    var expected = Convert.ToHexString(HMACSHA256.HashData(key, ms.ToArray())).ToLowerInvariant();
    var given = request.Headers["X-Signature"].ToString();
    return given.Equals(expected, StringComparison.Ordinal) ? Results.Ok() : Results.Unauthorized(); // HERE
});
