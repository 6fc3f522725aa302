using System.Threading.RateLimiting;
using LedgerCredit.Node.Access;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using Microsoft.AspNetCore.Http;

namespace LedgerCredit.Service.Callers;

/// <summary>How many requests a caller may make: each organisation's callers together, and each address of those who did not sign in.</summary>
/// <remarks>A stream of records is one request: what bounds it is that its answers are read.</remarks>
internal sealed class CallerLimits(ServiceOptions options) : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> _limiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
    {
        Caller caller = context.Caller();
        bool isKnown = caller.IsActive;
        string partition = isKnown ? $"caller {caller.Name}" : $"address {context.Connection.RemoteIpAddress}";
        int rate = isKnown ? options.CallerRequestsPerSecond : options.PublicRequestsPerSecond;
        return RateLimitPartition.GetTokenBucketLimiter(partition, _ => new TokenBucketRateLimiterOptions
        {
            // A burst of five seconds' worth.
            TokenLimit = 5 * rate,
            TokensPerPeriod = rate,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
            AutoReplenishment = true,
        });
    });

    /// <summary>Lets a request pass, or says when to ask again.</summary>
    internal async Task LimitAsync(HttpContext context, RequestDelegate next)
    {
        using (RateLimitLease lease = _limiter.AttemptAcquire(context))
        {
            if (!lease.IsAcquired)
            {
                context.Response.Headers.RetryAfter = "1";
                await Problem.Of(ProblemCode.TooManyRequests, "Ask again after the time that 'Retry-After' names; many records go into one stream.").ExecuteAsync(context);
                return;
            }
        }

        await next(context);
    }

    public void Dispose() => _limiter.Dispose();
}
