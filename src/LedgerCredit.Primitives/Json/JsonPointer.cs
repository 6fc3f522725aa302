namespace LedgerCredit.Primitives.Json;

/// <summary>Writes JSON pointers (RFC 6901) for messages.</summary>
public static class JsonPointer
{
    /// <summary>The pointer to a member of the object at <paramref name="parent"/>.</summary>
    /// <param name="parent">A pointer; empty for the document.</param>
    /// <param name="name">The member's name; shown as <see cref="JsonNames.Show"/> does.</param>
    public static string Append(string parent, string name)
    {
        ArgumentNullException.ThrowIfNull(name);

        string escaped = name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
        return $"{parent}/{JsonNames.Show(escaped)}";
    }

    /// <summary>The pointer to an item of the array at <paramref name="parent"/>.</summary>
    public static string Append(string parent, int index) => $"{parent}/{index}";
}
