using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>Finds a rule pack by its id in UTF-8, or gives null.</summary>
internal delegate RulePack? RulePackFinder(ReadOnlySpan<byte> id);

/// <summary>The parts of terms that follow from a sanction's claims and its rule pack alone.</summary>
/// <remarks>
/// docs/spec/records.md section 7.2. Public because a verifier who has neither the subject key nor the record's secret
/// compares these parts with terms and reports the others as not compared.
/// </remarks>
public sealed class TermsClaims
{
    private const long SecondsPerDay = 86_400;
    private const int DateCharacters = 10;

    private TermsClaims(SanctionGrade grade, bool repairable, RulePack? pack)
    {
        Grade = grade;
        Repairable = repairable;
        Pack = pack;
    }

    /// <summary>How grave the sanction is.</summary>
    public SanctionGrade Grade { get; }

    /// <summary>Whether it can be repaired.</summary>
    public bool Repairable { get; }

    /// <summary>The rule pack, or null with the grade none.</summary>
    public RulePack? Pack { get; }

    /// <summary>00:00 of the day of the decision, in Unix seconds; 0 for none.</summary>
    public ulong DecidedAt { get; private init; }

    /// <summary>00:00 of the day after the shortest period, in Unix seconds; 0 with the grade none.</summary>
    public ulong EarliestRepairAt { get; private init; }

    /// <summary>00:00 of the day after the last day of publication, in Unix seconds; 0 for none.</summary>
    public ulong PublicUntil { get; private init; }

    /// <summary>00:00 of the day after the last day of an attached term, in Unix seconds; 0 for none.</summary>
    public ulong AttachedTermUntil { get; private init; }

    /// <summary>Reads them from a valid record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="packs">The rule packs to choose from.</param>
    /// <param name="terms">The parts, or null.</param>
    /// <param name="problem">Why there are none, or null; see <see cref="SanctionTerms.TryCreate"/>.</param>
    public static bool TryRead(
        CreditRecord record,
        IRulePackSource packs,
        [NotNullWhen(true)] out TermsClaims? terms,
        [NotNullWhen(false)] out RecordProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(packs);

        terms = null;
        if (record.Kind != RecordKind.Sanction)
        {
            problem = new RecordProblem(
                "not-a-sanction", "/kind", "Expected a sanction, found another kind, which has no terms.");
            return false;
        }

        JsonObject claims = record.Claims;
        SanctionGrade grade = ReadGrade(claims);
        if (!TryFindPack(claims, grade, packs, out RulePack? pack, out problem)
            || !TryReadDate(claims, "decidedOn", out CivilDate? decidedOn, out problem)
            || !TryReadDate(claims, "publicUntil", out CivilDate? publicUntil, out problem)
            || !TryReadDate(claims, "attachedTermUntil", out CivilDate? attachedTermUntil, out problem))
        {
            return false;
        }

        bool isRepairable = (claims.Find("repairable") as JsonBoolean)?.Value != false;
        terms = Create(grade, isRepairable, pack, decidedOn, publicUntil, attachedTermUntil);
        return true;
    }

    /// <summary>Reads them from the text of a valid record.</summary>
    /// <param name="record">A sanction.</param>
    /// <param name="findPack">Finds a rule pack by its id in UTF-8, or gives null.</param>
    /// <returns>Null in all cases in which <see cref="TryRead"/> tells a problem, and where the id of the rule pack has escapes.</returns>
    internal static TermsClaims? Read(SlicedRecord record, RulePackFinder findPack)
    {
        if (!record.TryFindPlainText("grade", out ReadOnlySpan<byte> name)
            || !SanctionGrades.TryParse(name, out SanctionGrade grade)
            || !TryReadDate(record, "decidedOn", out CivilDate? decidedOn)
            || !TryReadDate(record, "publicUntil", out CivilDate? publicUntil)
            || !TryReadDate(record, "attachedTermUntil", out CivilDate? attachedTermUntil))
        {
            return null;
        }

        RulePack? pack = null;
        if (grade != SanctionGrade.None)
        {
            pack = record.TryFindPlainText("rulePack", out ReadOnlySpan<byte> id) ? findPack(id) : null;
            if (pack is null)
            {
                return null;
            }
        }

        bool isRepairable = !record.TryFindClaim("repairable", out ReadOnlySpan<byte> value) || !value.SequenceEqual("false"u8);
        return Create(grade, isRepairable, pack, decidedOn, publicUntil, attachedTermUntil);
    }

