using Microsoft.AspNetCore.Http;

namespace LedgerCredit.Service.Hosting;

/// <summary>Answers HEAD wherever GET is answered (RFC 9110 section 9.3.2).</summary>
/// <remarks>
/// Everything behind it takes the request for a GET: the same endpoint with its access policy is chosen, and a read is logged as one. The server itself
/// knows better, and sends no body.
/// </remarks>
internal static class HeadRequests
{
    /// <summary>Lets a request pass.</summary>
    internal static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await next(context);
            return;
        }

        context.Request.Method = HttpMethods.Get;
        try
        {
            await next(context);
        }
        finally
        {
            // Whoever measures requests is told what came.
            context.Request.Method = HttpMethods.Head;
        }
    }
}
