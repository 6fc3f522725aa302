using LedgerCredit.Log;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Auditing;

/// <summary>A stored checkpoint after its form and its signature were looked at.</summary>
/// <param name="TreeSize">The size that it is stored for.</param>
/// <param name="Checkpoint">What it says, or null where it says nothing.</param>
/// <param name="Problem">Why it says nothing, or null.</param>
/// <param name="Signature">How its signature stands to the log's key.</param>
internal sealed record CheckedNote(long TreeSize, Checkpoint? Checkpoint, ParseProblem? Problem, NoteFailure Signature);

/// <summary>The stored checkpoints of a log in order. Their signatures are verified ahead, on other threads.</summary>
/// <remarks>Reads the store on the caller's thread only.</remarks>
internal sealed class CheckpointFeed : IDisposable
{
    private const int Ahead = 256;
    private readonly IEnumerator<(long TreeSize, byte[] Note)> _stored;
    private readonly NoteVerifierKey _key;
    private readonly Queue<(long TreeSize, Task<CheckedNote> Check)> _pending = [];
    private bool _isAtEnd;

    /// <summary>Begins with the first one.</summary>
    public CheckpointFeed(IEnumerable<(long TreeSize, byte[] Note)> stored, NoteVerifierKey key)
    {
        _stored = stored.GetEnumerator();
        _key = key;
        Fill();
    }

    /// <summary>The size that the next one is stored for; null at the end.</summary>
    public long? NextSize => _pending.Count > 0 ? _pending.Peek().TreeSize : null;

    /// <summary>Takes the next one, which there must be.</summary>
    public async Task<CheckedNote> TakeAsync()
    {
        (long _, Task<CheckedNote> check) = _pending.Dequeue();
        Fill();
        return await check;
    }

    /// <inheritdoc/>
    public void Dispose() => _stored.Dispose();

    private void Fill()
    {
        // Half a queue at a time, so that the threads are not woken for each.
        if (_pending.Count > Ahead / 2)
        {
            return;
        }

        while (!_isAtEnd && _pending.Count < Ahead)
        {
            if (!_stored.MoveNext())
            {
                _isAtEnd = true;
                return;
            }

            (long treeSize, byte[] note) = _stored.Current;
            _pending.Enqueue((treeSize, Task.Run(() => Check(treeSize, note))));
        }
    }

    private CheckedNote Check(long treeSize, byte[] bytes)
    {
        if (!SignedNote.TryParse(bytes, out SignedNote? note, out ParseProblem? problem)
            || !Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out problem))
        {
            return new CheckedNote(treeSize, null, problem, NoteFailure.NotSigned);
        }

        return new CheckedNote(treeSize, checkpoint, null, note.VerifyOnly(_key));
    }
}
