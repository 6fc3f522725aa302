using LedgerCredit.Client.Models;

namespace LedgerCredit.Client;

/// <summary>The node answered that it does not do what it was asked (RFC 9457), or with something that is no answer of a node.</summary>
public sealed class LedgerCreditException : Exception
{
    internal LedgerCreditException(int status, string code, string message, string? reason, string? traceId, IReadOnlyList<RecordIssue> issues)
        : base(message)
    {
        Status = status;
        Code = code;
        Reason = reason;
        TraceId = traceId;
        Issues = issues;
    }

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>The problem's stable code, such as <c>record-conflict</c>; <c>no-problem</c> where the answer has none.</summary>
    public string Code { get; }

    /// <summary>The stable code of the reason, where there are several for one code; else null.</summary>
    public string? Reason { get; }

    /// <summary>Under what the node's log has the request, where it says; else null.</summary>
    public string? TraceId { get; }

    /// <summary>The places in a record that are at fault; empty where there are none.</summary>
    public IReadOnlyList<RecordIssue> Issues { get; }

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsTransient => Status is 429 or 503;
}
