using System.Collections.Concurrent;
using LedgerCredit.Log;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Witnessing;

/// <summary>A witness at work: C2SP tlog-witness without HTTP.</summary>
/// <remarks>
/// For each origin it cosigns a chain of trees, each of which extends the one before: never two roots of one size, never a smaller tree
/// after a larger one, never an earlier time after a later one. Thread-safe: requests for one log follow one another, those for
/// different logs do not wait for each other. One process for a folder.
/// </remarks>
public sealed class WitnessService : IDisposable
{
    private readonly WitnessFolder _folder;
    private readonly WitnessSigner _signer;
    private readonly FileStream _lock;
    private readonly TimeProvider _timeProvider;

    // One for each log that the configuration has or had: bounded by it.
    private readonly ConcurrentDictionary<string, Lock> _gates = new(StringComparer.Ordinal);

    private WitnessService(WitnessFolder folder, WitnessSigner signer, FileStream folderLock, TimeProvider timeProvider)
    {
        _folder = folder;
        _signer = signer;
        _lock = folderLock;
        _timeProvider = timeProvider;
    }

    /// <summary>The witness's verifier key, for logs and verifiers.</summary>
    public WitnessKey Key => _signer.Key;

    /// <summary>Takes the folder and opens the key.</summary>
    /// <param name="folder">The witness's folder.</param>
    /// <param name="password">The key's password.</param>
    /// <param name="timeProvider">The clock of cosignatures.</param>
    /// <exception cref="WorkspaceException">Another witness runs on the folder, or the key cannot be opened.</exception>
    public static WitnessService Open(WitnessFolder folder, string password, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(timeProvider);
        FileStream taken = folder.Take();
        try
        {
            return new WitnessService(folder, folder.OpenKey(password), taken, timeProvider);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Answers one request. The bytes may be hostile: more than <see cref="AddCheckpointRequest.MaxBytes"/> are refused unread.</summary>
    /// <param name="body">The body of the request.</param>
    /// <exception cref="LogIntegrityException">The state of this log was altered.</exception>
    /// <exception cref="WorkspaceException">The configuration is not valid any more.</exception>
    /// <exception cref="IOException">The state could not be kept; nothing was answered.</exception>
    public WitnessAnswer AddCheckpoint(ReadOnlySpan<byte> body)
    {
        if (!AddCheckpointRequest.TryParse(body, out AddCheckpointRequest? request, out ParseProblem? problem)
            || !Checkpoint.TryParse(request.Note.Text, out Checkpoint? checkpoint, out problem))
        {
            return WitnessAnswer.BadRequest(problem);
        }

        if (_folder.ReadConfig().FindLog(checkpoint.Origin) is not WitnessedLog log)
        {
            return WitnessAnswer.UnknownLog();
        }

        if (KeepLinesOf(log, request.Note) is not SignedNote note)
        {
            return WitnessAnswer.NotSigned();
        }

        if (request.OldSize > checkpoint.Size)
        {
            return WitnessAnswer.OldSizeTooLarge();
        }

        // From the comparison with the state to its replacement nobody else may do either: two requests from one old size would both
        // be found to extend it, and the smaller tree could be kept after the larger one.
        lock (_gates.GetOrAdd(log.Origin, _ => new Lock()))
        {
            return Cosign(request, checkpoint, note);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _signer.Dispose();
        _lock.Dispose();
    }

    // The lines of the log's keys alone: those of others are ignored, and not kept. Null where none is left or one of them is wrong.
    private static SignedNote? KeepLinesOf(WitnessedLog log, SignedNote note)
    {
        List<NoteSignature> lines = [];
        foreach (NoteVerifierKey key in log.Keys)
        {
            switch (note.Verify(key))
            {
                case NoteFailure.None:
                    lines.Add(note.Signatures.First(line => line.KeyId == key.KeyId && line.KeyName == key.Name));
                    break;
                case NoteFailure.NotSigned:
                    break;
                default:
                    return null;
            }
        }

        return lines.Count == 0 ? null : note.WithOnly(lines);
    }

    private WitnessAnswer Cosign(AddCheckpointRequest request, Checkpoint checkpoint, SignedNote note)
    {
        // 1. What was cosigned last, from the disk and nowhere else: after a write that failed nobody knows from memory what is there.
        WitnessState? last = _folder.ReadState(checkpoint.Origin, Key);
        ulong lastSize = last?.Checkpoint.Size ?? 0;
        if (request.OldSize != lastSize)
        {
            return WitnessAnswer.Conflict(lastSize);
        }

        // 2. Does it extend that?
        Bytes32 lastRoot = last?.Checkpoint.RootHash ?? MerkleHash.EmptyRoot;
        if (checkpoint.Size == lastSize && checkpoint.RootHash != lastRoot)
        {
            // Signed by the log, like the one that was cosigned: the two together prove the fork to anybody, and are kept together before
            // the answer leaves. Of the empty tree none was cosigned: there is one root, which needs no second checkpoint.
            if (last is not null)
            {
                _folder.KeepFork(last, note);
            }

            return WitnessAnswer.Conflict(lastSize);
        }

        ConsistencyFailure failure = lastSize == 0
            ? request.Path.Count == 0 ? ConsistencyFailure.None : ConsistencyFailure.WrongLength
            : new ConsistencyProof(lastSize, checkpoint.Size, request.Path).Verify(lastRoot, checkpoint.RootHash);
        if (failure != ConsistencyFailure.None)
        {
            return WitnessAnswer.NotConsistent(failure);
        }

        // 3. The same tree at the same time again, because the answer was lost: the same line again. Nothing new is said or kept.
        ulong now = (ulong)Math.Max(0, _timeProvider.GetUtcNow().ToUnixTimeSeconds());
        if (last is not null && checkpoint.Size == lastSize && now <= last.Timestamp)
        {
            return WitnessAnswer.Cosigned(last.Cosignature);
        }

        // 4. Sign, with a time that does not go back where the clock did. A crash here leaves nothing.
        ulong timestamp = Math.Max(now, last?.Timestamp ?? 0);
        NoteSignature line = _signer.Cosign(checkpoint, timestamp);

        // 5. Keep. A crash or a failure before the file has its name leaves the old state, and nobody has the cosignature. From then
        //    on the tree counts as cosigned, whether or not the answer arrives: the log is told the new size (409), asks from there,
        //    and gets a cosignature by step 3 or a newer one.
        _folder.WriteState(new WitnessState(checkpoint, timestamp, note.With([line])));

        // 6. Only now the cosignature leaves.
        return WitnessAnswer.Cosigned(line);
    }
}
