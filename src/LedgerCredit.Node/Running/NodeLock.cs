using LedgerCredit.Node.Workspaces;

namespace LedgerCredit.Node.Running;

/// <summary>Keeps a second node off a workspace: an open file that the system closes with the process, however it ends.</summary>
internal sealed class NodeLock : IDisposable
{
    private const string FileName = "node.lock";

    private readonly FileStream _file;

    private NodeLock(FileStream file)
    {
        _file = file;
    }

    /// <summary>Takes the lock.</summary>
    /// <exception cref="WorkspaceException">Another node has it.</exception>
    internal static NodeLock Take(Workspace workspace)
    {
        string path = Path.Combine(workspace.Folder, FileName);
        try
        {
            // The file stays behind: only whether somebody has it open counts. Removing it would let a third process take a
            // file of the same name while a second still waits for the old one.
            return new NodeLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (IsHeld(e))
        {
            throw new WorkspaceException($"Another 'node run' works on '{workspace.Folder}' (its file {FileName} is in use). One is enough: stop the other one first.");
        }
    }

    // The framework has no exception of its own for it. A disk that is full or may not be written is another matter: EWOULDBLOCK
    // of flock(2) on Linux and macOS, ERROR_SHARING_VIOLATION on Windows.
    private static bool IsHeld(IOException e) =>
        e.HResult == (OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsMacOS() ? 35 : 11);

    public void Dispose() => _file.Dispose();
}
