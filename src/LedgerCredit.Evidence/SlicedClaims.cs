using System.Text;
using LedgerCredit.Primitives;

namespace LedgerCredit.Evidence;

/// <summary>Checks the claims of a sliced record: whether all is right, not what is wrong.</summary>
/// <remarks>
/// A text with an escape has no form that a rule asks for, so it is compared as it is written. The values have canonical form
/// already, so a string begins and ends with a quotation mark.
/// </remarks>
internal sealed class SlicedClaims(SlicedRecord record) : IClaimReader
{
    // The longest of all forms is that of a hash.
    private const int MaxFormBytes = 66;

    private bool _isValid;

    /// <summary>Whether the claims are right for a kind, and about no natural person.</summary>
    public bool IsValid(RecordKind kind)
    {
        _isValid = true;
        ClaimRules.Check(kind, this);
        return _isValid && IsKnownSubjectType();
    }

    /// <inheritdoc/>
    public void RequiredText(string name) => Text(name, isRequired: true);

    /// <inheritdoc/>
    public void OptionalText(string name) => Text(name, isRequired: false);

    /// <inheritdoc/>
    public void Text(string name, bool isRequired)
    {
        if (TryFind(name, isRequired, out ReadOnlySpan<byte> value))
        {
            Demand(IsString(value) && !(isRequired && value.Length == 2));
        }
    }

    /// <inheritdoc/>
    public void Texts(string name, bool isRequired)
    {
        if (!TryFind(name, isRequired, out ReadOnlySpan<byte> value))
        {
            return;
        }

        CanonicalScanner scanner = new(value);
        Demand(scanner.TryPass("["u8));
        if (scanner.TryPass("]"u8))
        {
            Demand(!isRequired);
            return;
        }

        do
        {
            Demand(scanner.TryPassString(out TextRange text) && text.Length > 0);
        }
        while (_isValid && scanner.TryPass(","u8));
    }

    /// <inheritdoc/>
    public string? RequiredChoice(string name, string code, string[] choices)
    {
        if (TryFind(name, isRequired: true, out ReadOnlySpan<byte> value) && IsString(value))
        {
            foreach (string choice in choices)
            {
                if (Ascii.Equals(value[1..^1], choice))
                {
                    return choice;
                }
            }
        }

        Demand(false);
        return null;
    }

    /// <inheritdoc/>
    public void Date(string name, bool isRequired)
    {
        Span<char> buffer = stackalloc char[MaxFormBytes];
        if (TryFindForm(name, isRequired, buffer, out ReadOnlySpan<char> text))
        {
            Demand(CivilDate.TryParse(text, out _));
        }
    }

    /// <inheritdoc/>
    public void Money(string name)
    {
        if (!TryFind(name, isRequired: false, out ReadOnlySpan<byte> value) || !IsString(value))
        {
            Demand(value.IsEmpty);
            return;
        }

        // An amount may have any length.
        Span<char> buffer = stackalloc char[MaxFormBytes];
        ReadOnlySpan<byte> amount = value[1..^1];
        Demand(SlicedRecord.TryWiden(amount, buffer, out ReadOnlySpan<char> text)
            ? ClaimReader.IsAmount(text)
            : ClaimReader.IsAmount(Encoding.UTF8.GetString(amount)));
    }

    /// <inheritdoc/>
    public void Boolean(string name)
    {
        if (TryFind(name, isRequired: false, out ReadOnlySpan<byte> value))
        {
            Demand(value[0] is (byte)'t' or (byte)'f');
        }
    }

    /// <inheritdoc/>
    public void RequiredHash(string name)
    {
        Span<char> buffer = stackalloc char[MaxFormBytes];
        if (TryFindForm(name, isRequired: true, buffer, out ReadOnlySpan<char> text))
        {
            Demand(Bytes32.TryParseHex(text.ToString(), out _));
        }
    }

    /// <inheritdoc/>
    public void Forbid(string name, string code, string message) => Demand(!record.TryFindClaim(name, out _));

    // Any other value could be another spelling of the natural person.
    private bool IsKnownSubjectType()
    {
        if (!record.TryFindClaim(SubjectTypes.Claim, out ReadOnlySpan<byte> value))
        {
            return true;
        }

        ReadOnlySpan<byte> type = IsString(value) ? value[1..^1] : default;
        return Ascii.Equals(type, SubjectTypes.LegalPerson)
            || Ascii.Equals(type, SubjectTypes.Unincorporated)
            || Ascii.Equals(type, SubjectTypes.IndividualBusiness);
    }

    private bool TryFind(string name, bool isRequired, out ReadOnlySpan<byte> value)
    {
        bool isThere = record.TryFindClaim(name, out value);
        Demand(isThere || !isRequired);
        return isThere;
    }

    private bool TryFindForm(string name, bool isRequired, Span<char> buffer, out ReadOnlySpan<char> text)
    {
        text = default;
        if (!TryFind(name, isRequired, out ReadOnlySpan<byte> value))
        {
            return false;
        }

        bool hasForm = IsString(value) && SlicedRecord.TryWiden(value[1..^1], buffer, out text);
        Demand(hasForm);
        return hasForm;
    }

    private static bool IsString(ReadOnlySpan<byte> value) => value[0] == (byte)'"';

    private void Demand(bool isRight) => _isValid &= isRight;
}
