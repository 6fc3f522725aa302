namespace LedgerCredit.Client.Models;

/// <summary>How a node is.</summary>
/// <param name="Status">`live`, `ready` or `not-ready`.</param>
/// <param name="Problems">What keeps the node from its work; empty where nothing does.</param>
public sealed record HealthReport(string Status, IReadOnlyList<HealthProblem> Problems);

/// <summary>One thing that keeps a node from its work.</summary>
/// <param name="Kind">`starting`, `contracts`, `ledger`, `history` or `node`.</param>
/// <param name="Reason">What is wrong and what to do, in a sentence or two.</param>
public sealed record HealthProblem(string Kind, string Reason);
