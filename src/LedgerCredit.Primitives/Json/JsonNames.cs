using System.Globalization;
using System.Text;

namespace LedgerCredit.Primitives.Json;

/// <summary>Member names of foreign documents in messages.</summary>
public static class JsonNames
{
    private const int MaxShown = 64;

    /// <summary>
    /// The name as messages show it: at most 64 characters, with control characters and lone surrogates escaped, so
    /// that a document cannot flood or steer the terminal that shows the message.
    /// </summary>
    public static string Show(string name)
    {
        ArgumentNullException.ThrowIfNull(name);

        if (name.Length <= MaxShown && IsPlain(name))
        {
            return name;
        }

        StringBuilder shown = new();
        int index = 0;
        for (int count = 0; index < name.Length && count < MaxShown; count++)
        {
            bool isScalar = Rune.TryGetRuneAt(name, index, out Rune rune);
            if (isScalar && !IsUnprintable(Rune.GetUnicodeCategory(rune)))
            {
                shown.Append(rune);
            }
            else
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)name[index]:x4}");
            }

            index += isScalar ? rune.Utf16SequenceLength : 1;
        }

        return index < name.Length ? shown.Append('…').ToString() : shown.ToString();
    }

    private static bool IsPlain(string name)
    {
        foreach (char c in name)
        {
            if (char.IsSurrogate(c) || IsUnprintable(char.GetUnicodeCategory(c)))
            {
                return false;
            }
        }

        return true;
    }

    // Format characters include those that turn the direction of text.
    private static bool IsUnprintable(UnicodeCategory category) =>
        category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator;
}
