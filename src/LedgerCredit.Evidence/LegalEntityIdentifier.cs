namespace LedgerCredit.Evidence;

/// <summary>Legal entity identifiers (ISO 17442).</summary>
public static class LegalEntityIdentifier
{
    /// <summary>The number of characters of an identifier.</summary>
    public const int Length = 20;

    private const int CheckDigits = 2;

    /// <summary>
    /// Whether the text is 18 digits and upper-case letters and two check digits that make the whole 1 mod 97
    /// (ISO 7064 MOD 97-10, letters as 10 to 35).
    /// </summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length != Length)
        {
            return false;
        }

        int remainder = 0;
        for (int i = 0; i < Length; i++)
        {
            char c = text[i];
            if (char.IsAsciiDigit(c))
            {
                remainder = ((remainder * 10) + (c - '0')) % 97;
            }
            else if (char.IsAsciiLetterUpper(c) && i < Length - CheckDigits)
            {
                remainder = ((remainder * 100) + (c - 'A' + 10)) % 97;
            }
            else
            {
                return false;
            }
        }

        return remainder == 1;
    }
}
