using System.Text.Json.Nodes;

namespace LedgerCredit.Client.Models;

/// <summary>A credit record: one fact that an issuer states about a subject.</summary>
/// <param name="Kind">`sanction`, `repair` or `rating`.</param>
/// <param name="Id">1 to 200 characters, unique among the issuer's records of this kind, such as a decision number.</param>
/// <param name="Issuer">The slug of the member that states it.</param>
/// <param name="Subject">Whom it is about: `scheme:value` with `uscc`, `lei`, `cik` or an own scheme `x-…`.</param>
/// <param name="IssuedAt">When it was issued: RFC 3339 with seconds, committed to as it is written.</param>
/// <param name="Claims">What is stated, by kind; unknown members are kept.</param>
/// <param name="Supersedes">The id of the earlier record of this issuer and kind that this one replaces.</param>
public sealed record RecordDocument(string Kind, string Id, string Issuer, string Subject, string IssuedAt, JsonObject Claims, string? Supersedes = null);
