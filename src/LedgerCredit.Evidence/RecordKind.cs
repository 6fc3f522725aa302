using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Evidence;

/// <summary>
/// What a record states. The number is the kind byte of the log entry (docs/spec/records.md section 8).
/// </summary>
public enum RecordKind : byte
{
    /// <summary>An authority sanctioned a subject.</summary>
    Sanction = 1,

    /// <summary>A step of a credit repair.</summary>
    Repair = 2,

    /// <summary>An agency's rating action.</summary>
    Rating = 3,

    /// <summary>
    /// Somebody read a record: a line of a node's own access log (docs/spec/access.md section 8). Stands in no evidence file, and is refused
    /// unless <see cref="RecordRules.AllowAccess"/>.
    /// </summary>
    Access = 4,
}

/// <summary>The names of the record kinds as they stand in records.</summary>
public static class RecordKinds
{
    /// <summary>The issuer of all records of <see cref="RecordKind.Access"/>, and of no others: a node's own access log.</summary>
    public const string AccessIssuer = "access-log";

    /// <summary>The name of <see cref="RecordKind.Access"/>, which <see cref="TryParse(string?, out RecordKind)"/> does not read.</summary>
    internal const string AccessName = "access";

    /// <summary>The kinds that issuers state records of, in the order of their numbers: all but <see cref="RecordKind.Access"/>.</summary>
    public static IReadOnlyList<RecordKind> Stated { get; } = [RecordKind.Sanction, RecordKind.Repair, RecordKind.Rating];

    /// <summary>Reads <c>sanction</c>, <c>repair</c> or <c>rating</c>; nothing else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out RecordKind kind)
    {
        switch (name)
        {
            case "sanction":
                kind = RecordKind.Sanction;
                return true;
            case "repair":
                kind = RecordKind.Repair;
                return true;
            case "rating":
                kind = RecordKind.Rating;
                return true;
            default:
                kind = default;
                return false;
        }
    }

    /// <summary>Reads the same names in UTF-8, and that of <see cref="RecordKind.Access"/> where the rules allow it.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> name, RecordRules rules, out RecordKind kind)
    {
        if (rules.AllowAccess && name.SequenceEqual(RecordKind.Access.ToNameUtf8()))
        {
            kind = RecordKind.Access;
            return true;
        }

        foreach (RecordKind known in (ReadOnlySpan<RecordKind>)[RecordKind.Sanction, RecordKind.Repair, RecordKind.Rating])
        {
            if (name.SequenceEqual(known.ToNameUtf8()))
            {
                kind = known;
                return true;
            }
        }

        kind = default;
        return false;
    }

    /// <summary>The name of a kind.</summary>
    public static string ToName(this RecordKind kind) => kind switch
    {
        RecordKind.Sanction => "sanction",
        RecordKind.Repair => "repair",
        RecordKind.Rating => "rating",
        RecordKind.Access => AccessName,
        _ => throw new UnreachableException($"There is no record kind {(byte)kind}."),
    };

    /// <summary>The name of a kind in UTF-8.</summary>
    internal static ReadOnlySpan<byte> ToNameUtf8(this RecordKind kind) => kind switch
    {
        RecordKind.Sanction => "sanction"u8,
        RecordKind.Repair => "repair"u8,
        RecordKind.Rating => "rating"u8,
        RecordKind.Access => "access"u8,
        _ => throw new UnreachableException($"There is no record kind {(byte)kind}."),
    };

    /// <summary>The <c>vct</c> member of the payload of a record of this kind.</summary>
    public static string ToPayloadType(this RecordKind kind) => $"ledgercredit:{kind.ToName()}:1";
}
