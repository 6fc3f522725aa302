namespace LedgerCredit.Node.Workspaces;

/// <summary>Whole files that are there completely or not at all, whatever crashes.</summary>
public static class DurableFile
{
    /// <summary>Writes a file over an old one.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string temporary = path + ".new";
        Write(temporary, content, FileMode.Create);

        // A crash before this line leaves the old file and a '.new' that the next call overwrites.
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Writes a file that is too large to be made in memory over an old one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content.</param>
    public static void Replace(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        string temporary = path + ".new";
        using (FileStream file = Open(temporary, FileMode.Create))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Writes a file that must not be there yet.</summary>
    /// <exception cref="IOException">The file exists.</exception>
    public static void CreateNew(string path, ReadOnlySpan<byte> content)
    {
        string temporary = path + ".new";
        Write(temporary, content, FileMode.Create);
        File.Move(temporary, path, overwrite: false);
    }

    private static void Write(string path, ReadOnlySpan<byte> content, FileMode mode)
    {
        using FileStream file = Open(path, mode);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    // For its owner alone: keys, salts and what is said of subjects are in such files.
    private static FileStream Open(string path, FileMode mode)
    {
        FileStreamOptions options = new() { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
