using System.Buffers;
using System.Text;

namespace LedgerCredit.Evidence;

/// <summary>The result of checking a unified social credit code.</summary>
public enum UsccStatus
{
    /// <summary>Not a code: wrong length, a foreign character or a wrong check character.</summary>
    Invalid = 0,

    /// <summary>Both check characters verify.</summary>
    Valid,

    /// <summary>
    /// A code of the pilot era that is still in use: the organisation code begins with <c>M000</c> and verifies, the
    /// last check character does not. Accepted with a warning.
    /// </summary>
    LegacyPilot,
}

/// <summary>Chinese unified social credit codes (统一社会信用代码).</summary>
/// <remarks>
/// GB 32100-2015: 18 characters, the last of which checks the others mod 31. Characters 9 to 17 are the organisation
/// code of GB 11714-1997, whose last character checks its others mod 11; the two standards give letters different
/// values.
/// </remarks>
public static class UnifiedSocialCreditCode
{
    /// <summary>The number of characters of a code.</summary>
    public const int Length = 18;

    // GB 32100-2015: no I, O, S, V, Z; a character's value is its position.
    private const string Alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    private const int OrganisationCodeStart = 8;
    private const string PilotPrefix = "M000";

    // The value of each ASCII character; of those that are not in the alphabet 0, for they were refused before.
    private static readonly byte[] Values = MakeValues();

    private static readonly SearchValues<char> AlphabetCharacters = SearchValues.Create(Alphabet);
    private static readonly int[] CodeWeights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    private static readonly int[] OrganisationWeights = [3, 7, 9, 10, 5, 8, 4, 2];

    /// <summary>Checks a code that is written as the standard has it: upper case, no spaces.</summary>
    /// <param name="code">Any text.</param>
    public static UsccStatus Check(ReadOnlySpan<char> code) => Check(code, out _);

    /// <summary>Checks a code and says what is wrong with it.</summary>
    /// <param name="code">Any text.</param>
    /// <param name="reason">
    /// A sentence without the code, or null where the code is <see cref="UsccStatus.Valid"/>.
    /// </param>
    public static UsccStatus Check(ReadOnlySpan<char> code, out string? reason)
    {
        if (code.Length != Length)
        {
            reason = $"Expected {Length} characters, found {code.Length}.";
            return UsccStatus.Invalid;
        }

        int foreign = code.IndexOfAnyExcept(AlphabetCharacters);
        if (foreign >= 0)
        {
            reason = $"Expected digits and upper-case letters other than I, O, S, V and Z, found another character at position {foreign + 1}.";
            return UsccStatus.Invalid;
        }

        ReadOnlySpan<char> organisationCode = code.Slice(OrganisationCodeStart, 9);
        if (OrganisationCheckCharacter(organisationCode) != organisationCode[8])
        {
            reason = "Expected the check character of GB 11714 at position 17, found another.";
            return UsccStatus.Invalid;
        }

        if (CheckCharacter(code) == code[Length - 1])
        {
            reason = null;
            return UsccStatus.Valid;
        }

        if (organisationCode.StartsWith(PilotPrefix))
        {
            reason = "The check character of GB 32100 does not verify, as happens with codes of the pilot era.";
            return UsccStatus.LegacyPilot;
        }

        reason = "Expected the check character of GB 32100 at position 18, found another.";
        return UsccStatus.Invalid;
    }

    /// <summary>
    /// What an importer does to a code before it is checked: white space at the ends is dropped, full-width characters
    /// become ASCII, letters upper case. The letters O and I are kept: they are mistakes for someone to decide about.
    /// </summary>
    public static string Normalize(string code)
    {
        ArgumentNullException.ThrowIfNull(code);

        StringBuilder normalized = new(code.Length);
        foreach (char c in code.AsSpan().Trim())
        {
            // The full-width forms U+FF01 to U+FF5E stand for U+0021 to U+007E.
            char ascii = c is >= '\uFF01' and <= '\uFF5E' ? (char)(c - 0xFEE0) : c;
            normalized.Append(char.IsAsciiLetterLower(ascii) ? char.ToUpperInvariant(ascii) : ascii);
        }

        return normalized.ToString();
    }

    /// <summary>
    /// The check character of GB 32100-2015 for the first 17 characters, for generators of sample codes.
    /// </summary>
    /// <param name="code">At least 17 characters of the alphabet.</param>
    /// <exception cref="ArgumentException">There are fewer characters, or others.</exception>
    public static char CheckCharacter(ReadOnlySpan<char> code)
    {
        if (code.Length < CodeWeights.Length || code[..CodeWeights.Length].ContainsAnyExcept(AlphabetCharacters))
        {
            throw new ArgumentException("Expected at least 17 characters of GB 32100's alphabet.", nameof(code));
        }

        int sum = 0;
        for (int i = 0; i < CodeWeights.Length; i++)
        {
            sum += Values[code[i]] * CodeWeights[i];
        }

        return Alphabet[(31 - (sum % 31)) % 31];
    }

    /// <summary>
    /// The check character of GB 11714-1997 for the first 8 characters, for generators of sample codes.
    /// </summary>
    /// <param name="code">At least 8 digits and upper-case letters.</param>
    /// <exception cref="ArgumentException">There are fewer characters, or others.</exception>
    public static char OrganisationCheckCharacter(ReadOnlySpan<char> code)
    {
        int sum = 0;
        for (int i = 0; i < OrganisationWeights.Length; i++)
        {
            if (i >= code.Length || !(char.IsAsciiDigit(code[i]) || char.IsAsciiLetterUpper(code[i])))
            {
                throw new ArgumentException("Expected at least 8 digits and upper-case letters.", nameof(code));
            }

            int value = char.IsAsciiDigit(code[i]) ? code[i] - '0' : code[i] - 'A' + 10;
            sum += value * OrganisationWeights[i];
        }

        return (11 - (sum % 11)) switch
        {
            10 => 'X',
            11 => '0',
            int digit => (char)('0' + digit),
        };
    }

    private static byte[] MakeValues()
    {
        byte[] values = new byte[128];
        for (int i = 0; i < Alphabet.Length; i++)
        {
            values[Alphabet[i]] = (byte)i;
        }

        return values;
    }
}
