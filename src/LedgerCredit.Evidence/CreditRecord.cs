using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>A valid credit record: one fact that an issuer states about a subject.</summary>
/// <remarks>
/// docs/spec/records.md sections 2 to 4. Immutable; only <see cref="TryParse"/> and <see cref="TryCreate"/> make one.
/// </remarks>
public sealed class CreditRecord
{
    private readonly byte[] _canonical;

    internal CreditRecord(
        RecordHead head,
        JsonObject claims,
        JsonObject json,
        byte[] canonical,
        IReadOnlyList<RecordProblem> warnings)
    {
        Kind = head.Kind;
        Id = head.Id;
        Issuer = head.Issuer;
        Subject = head.Subject;
        IssuedAt = head.IssuedAt;
        Supersedes = head.Supersedes;
        Claims = claims;
        Warnings = warnings;
        Json = json;
        _canonical = canonical;
    }

    /// <summary>What the record states.</summary>
    public RecordKind Kind { get; }

    /// <summary>Unique among the issuer's records of this kind; 1 to 200 characters.</summary>
    public string Id { get; }

    /// <summary>The member that states it.</summary>
    public string Issuer { get; }

    /// <summary>Whom it is about.</summary>
    public SubjectId Subject { get; }

    /// <summary>When it was issued, as it was written; see <see cref="IssueTime"/>.</summary>
    public string IssuedAt { get; }

    /// <summary>The <see cref="Id"/> of the earlier record that this one replaces, or null.</summary>
    public string? Supersedes { get; }

    /// <summary>What is stated, by kind; unknown members are kept.</summary>
    public JsonObject Claims { get; }

    /// <summary>Whether it is about a natural person (docs/spec/records.md section 3).</summary>
    public bool IsAboutNaturalPerson =>
        Subject.IsNaturalPerson || SubjectTypes.Recognize(Claims) == SubjectTypes.Recognition.NaturalPerson;

    /// <summary>What should be looked at although the record is valid.</summary>
    public IReadOnlyList<RecordProblem> Warnings { get; }

    private JsonObject Json { get; }

    /// <summary>Reads a record's JSON text.</summary>
    /// <param name="utf8">The text; more than 64 KiB is refused.</param>
    /// <param name="rules">What the configuration allows.</param>
    /// <param name="record">The record, or null.</param>
    /// <param name="problems">All reasons for refusing it; empty where it is valid.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8,
        RecordRules rules,
        [NotNullWhen(true)] out CreditRecord? record,
        out IReadOnlyList<RecordProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(rules);

        record = null;
        if (!StrictJson.TryParse(
            utf8, JsonLimits.Record, JsonPathForm.JsonPointer, out JsonValue? value, out ParseProblem? problem))
        {
            // Malformed text has no members to point to; its line and byte go into the message.
            problems = [problem.Code == "json-syntax"
                ? new RecordProblem(problem.Code, "", problem.ToString())
                : new RecordProblem(problem.Code, problem.Path, problem.Message)];
            return false;
        }

        if (value is not JsonObject json)
        {
            problems = [new RecordProblem("wrong-type", "", $"Expected an object, found {value.TypeName}.")];
            return false;
        }

        return TryCreate(json, rules, out record, out problems);
    }

    /// <summary>Makes a record of a JSON object from whatever source.</summary>
    /// <param name="json">The record's members.</param>
    /// <param name="rules">What the configuration allows.</param>
    /// <param name="record">The record, or null.</param>
    /// <param name="problems">All reasons for refusing it; empty where it is valid.</param>
    public static bool TryCreate(
        JsonObject json,
        RecordRules rules,
        [NotNullWhen(true)] out CreditRecord? record,
        out IReadOnlyList<RecordProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(rules);

        RecordReader reader = new(json, rules);
        record = reader.Read();
        problems = reader.Problems;
        return record is not null;
    }

    /// <summary>The record's members as they were given.</summary>
    public JsonObject ToJson() => Json;

    /// <summary>The canonical form, at most 64 KiB; <see cref="TryParse"/> accepts it again.</summary>
    public byte[] ToCanonicalBytes() => [.. _canonical];
}
