using System.Security.Cryptography;
using LedgerCredit.Service.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LedgerCredit.Service.Callers;

/// <summary>Lets answers leave at even steps of time, so that how long one takes does not tell what is there and not shown. Thread-safe.</summary>
/// <remarks>
/// A subject with records that the caller may not see takes longer to be looked up than one that nobody knows, by some tenths of a millisecond for each record. To
/// do the same work for both is not possible: there may be any number of them. So no answer leaves before the next whole step
/// since the request came to its endpoint, whatever it says. Nothing is held while it waits: no store, no processor, no lock.
/// </remarks>
internal sealed class AnswerPace(ServiceOptions options, TimeProvider timeProvider)
{
    /// <summary>Has a request answered.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">Answers it.</param>
    /// <param name="isShownAtOnce">Whether an answer that is no refusal leaves at once: where it shows one thing, and all of it that there is to be found out.</param>
    internal async ValueTask<object?> RunAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next, bool isShownAtOnce)
    {
        long began = timeProvider.GetTimestamp();
        bool isShown = false;
        try
        {
            object? answer = await next(context);
            isShown = isShownAtOnce && !IsRefusal(answer);
            return answer;
        }
        finally
        {
            // What failed waits, too: that something could not be read tells that it is there.
            if (!isShown)
            {
                await Task.Delay(UntilNextStep(timeProvider.GetElapsedTime(began)), timeProvider, context.HttpContext.RequestAborted);
            }
        }
    }

    private static bool IsRefusal(object? answer) => answer switch
    {
        INestedHttpResult nested => IsRefusal(nested.Result),
        IStatusCodeHttpResult { StatusCode: >= StatusCodes.Status400BadRequest } => true,
        _ => false,
    };

    private TimeSpan UntilNextStep(TimeSpan elapsed)
    {
        long left = options.AnswerStep.Ticks - (elapsed.Ticks % options.AnswerStep.Ticks);

        // Timers drop what is less than a millisecond, which would show it again on the average of many answers: a random part of one evens that out.
        return TimeSpan.FromTicks(left + RandomNumberGenerator.GetInt32((int)TimeSpan.TicksPerMillisecond));
    }
}

/// <summary>Gives endpoints their pace.</summary>
internal static class AnswerPaces
{
    /// <summary>Lets the answers leave at even steps. For each endpoint that reads what not every caller sees.</summary>
    internal static TBuilder AtEvenSteps<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.Paced(isShownAtOnce: false);

    /// <summary>Lets refusals leave at even steps, and the rest at once. For each endpoint that shows one thing, or that there is no such thing for the caller.</summary>
    internal static TBuilder RefusedAtEvenSteps<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.Paced(isShownAtOnce: true);

    private static TBuilder Paced<TBuilder>(this TBuilder builder, bool isShownAtOnce)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter((context, next) => context.HttpContext.RequestServices.GetRequiredService<AnswerPace>().RunAsync(context, next, isShownAtOnce));
}
