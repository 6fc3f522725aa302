namespace LedgerCredit.Node.Workspaces;

/// <summary>A file that one process at a time has open; the system closes it with the process, however that ends.</summary>
internal static class LockFile
{
    /// <summary>Opens the file, which is made where there is none.</summary>
    /// <remarks>
    /// It stays behind when it is closed: only whether somebody has it open counts. Removing it would let a third process take a
    /// file of the same name while a second still waits for the old one. It is empty, so that a crash leaves nothing half done.
    /// </remarks>
    /// <returns>The open file, which is the lock; null while another process has it.</returns>
    /// <exception cref="IOException">The disk is full, or the like.</exception>
    internal static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (IsHeld(e))
        {
            return null;
        }
    }

    // The framework has no exception of its own for it. A disk that is full or may not be written is another matter: EWOULDBLOCK
    // of flock(2) on Linux and macOS, ERROR_SHARING_VIOLATION on Windows.
    private static bool IsHeld(IOException e) =>
        e.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsMacOS() ? 35 : 11);
}
