using LedgerCredit.Log;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Auditing;

/// <summary>Compares each stored cosignature with the checkpoint of its size, by the key that stands beside it.</summary>
/// <remarks>The checkpoint itself is compared with the entries elsewhere. Of a cosignature that was deleted nothing is left to find.</remarks>
internal sealed class CosignatureAudit(Store store, AuditFindings findings)
{
    /// <summary>Checks the cosignatures of a log.</summary>
    internal void Run(StoredLog log)
    {
        foreach (StoredCosignature kept in store.Cosignatures.ReadAll(log.Number))
        {
            bool isSound = store.Checkpoints.Find(log.Number, kept.TreeSize) is byte[] note
                && SignedNote.TryParse(note, out SignedNote? signed, out _)
                && WitnessKey.TryParse(kept.Witness, out WitnessKey? key, out _)
                && CosignedCheckpoints.TryRead(key, signed.Text, kept.Line) is not null;
            if (!isSound)
            {
                findings.Add(new AuditFinding("cosignature-altered", log.Issuer, null, $"A cosignature of the checkpoint at size {kept.TreeSize} is not one by the witness whose key stands beside it."));
            }
        }
    }
}
