using LedgerCredit.Client.Models;
using LedgerCredit.Evidence;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LedgerCredit.Service.Problems;

/// <summary>Makes the answers to requests that cannot be fulfilled.</summary>
internal static class Problem
{
    /// <summary>The answer to a request.</summary>
    /// <param name="code">What kind of problem it is.</param>
    /// <param name="detail">What was expected, what was found and what to do; nothing of a record.</param>
    /// <param name="issues">The places in the request, where there are some.</param>
    /// <param name="reason">A stable code of the reason, where there are several.</param>
    internal static ProblemHttpResult Of(ProblemCode code, string detail, IReadOnlyList<RecordIssue>? issues = null, string? reason = null)
    {
        ProblemDetails details = DetailsOf(code, detail, issues);
        if (reason is not null)
        {
            details.Extensions["reason"] = reason;
        }

        return TypedResults.Problem(details);
    }

    /// <summary>The answer to a request that names no subject in its member <c>subject</c>: with the reason that a record with it would be refused for.</summary>
    internal static ProblemHttpResult OfSubject(RecordProblem problem) => Of(
        ProblemCode.MalformedRequest,
        $"Expected a subject: scheme:value, with the schemes uscc, lei, cik and x-…. {problem.Message}",
        [new RecordIssue(problem.Code, "/subject", problem.Message)],
        problem.Code);

    /// <summary>The same where no endpoint answers.</summary>
    internal static ProblemDetails DetailsOf(ProblemCode code, string detail, IReadOnlyList<RecordIssue>? issues = null)
    {
        ProblemDetails details = new()
        {
            Type = code.Type,
            Title = code.Title,
            Status = code.Status,
            Detail = detail,
        };
        details.Extensions["code"] = code.Code;
        if (issues is not null)
        {
            details.Extensions["issues"] = issues;
        }

        return details;
    }
}
