using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>A versioned document of the rules of credit repair, as far as the terms of a sanction need them.</summary>
/// <remarks>docs/spec/records.md section 7.3. Rules change by a new version of the document, never in code.</remarks>
public sealed class RulePack
{
    /// <summary>The member <c>format</c> of a rule pack document.</summary>
    public const string Format = "ledgercredit-rulepack/1";

    private const int MaxMonths = 1200;
    private const int MaxDays = 36_500;

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
        InForceFrom = fields.InForceFrom;
        Minor = fields.Minor;
        General = fields.General;
        Serious = fields.Serious;
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

    /// <summary>The first day on which the rules apply.</summary>
    public CivilDate InForceFrom { get; }

    /// <summary>The periods of minor sanctions.</summary>
    public RuleGrade Minor { get; }

    /// <summary>The periods of general sanctions.</summary>
    public RuleGrade General { get; }

    /// <summary>The periods of serious sanctions.</summary>
    public RuleGrade Serious { get; }

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
        root.ObjectWith(["format", "id", "version", "title", "status", "utcOffset", "inForce", "grades"]);
        RefuseUnless(root.Member("format"), text => text == Format, $"Expected '{Format}', found other text.");

        JsonCursor title = root.Member("title").ObjectWith(["en", "zh"]);
        JsonCursor inForce = root.Member("inForce").ObjectWith(["from", "source", "certainty"]);
        ReadOrigin(inForce);
        JsonCursor grades = root.Member("grades").ObjectWith(["minor", "general", "serious"]);
        return new Fields(
            ReadId(root.Member("id")),
            ReadCount(root.Member("version"), int.MaxValue),
            ReadText(title.Member("en")),
            ReadText(title.Member("zh")),
            ReadStatus(root.Member("status")),
            ReadOffset(root.Member("utcOffset")),
            ReadDate(inForce.Member("from")),
            ReadGrade(grades.Member("minor")),
            ReadGrade(grades.Member("general")),
            ReadGrade(grades.Member("serious")));
    }

    private static string ReadId(JsonCursor cursor) =>
        RefuseUnless(cursor, IssuerSlug.IsValid, "Expected lower-case letters, digits and hyphens, found other text.");

    private static string ReadText(JsonCursor cursor) =>
        RefuseUnless(cursor, text => text.Length > 0, "Expected some text, found none.");

    private static string ReadStatus(JsonCursor cursor) => RefuseUnless(
        cursor,
        text => text is "in-force" or "historic" or "demonstration",
        "Expected 'in-force', 'historic' or 'demonstration', found other text.");

    private static TimeSpan ReadOffset(JsonCursor cursor)
    {
        TimeSpan offset = default;
        RefuseUnless(
            cursor, text => Evidence.UtcOffset.TryParse(text, out offset), "Expected ±hh:mm, found other text.");
        return offset;
    }

    private static CivilDate ReadDate(JsonCursor cursor)
    {
        CivilDate date = default;
        RefuseUnless(
            cursor, text => CivilDate.TryParse(text, out date), "Expected a date as YYYY-MM-DD, found other text.");
        return date;
    }

    private static RuleGrade ReadGrade(JsonCursor cursor)
    {
        cursor.ObjectWith(["shortest", "longest"]);
        return new RuleGrade(ReadPeriod(cursor.Member("shortest")), ReadPeriod(cursor.Member("longest")));
    }

    // { "months": n } or { "days": n } or { "none": true }, each with source and certainty.
    private static RulePeriod ReadPeriod(JsonCursor cursor)
    {
        (string source, string certainty) = ReadOrigin(cursor);
        if (cursor.TryMember("months", out JsonCursor months))
        {
            cursor.ObjectWith(["months", "source", "certainty"]);
            return new RulePeriod(RulePeriodUnit.Months, (int)ReadCount(months, MaxMonths), source, certainty);
        }

        if (cursor.TryMember("days", out JsonCursor days))
        {
            cursor.ObjectWith(["days", "source", "certainty"]);
            return new RulePeriod(RulePeriodUnit.Days, (int)ReadCount(days, MaxDays), source, certainty);
        }

        cursor.ObjectWith(["none", "source", "certainty"]);
        JsonCursor none = cursor.Member("none");
        if (!none.Boolean())
        {
            none.Refuse("bad-value", "Expected true, found false.");
        }

        return new RulePeriod(RulePeriodUnit.None, 0, source, certainty);
    }

    private static (string Source, string Certainty) ReadOrigin(JsonCursor cursor)
    {
        string source = ReadText(cursor.Member("source"));
        string certainty = RefuseUnless(
            cursor.Member("certainty"),
            text => text is "V" or "V~" or "M" or "S",
            "Expected V, V~, M or S, found other text.");
        return (source, certainty);
    }

    private static ulong ReadCount(JsonCursor cursor, ulong max)
    {
        ulong count = cursor.SafeInteger();
        if (count == 0 || count > max)
        {
            cursor.Refuse("bad-value", $"Expected 1 to {max}, found another number.");
            return 1;
        }

        return count;
    }

    private static string RefuseUnless(JsonCursor cursor, Func<string, bool> isRight, string message)
    {
        string text = cursor.Text();
        if (!isRight(text))
        {
            cursor.Refuse("bad-value", message);
        }

        return text;
    }

    private sealed record Fields(
        string Id,
        ulong Version,
        string TitleEnglish,
        string TitleChinese,
        string Status,
        TimeSpan UtcOffset,
        CivilDate InForceFrom,
        RuleGrade Minor,
        RuleGrade General,
        RuleGrade Serious);
}
