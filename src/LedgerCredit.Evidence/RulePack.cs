using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>A versioned document of the rules of credit repair.</summary>
/// <remarks>docs/spec/rule-packs.md. Rules change by a new version of the document, never in code.</remarks>
public sealed class RulePack
{
    /// <summary>The member <c>format</c> of a rule pack document.</summary>
    public const string Format = "ledgercredit-rulepack/1";

    private RulePack(JsonObject document, Bytes32 hash, Fields fields)
    {
        Document = document;
        Hash = hash;
        Id = fields.Id;
        Version = fields.Version;
        TitleEnglish = fields.TitleEnglish;
        TitleChinese = fields.TitleChinese;
        Status = fields.Status;
        UtcOffset = fields.UtcOffset;
        InForce = fields.InForce;
        Minor = fields.Minor;
        General = fields.General;
        Serious = fields.Serious;
        Repair = fields.Repair;
    }

    /// <summary>The name that records state in the claim <c>rulePack</c>.</summary>
    public string Id { get; }

    /// <summary>Counts the versions of the document under this id, from 1.</summary>
    public ulong Version { get; }

    /// <summary>The English title.</summary>
    public string TitleEnglish { get; }

    /// <summary>The Chinese title.</summary>
    public string TitleChinese { get; }

    /// <summary><c>in-force</c>, <c>historic</c> or <c>demonstration</c>.</summary>
    public string Status { get; }

    /// <summary>The fixed distance from UTC of the days that the pack counts.</summary>
    public TimeSpan UtcOffset { get; }

    /// <summary>The days on which the rules are in force.</summary>
    public RuleDates InForce { get; }

    /// <summary>The periods of minor sanctions.</summary>
    public RuleGrade Minor { get; }

    /// <summary>The periods of general sanctions.</summary>
    public RuleGrade General { get; }

    /// <summary>The periods of serious sanctions.</summary>
    public RuleGrade Serious { get; }

    /// <summary>What the pack says about repair cases.</summary>
    public RepairRules Repair { get; }

    /// <summary>The whole document.</summary>
    public JsonObject Document { get; }

    /// <summary>keccak256 of the document's canonical form.</summary>
    public Bytes32 Hash { get; }

    /// <summary>The periods of a grade.</summary>
    /// <exception cref="ArgumentException">The grade is <see cref="SanctionGrade.None"/>.</exception>
    public RuleGrade For(SanctionGrade grade) => grade switch
    {
        SanctionGrade.None => throw new ArgumentException("No rule pack applies to the grade 'none'.", nameof(grade)),
        SanctionGrade.Minor => Minor,
        SanctionGrade.General => General,
        SanctionGrade.Serious => Serious,
        _ => throw new UnreachableException($"There is no grade {(byte)grade}."),
    };

    /// <summary>Reads a rule pack's JSON text.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="pack">The pack, or null.</param>
    /// <param name="problem">Why it was refused, or null.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out RulePack? pack, [NotNullWhen(false)] out ParseProblem? problem)
    {
        pack = null;
        return StrictJson.TryParse(utf8, JsonLimits.Document, out JsonValue? value, out problem)
            && TryCreate(value, out pack, out problem);
    }

    /// <summary>Reads a rule pack out of another document. Unknown members are refused.</summary>
    /// <param name="document">The pack's document.</param>
    /// <param name="pack">The pack, or null.</param>
    /// <param name="problem">Why it was refused, with a path that begins at the pack, or null.</param>
    public static bool TryCreate(
        JsonValue document, [NotNullWhen(true)] out RulePack? pack, [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(document);

        pack = null;
        JsonProblems problems = new();
        Fields fields = ReadFields(JsonCursor.Root(document, problems));
        problem = problems.First;
        if (problem is not null
            || !CanonicalJson.TryWrite(document, CanonicalNumbers.Exact, out byte[]? canonical, out problem))
        {
            return false;
        }

        pack = new RulePack((JsonObject)document, Keccak256.Hash(canonical), fields);
        return true;
    }

    private static Fields ReadFields(JsonCursor root)
    {
        root.ObjectWith(
            [
                "format", "id", "version", "title", "status", "utcOffset", "inForce", "grades",
                .. RepairRulesReader.Members,
            ]);
        RulePackReader.RefuseUnless(
            root.Member("format"), text => text == Format, $"Expected '{Format}', found other text.");

        (string english, string chinese) = RulePackReader.ReadTexts(root.Member("title"));
        JsonCursor grades = root.Member("grades").ObjectWith(["minor", "general", "serious"]);
        return new Fields(
            RulePackReader.ReadId(root.Member("id")),
            (ulong)RulePackReader.ReadCount(root.Member("version"), 1, int.MaxValue),
            english,
            chinese,
            ReadStatus(root.Member("status")),
            RulePackReader.ReadOffset(root.Member("utcOffset")),
            RulePackReader.ReadDates(root.Member("inForce")),
            ReadGrade(grades.Member("minor")),
            ReadGrade(grades.Member("general")),
            ReadGrade(grades.Member("serious")),
            RepairRulesReader.Read(root));
    }

    private static string ReadStatus(JsonCursor cursor) => RulePackReader.RefuseUnless(
        cursor,
        text => text is "in-force" or "historic" or "demonstration",
        "Expected 'in-force', 'historic' or 'demonstration', found other text.");

    private static RuleGrade ReadGrade(JsonCursor cursor)
    {
        cursor.ObjectWith(["shortest", "longest"]);
        return new RuleGrade(
            RulePackReader.ReadPeriod(cursor.Member("shortest")), RulePackReader.ReadPeriod(cursor.Member("longest")));
    }

    private sealed record Fields(
        string Id,
        ulong Version,
        string TitleEnglish,
        string TitleChinese,
        string Status,
        TimeSpan UtcOffset,
        RuleDates InForce,
        RuleGrade Minor,
        RuleGrade General,
        RuleGrade Serious,
        RepairRules Repair);
}
