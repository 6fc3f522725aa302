using System.Text.Json.Nodes;

namespace LedgerCredit.Client.Models;

/// <summary>An audit of all logs of the node.</summary>
/// <param name="Id">Its number since the node was started.</param>
/// <param name="State">`running`, `done`, `cancelled` or `failed`.</param>
/// <param name="StartedAt">When it began, RFC 3339.</param>
/// <param name="EndedAt">When it ended; absent while it runs.</param>
/// <param name="EntriesDone">How many entries of all logs are done.</param>
/// <param name="EntriesTotal">How many entries there are; absent until that is known.</param>
/// <param name="Report">What `ledgercredit log audit --json` prints (docs/audit.md); absent until it is done.</param>
/// <param name="Problem">Why it failed; absent where it did not.</param>
public sealed record AuditView(long Id, string State, string StartedAt, string? EndedAt, long EntriesDone, long? EntriesTotal, JsonObject? Report, string? Problem);

/// <summary>An audit in a list.</summary>
/// <param name="Id">Its number since the node was started.</param>
/// <param name="State">`running`, `done`, `cancelled` or `failed`.</param>
/// <param name="StartedAt">When it began, RFC 3339.</param>
/// <param name="EndedAt">When it ended; absent while it runs.</param>
/// <param name="EntriesDone">How many entries of all logs are done.</param>
/// <param name="EntriesTotal">How many entries there are; absent until that is known.</param>
/// <param name="Verdict">What it came to: `sound`, `diverges` or `not-compared`; absent until it is done.</param>
/// <param name="Problem">Why it failed; absent where it did not.</param>
public sealed record AuditLine(long Id, string State, string StartedAt, string? EndedAt, long EntriesDone, long? EntriesTotal, string? Verdict, string? Problem);

/// <summary>A page of audits, the newest first.</summary>
/// <param name="Audits">The audits.</param>
/// <param name="Next">The cursor of the next page; absent on the last one.</param>
public sealed record AuditPage(IReadOnlyList<AuditLine> Audits, string? Next);
