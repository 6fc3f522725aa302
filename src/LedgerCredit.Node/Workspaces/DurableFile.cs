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
        FileStreamOptions options = new() { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using FileStream file = new(path, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }
}
