using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Evidence;

/// <summary>The short name of a member: <c>^[a-z0-9][a-z0-9-]{1,62}$</c>.</summary>
public static class IssuerSlug
{
    private const int MinLength = 2;
    private const int MaxLength = 63;

    /// <summary>Whether the text is a slug.</summary>
    public static bool IsValid([NotNullWhen(true)] string? text) => text is not null && IsValid(text.AsSpan());

    /// <summary>Whether the text is a slug.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length is < MinLength or > MaxLength || text[0] == '-')
        {
            return false;
        }

        foreach (char c in text)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')
            {
                return false;
            }
        }

        return true;
    }
}
