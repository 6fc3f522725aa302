using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.EvidenceFiles;

/// <summary>Adds the proven repair status to evidence files of sanctions.</summary>
public static class StatusAttacher
{
    /// <summary>Proves the status of all sanctions among some files, as of one block.</summary>
    /// <remarks>
    /// On a ledger without validators the block is kept first, so that trust policies made here pin it. A crash between that and
    /// the writing of a file leaves a block too many.
    /// </remarks>
    /// <param name="workspace">The workspace.</param>
    /// <param name="session">The ledger.</param>
    /// <param name="files">At most <see cref="StatusProver.MaxSanctions"/> files; those of other kinds stay as they are.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <returns>The files in the same order, with a new status where they are of sanctions.</returns>
    public static async Task<IReadOnlyList<EvidenceFile>> AttachAsync(
        Workspace workspace,
        LedgerSession session,
        IReadOnlyList<EvidenceFile> files,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(files);
        List<int> sanctions = [.. Enumerable.Range(0, files.Count).Where(i => files[i].Record.Kind == RecordKind.Sanction.ToName())];
        if (sanctions.Count == 0)
        {
            return files;
        }

        StatusProver prover = new(session, LedgerFinality.Of(workspace.Config, TimeProvider.System), TimeProvider.System);
        IReadOnlyList<EvidenceStatus> statuses = await prover.ProveAsync([.. sanctions.Select(i => MerkleHash.Leaf(files[i].Entry.Span))], cancellationToken);
        if (IsPinned(LedgerFinality.ReadPolicy(workspace.Config)))
        {
            using Store store = workspace.OpenStore(StoreAccess.Write);
            store.StatusBlocks.Put(statuses[0].Block.Number, statuses[0].Block.Hash);
        }

        EvidenceFile[] shown = [.. files];
        for (int i = 0; i < sanctions.Count; i++)
        {
            shown[sanctions[i]] = files[sanctions[i]] with { Status = statuses[i] };
        }

        return shown;
    }

    /// <summary>The policy with the blocks of these files' statuses pinned, where blocks are pinned at all.</summary>
    public static TrustPolicy Pin(TrustPolicy policy, IEnumerable<EvidenceFile> files)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(files);
        if (!IsPinned(policy.Consensus))
        {
            return policy;
        }

        SortedDictionary<ulong, Bytes32> blocks = new(policy.Consensus.Blocks.ToDictionary());
        foreach (EvidenceStatus status in files.Select(file => file.Status).OfType<EvidenceStatus>())
        {
            blocks[status.Block.Number] = status.Block.Hash;
        }

        return policy with { Consensus = policy.Consensus with { Blocks = blocks } };
    }

    private static bool IsPinned(ConsensusPolicy? consensus) => consensus is null or { Type: ConsensusType.Pinned };
}
