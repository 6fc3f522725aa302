using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Evidence;

/// <summary>Whom a record is about: an identifier and the scheme it belongs to.</summary>
/// <remarks>
/// <c>uscc:</c> unified social credit code, <c>lei:</c> legal entity identifier, <c>cik:</c> number of the SEC's filer
/// register, <c>x-name:</c> an identifier of the issuer's own or of a list without one of these.
/// </remarks>
public sealed record SubjectId
{
    private const int MaxCikDigits = 10;

    private SubjectId(string scheme, string value, RecordProblem? warning)
    {
        Scheme = scheme;
        Value = value;
        Warning = warning;
    }

    /// <summary>What stands before the first colon.</summary>
    public string Scheme { get; }

    /// <summary>What stands behind it.</summary>
    public string Value { get; }

    /// <summary>What should be looked at although the identifier is accepted, or null.</summary>
    public RecordProblem? Warning { get; }

    /// <summary>
    /// Whether the scheme says that the subject is a natural person: <c>x-person</c> or <c>x-person-…</c>.
    /// </summary>
    public bool IsNaturalPerson => IsPersonScheme(Scheme);

    /// <summary>Reads <c>scheme:value</c>.</summary>
    /// <param name="text">The record's member <c>subject</c>.</param>
    /// <param name="subject">The identifier, or null.</param>
    /// <param name="problem">Why the text was refused, with the path <c>/subject</c>, or null.</param>
    public static bool TryParse(
        string? text,
        [NotNullWhen(true)] out SubjectId? subject,
        [NotNullWhen(false)] out RecordProblem? problem)
    {
        subject = null;
        int colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (text is null || colon < 0)
        {
            problem = Refuse("bad-subject", "Expected 'scheme:value', found no colon.");
            return false;
        }

        problem = Check(text.AsSpan(0, colon), text.AsSpan(colon + 1), out RecordProblem? warning);
        if (problem is not null)
        {
            return false;
        }

        subject = new SubjectId(text[..colon], text[(colon + 1)..], warning);
        return true;
    }

    /// <summary>Whether <see cref="TryParse"/> accepts the text without a warning, and it is no natural person by its scheme.</summary>
    internal static bool IsPlain(ReadOnlySpan<char> text)
    {
        int colon = text.IndexOf(':');
        return colon >= 0 && Check(text[..colon], text[(colon + 1)..], out RecordProblem? warning) is null
            && warning is null && !IsPersonScheme(text[..colon]);
    }

    /// <summary><c>scheme:value</c>, exactly as it was read.</summary>
    public override string ToString() => $"{Scheme}:{Value}";

    private static RecordProblem? Check(ReadOnlySpan<char> scheme, ReadOnlySpan<char> value, out RecordProblem? warning)
    {
        warning = null;
        switch (scheme)
        {
            case "uscc":
                return CheckUscc(value, out warning);
            case "lei":
                return LegalEntityIdentifier.IsValid(value)
                    ? null
                    : Refuse("bad-lei", "Expected a legal entity identifier of ISO 17442 in upper case with right check digits, found other text.");
            case "cik":
                return value.Length is > 0 and <= MaxCikDigits && !value.ContainsAnyExceptInRange('0', '9')
                    ? null
                    : Refuse("bad-cik", $"Expected 1 to {MaxCikDigits} digits, found other text.");
            default:
                return CheckOther(scheme, value);
        }
    }

    private static RecordProblem? CheckUscc(ReadOnlySpan<char> value, out RecordProblem? warning)
    {
        warning = null;
        switch (UnifiedSocialCreditCode.Check(value, out string? reason))
        {
            case UsccStatus.Valid:
                return null;
            case UsccStatus.LegacyPilot:
                warning = Refuse("uscc-legacy-pilot", reason ?? "");
                return null;
            default:
                return Refuse("bad-uscc", $"Expected a unified social credit code of GB 32100-2015. {reason}");
        }
    }

    private static RecordProblem? CheckOther(ReadOnlySpan<char> scheme, ReadOnlySpan<char> value)
    {
        if (!IsOwnScheme(scheme))
        {
            return Refuse(
                "bad-subject", "Expected the scheme uscc, lei, cik, or x- and lower-case letters, digits or hyphens, found another.");
        }

        return value.Length > 0 ? null : Refuse("bad-subject", "Expected an identifier after the scheme, found nothing.");
    }

    private static bool IsPersonScheme(ReadOnlySpan<char> scheme) => scheme is "x-person" || scheme.StartsWith("x-person-");

    private static bool IsOwnScheme(ReadOnlySpan<char> scheme)
    {
        if (scheme.Length < 3 || !scheme.StartsWith("x-"))
        {
            return false;
        }

        foreach (char c in scheme)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
            {
                return false;
            }
        }

        return true;
    }

    private static RecordProblem Refuse(string code, string message) => new(code, "/subject", message);
}
