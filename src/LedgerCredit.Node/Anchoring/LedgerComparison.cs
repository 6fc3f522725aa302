using LedgerCredit.Contracts;
using LedgerCredit.Log;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Anchoring;

/// <summary>How a log's store stands to the ledger.</summary>
public enum LedgerStanding
{
    /// <summary>The ledger's newest anchor is the log's newest checkpoint.</summary>
    Equal,

    /// <summary>The ledger's newest anchor is an earlier state of this log: anchoring catches up.</summary>
    Behind,

    /// <summary>The ledger has anchored a larger tree than this store holds: part of the log is missing here.</summary>
    Ahead,

    /// <summary>The ledger has anchored another tree of a size that this store holds: one of the two was rewritten.</summary>
    Other,
}

/// <summary>The comparison of a log with the ledger.</summary>
/// <param name="Standing">The outcome.</param>
/// <param name="StoreSize">The size of the store's newest checkpoint.</param>
/// <param name="LedgerSize">The size of the ledger's newest anchor; 0 for none.</param>
/// <param name="LedgerRoot">Its root.</param>
/// <param name="StoreRoot">The store's root at the ledger's size, where it has one.</param>
public sealed record LedgerComparison(LedgerStanding Standing, ulong StoreSize, ulong LedgerSize, Bytes32 LedgerRoot, Bytes32? StoreRoot)
{
    /// <summary>Compares a log with the ledger. Every command that anchors begins with it.</summary>
    /// <param name="session">The ledger.</param>
    /// <param name="store">The store.</param>
    /// <param name="log">The log.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    public static async Task<LedgerComparison> CompareAsync(LedgerSession session, Store store, StoredLog log, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(log);
        EvidenceLogContract contract = new(session.Client, session.Contracts.EvidenceLog);
        AnchoredHead head = await contract.FetchHeadAsync(LogId.FromOrigin(log.Origin), cancellationToken);
        ulong storeSize = store.Checkpoints.FindLatest(log.Number)?.TreeSize ?? 0;
        if (head.TreeSize == 0)
        {
            return new LedgerComparison(storeSize == 0 ? LedgerStanding.Equal : LedgerStanding.Behind, storeSize, 0, head.Root, null);
        }

        if (head.TreeSize > storeSize)
        {
            return new LedgerComparison(LedgerStanding.Ahead, storeSize, head.TreeSize, head.Root, null);
        }

        Bytes32 root = new TreeProofs(store.Tiles.ReaderOf(log.Number), storeSize).RootHash(head.TreeSize);
        LedgerStanding standing = root != head.Root
            ? LedgerStanding.Other
            : head.TreeSize == storeSize ? LedgerStanding.Equal : LedgerStanding.Behind;
        return new LedgerComparison(standing, storeSize, head.TreeSize, head.Root, root);
    }

    /// <summary>Stops where going on could only fork the log.</summary>
    /// <exception cref="LogIntegrityException">The ledger is ahead of the store, or has another history.</exception>
    public void RequireSameHistory(StoredLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (Standing == LedgerStanding.Ahead)
        {
            throw new LogIntegrityException(
                $"The ledger has anchored {LedgerSize} entries of log '{log.Origin}', but this store holds {StoreSize}. Part of the log is missing here, because the store is an older copy or because another node went on with the log from a copy of it. Nothing was anchored: restore the newest backup of the store that anchored those entries, and let one node alone work on the log. A log is never continued from an older state, because that would fork it.");
        }

        if (Standing == LedgerStanding.Other)
        {
            throw new LogIntegrityException(
                $"The ledger has anchored root {LedgerRoot} for the first {LedgerSize} entries of log '{log.Origin}', but this store's entries lead to {StoreRoot}. The store was altered, or another node went on with the log from a copy of this store, or it is another log of the same name. Nothing was anchored: run 'ledgercredit log audit', restore a backup of the store that anchored those entries, import here again what it lacks, and let one node alone work on the log.");
        }
    }
}
