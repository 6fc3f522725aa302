using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Evidence;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using LedgerCredit.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LedgerCredit.Service.Records;

/// <summary>Which records of which subject a request asks for.</summary>
/// <param name="Subject">The subject.</param>
/// <param name="After">Behind which place the page begins; null for the first one.</param>
/// <param name="Limit">The most records of it.</param>
internal sealed record SubjectPage(SubjectId Subject, LogPosition? After, int Limit)
{
    /// <summary>The most records of a page.</summary>
    internal const int MaxLimit = 100;

    /// <summary>Reads what a body says.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="cursor">The cursor, or null.</param>
    /// <param name="limit">The limit, or null.</param>
    /// <param name="defaultLimit">What stands for a limit that is absent.</param>
    /// <param name="node">The node.</param>
    /// <param name="page">The page.</param>
    /// <param name="problem">Why it is none.</param>
    internal static bool TryRead(
        string? subject,
        string? cursor,
        int? limit,
        int defaultLimit,
        NodeContext node,
        [NotNullWhen(true)] out SubjectPage? page,
        [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        page = null;
        problem = null;
        if (!SubjectId.TryParse(subject, out SubjectId? about, out RecordProblem? none))
        {
            problem = Problem.OfSubject(none);
            return false;
        }

        if (limit is < 1 or > MaxLimit)
        {
            problem = Problem.Of(ProblemCode.MalformedRequest, $"Expected a limit of 1 to {MaxLimit}.");
            return false;
        }

        LogPosition after = default;
        if (cursor is not null && !node.Cursors.TryRead(cursor, about, out after))
        {
            problem = Problem.Of(ProblemCode.InvalidCursor, "Expected the 'next' of the page before of the same subject, or no cursor for the first page.");
            return false;
        }

        page = new SubjectPage(about, cursor is null ? null : after, limit ?? defaultLimit);
        return true;
    }

    /// <summary>The cursor of the page behind this one; null where there is none.</summary>
    internal string? WriteNext(VisibleRecords found, NodeContext node) => found.Next is LogPosition next ? node.Cursors.Write(Subject, next) : null;
}
