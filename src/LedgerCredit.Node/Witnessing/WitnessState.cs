using System.Text;
using LedgerCredit.Log;

namespace LedgerCredit.Node.Witnessing;

/// <summary>The last checkpoint of one log that the witness cosigned: the log's note with the witness's line behind it.</summary>
/// <remarks>
/// Size, root hash and time follow from what log and witness signed, so that nobody without the witness's key can put another state in its
/// place. Nothing can tell an older state of its own from the newest: the folder of a witness is never restored from a backup.
/// </remarks>
/// <param name="Checkpoint">The checkpoint.</param>
/// <param name="Timestamp">The time of the cosignature, Unix seconds.</param>
/// <param name="Note">The note with both lines.</param>
internal sealed record WitnessState(Checkpoint Checkpoint, ulong Timestamp, SignedNote Note)
{
    /// <summary>The witness's line.</summary>
    public NoteSignature Cosignature => Note.Signatures[^1];

    /// <summary>Reads the state of a log.</summary>
    /// <param name="utf8">The file.</param>
    /// <param name="origin">The log.</param>
    /// <param name="key">The witness.</param>
    /// <returns>Null where it is not a checkpoint of this log that this witness cosigned.</returns>
    public static WitnessState? TryRead(ReadOnlySpan<byte> utf8, string origin, WitnessKey key) =>
        SignedNote.TryParse(utf8, out SignedNote? note, out _)
        && Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out _)
        && checkpoint.Origin == origin
        && key.Verify(note.Text, note.Signatures[^1])
        && CosignatureV1.TryReadTimestamp(note.Signatures[^1].Signature.Span, out ulong timestamp)
            ? new WitnessState(checkpoint, timestamp, note)
            : null;

    /// <summary>The file.</summary>
    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(Note.Format());
}
