namespace LedgerCredit.Log;

/// <summary>The rule for names of note keys.</summary>
internal static class NoteKeyName
{
    /// <summary>Whether a name is non-empty and has no Unicode space, plus sign or control character.</summary>
    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty)
        {
            return false;
        }

        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            if (c is '+' or < ' ' || char.IsWhiteSpace(c))
            {
                return false;
            }

            // A lone surrogate has no UTF-8 form.
            if (char.IsSurrogate(c))
            {
                if (i + 1 == name.Length || !char.IsSurrogatePair(c, name[i + 1]))
                {
                    return false;
                }

                i++;
            }
        }

        return true;
    }
}
