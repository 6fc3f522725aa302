namespace LedgerCredit.Cli;

/// <summary>Reads files that the user names, within bounds.</summary>
internal static class InputFile
{
    /// <summary>The whole file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="maxBytes">The largest file that is read.</param>
    /// <exception cref="InputException">It is missing or larger.</exception>
    public static byte[] Read(string path, int maxBytes)
    {
        using FileStream file = Open(path);
        byte[] content = ReadUpTo(file, maxBytes + 1);
        return content.Length <= maxBytes
            ? content
            : throw new InputException($"'{path}' is too large: expected at most {maxBytes} bytes.");
    }

    /// <summary>The whole stream, or its beginning where it is longer than a bound.</summary>
    public static byte[] ReadUpTo(Stream stream, int maxBytes)
    {
        using MemoryStream content = new();
        byte[] chunk = new byte[64 * 1024];
        int read;

        // Counted while reading: the length of a pipe is not known before, and a file may grow.
        while (content.Length < maxBytes && (read = stream.Read(chunk, 0, (int)Math.Min(chunk.Length, maxBytes - content.Length))) > 0)
        {
            content.Write(chunk, 0, read);
        }

        return content.ToArray();
    }

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="InputException">There is no such file.</exception>
    public static FileStream Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw new InputException($"'{path}' is a folder; expected a file.");
        }

        return File.Exists(path)
            ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)
            : throw new InputException($"The file '{path}' does not exist.");
    }
}