    private static TermsClaims Create(
        SanctionGrade grade,
        bool isRepairable,
        RulePack? pack,
        CivilDate? decidedOn,
        CivilDate? publicUntil,
        CivilDate? attachedTermUntil)
    {
        RuleGrade? rules = pack?.For(grade);
        long offset = (long)(pack?.UtcOffset.TotalSeconds ?? 0);
        long? shortestEnds = decidedOn is null ? null : rules?.Shortest.LastDay(decidedOn.Value);
        long? longestEnds = decidedOn is null ? null : rules?.Longest.LastDay(decidedOn.Value);
        ulong decidedAt = Midnight(decidedOn?.DaysSinceEpoch, offset);

        // A pack without a shortest period opens repair with the decision; without a pack there is none.
        ulong earliestRepairAt = shortestEnds is null && pack is not null ? decidedAt : Midnight(shortestEnds + 1, offset);
        return new TermsClaims(grade, isRepairable && grade != SanctionGrade.None, pack)
        {
            DecidedAt = decidedAt,
            EarliestRepairAt = earliestRepairAt,
            PublicUntil = Midnight((publicUntil?.DaysSinceEpoch ?? longestEnds) + 1, offset),
            AttachedTermUntil = Midnight(attachedTermUntil?.DaysSinceEpoch + 1, offset),
        };
    }

    private static SanctionGrade ReadGrade(JsonObject claims) =>
        claims.TryFindString("grade", out string? name) && SanctionGrades.TryParse(name, out SanctionGrade grade)
            ? grade
            : throw new System.Diagnostics.UnreachableException("A valid sanction has a grade.");

    private static bool TryFindPack(
        JsonObject claims,
        SanctionGrade grade,
        IRulePackSource packs,
        out RulePack? pack,
        [NotNullWhen(false)] out RecordProblem? problem)
    {
        pack = null;
        problem = null;
        if (grade == SanctionGrade.None)
        {
            return true;
        }

        pack = claims.TryFindString("rulePack", out string? id) ? packs.Find(id) : null;
        if (pack is null)
        {
            problem = new RecordProblem(
                "unknown-rule-pack",
                "/claims/rulePack",
                $"Expected one of the rule packs {string.Join(", ", packs.Ids)}, found another.");
        }

        return pack is not null;
    }

    private static bool TryReadDate(
        JsonObject claims, string name, out CivilDate? date, [NotNullWhen(false)] out RecordProblem? problem)
    {
        date = null;
        problem = null;
        if (!claims.TryFindString(name, out string? text))
        {
            return true;
        }

        if (!TryParseDate(text, out CivilDate read))
        {
            problem = new RecordProblem(
                "date-too-early", $"/claims/{name}", "Expected a date from 1970-01-02 on, found an earlier one.");
            return false;
        }

        date = read;
        return true;
    }

    private static bool TryReadDate(SlicedRecord record, string name, out CivilDate? date)
    {
        date = null;
        if (!record.TryFindClaim(name, out ReadOnlySpan<byte> value))
        {
            return true;
        }

        Span<char> buffer = stackalloc char[DateCharacters];
        if (value[0] != (byte)'"' || !SlicedRecord.TryWiden(value[1..^1], buffer, out ReadOnlySpan<char> text) || !TryParseDate(text, out CivilDate read))
        {
            return false;
        }

        date = read;
        return true;
    }

    // Within a day of the epoch a time could be 0 or negative, and 0 stands for none.
    private static bool TryParseDate(ReadOnlySpan<char> text, out CivilDate date) =>
        CivilDate.TryParse(text, out date) && date.DaysSinceEpoch >= 1;

    private static ulong Midnight(long? day, long offsetSeconds) =>
        day is null ? 0 : (ulong)((day.Value * SecondsPerDay) - offsetSeconds);
}
