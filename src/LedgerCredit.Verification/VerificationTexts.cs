using System.Globalization;

namespace LedgerCredit.Verification;

/// <summary>The words for a report's codes in one language. Codes are stable, words are not.</summary>
public sealed class VerificationTexts
{
    private readonly IReadOnlyDictionary<string, string> _texts;

    private VerificationTexts(string language, IReadOnlyDictionary<string, string> texts)
    {
        Language = language;
        _texts = texts;
    }

    /// <summary>English.</summary>
    public static VerificationTexts English { get; } = new("en", EnglishTexts.All);

    /// <summary>Chinese.</summary>
    public static VerificationTexts Chinese { get; } = new("zh", ChineseTexts.All);

    /// <summary>The language's code: <c>en</c> or <c>zh</c>.</summary>
    public string Language { get; }

    /// <summary>The texts of a language, or null for another code than <c>en</c> and <c>zh</c>.</summary>
    public static VerificationTexts? Find(string language) => language switch
    {
        "en" => English,
        "zh" => Chinese,
        _ => null,
    };

    /// <summary>What a step checks.</summary>
    public string Step(StepCode step) => _texts["step." + step.ToText()];

    /// <summary>How a step ended.</summary>
    public string Outcome(StepOutcome outcome) => _texts["outcome." + outcome.ToText()];

    /// <summary>What the verification comes to.</summary>
    public string Verdict(Verdict verdict) => _texts["verdict." + verdict.ToText()];

    /// <summary>Why a step failed or was skipped; empty for no reason.</summary>
    public string Reason(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);

        return reason.Length == 0 ? ""
            : ReasonCodes.MismatchedValue(reason) is string name ? Format("reason.mismatch", Value(name))
            : _texts["reason." + reason];
    }

    /// <summary>The name of a compared value.</summary>
    /// <param name="name">One of <see cref="ValueNames"/>, or <see cref="RecordFacts.TermsWithheld"/>.</param>
    public string Value(string name) => _texts["value." + name];

    /// <summary>A compared value as people read it: times as dates in UTC, everything else as it stands.</summary>
    /// <param name="name">The value's name, one of <see cref="ValueNames"/>.</param>
    /// <param name="value">The value as it was compared.</param>
    public string Show(string name, string value) =>
        name is ValueNames.TermsDecidedAt or ValueNames.TermsEarliestRepair or ValueNames.TermsPublicUntil or ValueNames.TermsAttachedTerm
        && ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong unixSeconds)
            ? unixSeconds == 0 ? _texts["time.none"] : Time(unixSeconds)
            : value;

    /// <summary>The name of a repair state.</summary>
    public string State(RepairState state) => _texts["state." + state.ToText()];

    /// <summary>Whether the record is complete or how much is withheld.</summary>
    public string Completeness(RecordFacts record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.IsComplete ? _texts["record.complete"] : Format("record.withheld", record.WithheldCount);
    }

    /// <summary>That a part of the terms was not compared.</summary>
    /// <param name="name">An item of <see cref="RecordFacts.NotCompared"/>.</param>
    public string NotCompared(string name) => Format("record.not-compared", Value(name));

    /// <summary>As of which block and time a status holds.</summary>
    public string AsOf(RepairStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return Format("status.as-of", State(status.State), status.BlockNumber, Time(status.BlockTime));
    }

    /// <summary>When the log's root hash was anchored.</summary>
    public string AnchoredAt(AnchorFacts anchor)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        return Format("anchor.at", anchor.TreeSize, Time(anchor.AnchoredAt), anchor.BlockNumber);
    }

    /// <summary>By which trust policy the verdict is.</summary>
    /// <param name="path">The policy's file.</param>
    public string Policy(string path) => Format("policy", path);

    private string Format(string key, params ReadOnlySpan<object?> arguments) =>
        string.Format(CultureInfo.InvariantCulture, _texts[key], arguments);

    // The ledger may state any number; what is beyond the calendar is shown as it stands.
    private static string Time(ulong unixSeconds) => unixSeconds <= 253_402_300_799
        ? DateTimeOffset.FromUnixTimeSeconds((long)unixSeconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        : unixSeconds.ToString(CultureInfo.InvariantCulture);
}
