using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Import;

/// <summary>The first bytes of a text file, which may say how it is encoded.</summary>
internal static class ByteOrderMark
{
    /// <summary>Passes over a UTF-8 byte order mark and refuses the marks of other encodings.</summary>
    /// <param name="head">The first bytes of the file.</param>
    /// <param name="skip">How many bytes to pass over.</param>
    /// <returns>Why the file was refused, or null.</returns>
    public static ParseProblem? RefuseOrSkip(ReadOnlySpan<byte> head, out int skip)
    {
        skip = head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            return new ParseProblem(
                "wrong-encoding",
                "line 1, offset 0",
                "Expected text in UTF-8, found the byte order mark of UTF-16. " + BoundedUtf8Reader.Remedy("UTF-16"));
        }

        return null;
    }
}
