using System.Text;
using LedgerCredit.Log;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Witnessing;

/// <summary>Checkpoints of the store with the lines of the configured witnesses. Everything is checked before it is handed out.</summary>
/// <param name="store">The store.</param>
/// <param name="witnesses">The configured witnesses; lines of others, who were configured once, are passed over.</param>
public sealed class CosignedCheckpoints(Store store, IReadOnlyList<WitnessConfig> witnesses)
{
    /// <summary>How many witnesses are configured.</summary>
    public int Witnesses => witnesses.Count;

    /// <summary>The cosignatures of a checkpoint, in the order of the configuration.</summary>
    /// <param name="log">The log.</param>
    /// <param name="treeSize">The size of the checkpoint.</param>
    /// <param name="text">The checkpoint's text.</param>
    /// <exception cref="LogIntegrityException">The store holds a line that its witness did not sign.</exception>
    public IReadOnlyList<NoteSignature> LinesOf(StoredLog log, ulong treeSize, string text)
    {
        ArgumentNullException.ThrowIfNull(log);
        Dictionary<string, byte[]> kept = store.Cosignatures.ReadAll(log.Number, treeSize).ToDictionary(row => row.Witness, row => row.Line, StringComparer.Ordinal);
        List<NoteSignature> lines = [];
        foreach (WitnessKey key in witnesses.Select(witness => witness.Key))
        {
            if (kept.TryGetValue(key.ToString(), out byte[]? line))
            {
                lines.Add(TryRead(key, text, line) ?? throw new LogIntegrityException($"The cosignature of '{key.Name}' for log '{log.Origin}' at size {treeSize} is not the witness's. Run 'ledgercredit log audit'."));
            }
        }

        return lines;
    }

    /// <summary>How many of the configured witnesses cosigned a checkpoint, by the rows alone: their lines are not checked.</summary>
    /// <param name="log">The log.</param>
    /// <param name="treeSize">The size of the checkpoint.</param>
    public int Count(StoredLog log, ulong treeSize)
    {
        ArgumentNullException.ThrowIfNull(log);
        HashSet<string> kept = [.. store.Cosignatures.ReadAll(log.Number, treeSize).Select(row => row.Witness)];
        return witnesses.Count(witness => kept.Contains(witness.Key.ToString()));
    }

    /// <summary>A checkpoint as the log is published with it: with the lines of all witnesses who cosigned it, whoever is configured now.</summary>
    /// <param name="store">The store.</param>
    /// <param name="log">The log.</param>
    /// <param name="treeSize">The size of the checkpoint.</param>
    /// <param name="note">The checkpoint as the log signed it.</param>
    /// <returns>The note in UTF-8: the log's line, then the witnesses' in the order of their keys; the log's alone where nobody cosigned yet.</returns>
    /// <exception cref="LogIntegrityException">The store holds a line that its log or witness did not sign.</exception>
    public static byte[] Publish(Store store, StoredLog log, ulong treeSize, byte[] note)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(log);
        if (!NoteVerifierKey.TryParse(log.VerifierKey, out NoteVerifierKey? key, out _)
            || !SignedNote.TryParse(note, out SignedNote? signed, out _)
            || signed.VerifyOnly(key) != NoteFailure.None)
        {
            throw new LogIntegrityException($"The checkpoint of log '{log.Origin}' at size {treeSize} is not the log's. Run 'ledgercredit log audit'.");
        }

        List<NoteSignature> lines = [];
        foreach (StoredCosignature kept in store.Cosignatures.ReadAll(log.Number, treeSize).Take(SignedNote.MaxSignatures - 1))
        {
            lines.Add(WitnessKey.TryParse(kept.Witness, out WitnessKey? witness, out _) && TryRead(witness, signed.Text, kept.Line) is NoteSignature line
                ? line
                : throw new LogIntegrityException($"A cosignature for log '{log.Origin}' at size {treeSize} is not one by the witness whose key stands beside it. Run 'ledgercredit log audit'."));
        }

        return Encoding.UTF8.GetBytes(signed.With(lines).Format());
    }

    /// <summary>Reads a stored line, which must be the witness's cosignature of the text, as it is written.</summary>
    internal static NoteSignature? TryRead(WitnessKey key, string text, byte[] line) =>
        SignedNote.TryParseLines(line, out IReadOnlyList<NoteSignature>? lines, out _) && lines.Count == 1 && key.Verify(text, lines[0]) ? lines[0] : null;
}
