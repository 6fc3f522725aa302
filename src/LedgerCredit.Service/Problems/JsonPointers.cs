using System.Text;

namespace LedgerCredit.Service.Problems;

/// <summary>Says in RFC 6901 which place of a body the framework could not read.</summary>
internal static class JsonPointers
{
    // Names in it are of whoever sent the body.
    private const int MaxLength = 200;

    /// <summary>The JSON pointer of a place.</summary>
    /// <param name="path">The path of a <see cref="System.Text.Json.JsonException"/>: <c>$.a[0]['b.c']</c>. No values are in it.</param>
    /// <returns>For example <c>/a/0/b.c</c>, at most 200 characters of it; empty for the body as a whole.</returns>
    internal static string OfPath(string path)
    {
        StringBuilder pointer = new();
        int at = path.StartsWith('$') ? 1 : 0;
        while (at < path.Length && pointer.Length < MaxLength)
        {
            ReadOnlySpan<char> rest = path.AsSpan(at);
            (int start, string end) = rest.StartsWith("['") ? (2, "']") : rest[0] == '[' ? (1, "]") : (rest[0] == '.' ? 1 : 0, "");
            ReadOnlySpan<char> name = rest[start..];
            int length = end.Length == 0 ? name.IndexOfAny('.', '[') : name.IndexOf(end);
            length = length < 0 ? name.Length : length;
            pointer.Append('/').Append(name[..length].ToString().Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
            at = Math.Min(path.Length, at + start + length + end.Length);
            if (start + length + end.Length == 0)
            {
                break;
            }
        }

        return pointer.Length > MaxLength ? pointer.ToString(0, MaxLength) : pointer.ToString();
    }
}
