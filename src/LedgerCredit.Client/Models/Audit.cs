using System.Text.Json.Nodes;

namespace LedgerCredit.Client.Models;

/// <summary>An audit of all logs of the node.</summary>
/// <param name="Id">Its number since the node was started.</param>
/// <param name="State">`running`, `done`, `cancelled` or `failed`.</param>
/// <param name="StartedAt">When it began, RFC 3339.</param>
/// <param name="EndedAt">When it ended; absent while it runs.</param>
/// <param name="EntriesDone">How many entries of the log that it is at are done.</param>
/// <param name="Report">What `ledgercredit log audit --json` prints (docs/audit.md); absent until it is done.</param>
/// <param name="Problem">Why it failed; absent where it did not.</param>
public sealed record AuditView(long Id, string State, string StartedAt, string? EndedAt, long EntriesDone, JsonObject? Report, string? Problem);
