using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Node.Access;
using LedgerCredit.Service.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LedgerCredit.Service.Callers;

/// <summary>The header in which a caller says what it reads records for.</summary>
internal static class PurposeHeader
{
    /// <summary>Its name.</summary>
    internal const string Name = "LedgerCredit-Purpose";

    /// <summary>Says in the description of the API that an endpoint reads records, and so wants the header.</summary>
    internal static TBuilder WithPurpose<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new ReadsForPurpose()));
        return builder;
    }

    /// <summary>Reads the purpose: who signed in has to state one; anybody else reads what is public.</summary>
    internal static bool TryRead(HttpContext context, [NotNullWhen(true)] out string? purpose, [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        purpose = context.Request.Headers[Name];
        problem = null;
        if (purpose is null && context.Caller().Kind == CallerKind.Anonymous)
        {
            purpose = Purposes.Public;
        }

        if (purpose is not null && Purposes.IsKnown(purpose))
        {
            return true;
        }

        purpose = null;
        problem = Problem.Of(ProblemCode.PurposeMissing, $"Say what the record is read for, which is logged and shown to its subject: the header '{Name}' with one of {string.Join(", ", Purposes.All)}.");
        return false;
    }
}

/// <summary>Marks an endpoint that reads records for a purpose.</summary>
internal sealed record ReadsForPurpose;
