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
        return LockFile.TryOpen(Path.Combine(workspace.Folder, FileName)) is FileStream file
            ? new NodeLock(file)
            : throw new WorkspaceException($"Another 'node run' works on '{workspace.Folder}' (its file {FileName} is in use). One is enough: stop the other one first.");
    }

    public void Dispose() => _file.Dispose();
}
