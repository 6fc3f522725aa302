using LedgerCredit.Log;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.EvidenceFiles;

/// <summary>What the store holds about one entry: all that its evidence file is made of. Read by <see cref="EvidenceBuilder"/>.</summary>
public sealed class EvidenceMaterial
{
    internal EvidenceMaterial(StoredLog log, StoredEntry entry, InclusionProof inclusion, string checkpoint, EvidenceAnchor anchor)
    {
        Log = log;
        Entry = entry;
        Inclusion = inclusion;
        Checkpoint = checkpoint;
        Anchor = anchor;
    }

    /// <summary>The log.</summary>
    public StoredLog Log { get; }

    /// <summary>The entry with its record and secret.</summary>
    internal StoredEntry Entry { get; }

    /// <summary>Its proof to the anchored root, not checked yet.</summary>
    internal InclusionProof Inclusion { get; }

    /// <summary>The checkpoint of the anchored size.</summary>
    internal string Checkpoint { get; }

    /// <summary>The anchor.</summary>
    internal EvidenceAnchor Anchor { get; }
}
