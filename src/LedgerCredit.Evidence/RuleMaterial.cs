namespace LedgerCredit.Evidence;

/// <summary>When a rule pack asks for a material.</summary>
public enum MaterialNeed
{
    /// <summary>Never; it may be added as evidence.</summary>
    Optional = 0,

    /// <summary>In each case. These are the ones that the contract knows.</summary>
    Always,

    /// <summary>Where the decision imposes a fine or confiscates.</summary>
    IfFined,

    /// <summary>Where the decision orders a rectification.</summary>
    IfCorrected,

    /// <summary>Where an agent applies for the subject.</summary>
    IfAgent,
}

/// <summary>A kind of material of a rule pack.</summary>
/// <param name="Kind">Its number on the ledger, 1 to 63.</param>
/// <param name="NameEnglish">Its English name.</param>
/// <param name="NameChinese">Its Chinese name.</param>
/// <param name="Need">When it is asked for.</param>
/// <param name="Origin">Where that comes from.</param>
public sealed record RuleMaterial(
    int Kind, string NameEnglish, string NameChinese, MaterialNeed Need, RuleOrigin Origin)
{
    /// <summary>The largest number of a kind.</summary>
    public const int MaxKind = 63;

    /// <summary>The code of a kind of material: <c>D</c> and two digits.</summary>
    public static string CodeOf(int kind)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(kind, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(kind, MaxKind);

        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"D{kind:00}");
    }

    /// <summary>Reads <c>D01</c> to <c>D63</c>; nothing else.</summary>
    public static bool TryParseCode(string? text, out int kind)
    {
        kind = 0;
        return text is { Length: 3 }
            && text[0] == 'D'
            && CivilDate.TryReadDigits(text.AsSpan(1), out kind)
            && kind is > 0 and <= MaxKind;
    }

    /// <summary>The code, for example <c>D05</c>.</summary>
    public string Code => CodeOf(Kind);
}
