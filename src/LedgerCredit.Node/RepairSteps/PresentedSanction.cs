using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.RepairSteps;

/// <summary>A sanction as the repair desk is shown it: what its log entry is made of, and where it stands in an anchored tree.</summary>
/// <param name="LeafHash">By which the ledger knows the sanction.</param>
/// <param name="Sanction">What the entry is made of.</param>
/// <param name="Entry">Where the entry stands.</param>
public sealed record PresentedSanction(Bytes32 LeafHash, RepairSanction Sanction, AnchoredEntry Entry)
{
    /// <summary>Takes what the desk wants to see from an evidence file. Verifies nothing: the desk does.</summary>
    /// <param name="file">The file.</param>
    /// <param name="presented">The sanction, or null.</param>
    /// <param name="problem">Why the file shows none or too little of it, or null.</param>
    public static bool TryOf(
        EvidenceFile file, [NotNullWhen(true)] out PresentedSanction? presented, [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(file);

        presented = null;
        if (!LogEntry.TryDecode(file.Entry.Span, out LogEntry? entry, out problem))
        {
            return false;
        }

        if (entry.Kind != RecordKind.Sanction)
        {
            problem = new ParseProblem("not-a-sanction", "/entry", $"Expected a sanction, found a {entry.Kind.ToName()}.");
            return false;
        }

        if (file.Record.Terms.IsEmpty)
        {
            problem = new ParseProblem("terms-withheld", "/record/terms", "Expected the repair terms, which this file withholds: use the whole file.");
            return false;
        }

        if (!RepairTerms.TryDecode(file.Record.Terms, out RepairTerms? terms))
        {
            problem = new ParseProblem("wrong-terms", "/record/terms", "Expected the ABI encoding of repair terms.");
            return false;
        }

        presented = new PresentedSanction(
            MerkleHash.Leaf(file.Entry.Span),
            new RepairSanction(entry.RecordDigest, terms),
            new AnchoredEntry(file.Anchor.LogId, file.Anchor.Root, file.Inclusion.LeafIndex, file.Inclusion.Path));
        return true;
    }
}
