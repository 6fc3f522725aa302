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
        using (FileStream file = Open(temporary, FileMode.Create, FileShare.Read))
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

    /// <summary>Writes a file that is too large to be made in memory and must not be there yet; a failure leaves nothing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The file exists, or another process is writing it.</exception>
    public static async Task CreateNewAsync(string path, Func<Stream, Task> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        string temporary = path + ".new";

        // For one process at a time, up to the new name. Windows renames an open file only where it may be deleted.
        await using FileStream file = Open(temporary, FileMode.Create, OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None);
        try
        {
            await write(file);
            file.Flush(flushToDisk: true);

            // A kill before this line leaves a '.new' that the next call overwrites.
            File.Move(temporary, path, overwrite: false);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void Write(string path, ReadOnlySpan<byte> content, FileMode mode)
    {
        using FileStream file = Open(path, mode, FileShare.Read);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    // For its owner alone: keys, salts and what is said of subjects are in such files.
    private static FileStream Open(string path, FileMode mode, FileShare share)
    {
        FileStreamOptions options = new() { Mode = mode, Access = FileAccess.Write, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
