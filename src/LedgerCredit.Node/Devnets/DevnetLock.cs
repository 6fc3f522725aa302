using System.Diagnostics;
using LedgerCredit.Node.Workspaces;

namespace LedgerCredit.Node.Devnets;

/// <summary>
/// Lets one command at a time start, stop or advance the devnet of a workspace: an open file that the system closes with the
/// process, however it ends.
/// </summary>
internal sealed class DevnetLock : IDisposable
{
    private const string FileName = "devnet.lock";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _file;

    private DevnetLock(FileStream file)
    {
        _file = file;
    }

    /// <summary>Takes the lock, and waits for it where another command has it.</summary>
    /// <param name="folder">The folder of the devnet, which exists.</param>
    /// <param name="patience">How long to wait at most.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="DevnetException">Another command had it all the time.</exception>
    internal static async Task<DevnetLock> TakeAsync(string folder, TimeSpan patience, CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, FileName);
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (LockFile.TryOpen(path) is FileStream file)
            {
                return new DevnetLock(file);
            }

            if (Stopwatch.GetElapsedTime(started) > patience)
            {
                throw new DevnetException($"Another command has been starting, stopping or advancing the devnet in '{folder}' for {patience.TotalSeconds:0} s (its file {FileName} is in use). Run the command again when it has ended.");
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
