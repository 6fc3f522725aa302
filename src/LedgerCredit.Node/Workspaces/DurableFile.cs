using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LedgerCredit.Node.Workspaces;

/// <summary>Whole files that are there completely or not at all, whatever crashes, and that stay once a method has returned.</summary>
/// <remarks>
/// The content is flushed under a temporary name, the file is renamed, and the folder is flushed: without the last step a power
/// cut could take the new name back, because a name is content of the folder and not of the file.
/// </remarks>
public static class DurableFile
{
    /// <summary>What the names of unfinished files end with.</summary>
    internal const string Unfinished = ".new";

    /// <summary>Writes a file over an old one.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string temporary = path + ".new";

        // A crash in the middle of it leaves the old file and a '.new' that the next call overwrites.
        Write(temporary, content, FileMode.Create);
        Rename(temporary, path, overwrite: true);
    }

    /// <summary>Writes a file that is too large to be made in memory over an old one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content.</param>
    public static void Replace(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        string temporary = path + ".new";

        // A crash or a failure in the middle of it leaves the old file and a '.new' that the next call overwrites.
        using (FileStream file = Open(temporary, FileMode.Create, FileShare.None))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }

        Rename(temporary, path, overwrite: true);
    }

    /// <summary>Writes a file that must not be there yet.</summary>
    /// <exception cref="IOException">The file exists.</exception>
    public static void CreateNew(string path, ReadOnlySpan<byte> content)
    {
        string temporary = path + ".new";

        // A crash in the middle of it leaves no file and a '.new' that the next call overwrites.
        Write(temporary, content, FileMode.Create);
        Rename(temporary, path, overwrite: false);
    }

    /// <summary>Writes a file that is too large to be made in memory and must not be there yet; a failure leaves nothing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The file exists, or another process is writing it.</exception>
    public static Task CreateNewAsync(string path, Func<Stream, Task> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return TryCreateNewAsync(path, async file =>
        {
            await write(file);
            return true;
        });
    }

    /// <summary>The same, of content of which is known only at its end whether it is to be a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content, and says whether it is to be kept; where not, nothing is left.</param>
    /// <returns>What <paramref name="write"/> said.</returns>
    /// <exception cref="IOException">The file exists, or another process is writing it.</exception>
    public static async Task<bool> TryCreateNewAsync(string path, Func<Stream, Task<bool>> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        string temporary = path + Unfinished;

        // For one process at a time, up to the new name. Windows renames an open file only where it may be deleted.
        await using FileStream file = Open(temporary, FileMode.Create, OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None);
        try
        {
            // A kill in the middle of it leaves a '.new' that the next call overwrites.
            if (!await write(file))
            {
                File.Delete(temporary);
                return false;
            }

            file.Flush(flushToDisk: true);
            Rename(temporary, path, overwrite: false);
            return true;
        }
        catch
        {
            // Where only the folder could not be flushed, the file has its new name already, and there is nothing to remove.
            File.Delete(temporary);
            throw;
        }
    }

    // The content is on the disk. A crash before the rename leaves what was there before, and a '.new' that the next call
    // overwrites; a crash between the two lines leaves one of the two names after a power cut, each with whole content; a
    // crash behind them leaves the new file for good.
    private static void Rename(string temporary, string path, bool overwrite)
    {
        File.Move(temporary, path, overwrite);
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Makes a folder with those above it that are missing, so that their names survive power loss.</summary>
    /// <param name="path">The folder. Where it is there, it is somebody else's doing and left alone.</param>
    /// <exception cref="IOException">It cannot be made or flushed.</exception>
    internal static void CreateFolders(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        string? above = Path.GetDirectoryName(path);
        if (above is not null)
        {
            CreateFolders(above);
        }

        Directory.CreateDirectory(path);
        if (above is not null)
        {
            FlushFolder(above);
        }
    }

    /// <summary>Makes a folder for its owner alone where there is none, so that its name survives power loss as the names of files in it do.</summary>
    /// <param name="path">The folder; that above it is there.</param>
    /// <exception cref="IOException">It cannot be made or flushed.</exception>
    public static void CreateFolder(string path)
    {
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        // Also where it was there: whoever made it may have been killed before this line.
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    // The framework opens no folders, so the handle comes from the system's own open. On Windows a rename is as durable as the
    // file system's journal makes it, and there is no call for more.
    internal static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using SafeFileHandle handle = new(SystemCalls.Open(folder, SystemCalls.ReadOnly), ownsHandle: true);
        if (handle.IsInvalid)
        {
            throw new IOException($"The folder '{folder}' could not be opened to flush it: {Marshal.GetLastPInvokeErrorMessage()}. The file in it is complete, but a power cut may take it back.");
        }

        // fsync; file systems that cannot flush a folder say so, and the framework takes that for done.
        RandomAccess.FlushToDisk(handle);
    }

    private static void Write(string path, ReadOnlySpan<byte> content, FileMode mode)
    {
        using FileStream file = Open(path, mode, FileShare.None);
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

    private static class SystemCalls
    {
        // O_RDONLY, the same number on every system.
        internal const int ReadOnly = 0;

        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        [SuppressMessage("Interoperability", "SYSLIB1054", Justification = "Generated marshalling would need unsafe code for one call.")]
        internal static extern nint Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
    }
}
