public class SignatureFilter : IAsyncActionFilter
{
    public async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next)
    {
        var signature = context.HttpContext.Request.Headers["x-signature"].FirstOrDefault();
        var computed = await ComputeAsync(context.HttpContext.Request);
        var ok = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(computed), Encoding.UTF8.GetBytes(signature ?? "")); // HERE
        if (!ok)
        {
            context.Result = new UnauthorizedResult();
            return;
        }
        await next();
    }

    private async Task<string> ComputeAsync(HttpRequest request)
    {
        using var hmac = new HMACSHA256(_key);
        var hash = await hmac.ComputeHashAsync(request.Body);
        return Convert.ToHexString(hash);
    }
}
