using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Ethereum.Transactions;
using LedgerCredit.Log;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.Auditing;

/// <summary>An anchor as the ledger has it.</summary>
/// <param name="TreeSize">Its size.</param>
/// <param name="Root">Its root.</param>
/// <param name="BlockNumber">The block of its event.</param>
/// <param name="TransactionHash">The transaction.</param>
internal sealed record LedgerAnchor(ulong TreeSize, Bytes32 Root, ulong BlockNumber, Bytes32 TransactionHash);

/// <summary>All anchors of a log that the ledger tells of.</summary>
/// <remarks>There is one of each size where the ledger is honest; an endpoint that lies may tell of several.</remarks>
internal sealed class LedgerAnchors
{
    private readonly Dictionary<(ulong TreeSize, Bytes32 Root), LedgerAnchor> _known = [];

    /// <summary>Takes the anchors in any order.</summary>
    public LedgerAnchors(IEnumerable<LedgerAnchor> anchors)
    {
        BySize = [.. anchors.OrderBy(anchor => anchor.TreeSize)];
        foreach (LedgerAnchor anchor in BySize)
        {
            _known.TryAdd((anchor.TreeSize, anchor.Root), anchor);
        }
    }

    /// <summary>All of them by size.</summary>
    public IReadOnlyList<LedgerAnchor> BySize { get; }

    /// <summary>The one of a size and root, or null.</summary>
    public LedgerAnchor? Find(ulong treeSize, Bytes32 root) => _known.GetValueOrDefault((treeSize, root));
}

/// <summary>Checks the anchors of one log: the stored bytes by themselves, and against the ledger.</summary>
internal sealed class AnchorAudit(WorkspaceConfig config, MemberConfig member, LedgerFinality finality, AuditFindings findings)
{
    private const ulong BlocksPerQuery = 10_000;
    private readonly Bytes32 _logId = LogId.FromOrigin(member.Origin);

    /// <summary>All anchors of the log that the ledger tells of.</summary>
    /// <remarks>
    /// The endpoint must show the last block of each range before it is asked for the range's events: one that only says that it has
    /// blocks without end is not followed.
    /// </remarks>
    /// <exception cref="LedgerAnswerException">It has no block where it says that it has, or one from before an earlier one.</exception>
    public async Task<LedgerAnchors> FetchLedgerAnchorsAsync(LedgerSession session, CancellationToken cancellationToken)
    {
        EvidenceLogContract contract = new(session.Client, session.Contracts.EvidenceLog);
        ulong last = (await session.Client.FetchLatestBlockAsync(cancellationToken)).Header.Number;
        List<LedgerAnchor> anchors = [];
        ulong time = 0;
        for (ulong from = session.Contracts.DeploymentBlock; from <= last; from += BlocksPerQuery)
        {
            ulong to = last - from < BlocksPerQuery ? last : from + BlocksPerQuery - 1;
            LedgerBlock end = await session.Client.FindBlockAsync(to, cancellationToken)
                ?? throw new LedgerAnswerException($"The endpoint {session.Client.DisplayEndpoint} says that its newest block is {last}, but it has no block {to}. Run the command again, or name another endpoint.");
            if (end.Header.Timestamp < time)
            {
                throw new LedgerAnswerException($"The endpoint {session.Client.DisplayEndpoint} has block {to} at the time {end.Header.Timestamp}, but an earlier block at {time}: these are not blocks of one ledger. Name another endpoint.");
            }

            time = end.Header.Timestamp;
            foreach (AnchoredEvent anchored in await contract.FetchAnchoredAsync(_logId, from, to, cancellationToken))
            {
                anchors.Add(new LedgerAnchor(anchored.TreeSize, anchored.Root, anchored.BlockNumber, anchored.TransactionHash));
            }

            if (to == last)
            {
                break;
            }
        }

        return new LedgerAnchors(anchors);
    }

    /// <summary>Checks one stored anchor.</summary>
    /// <param name="stored">The row.</param>
    /// <param name="root">The root that the entries lead to at its size, or null where the log is shorter.</param>
    /// <param name="ledger">The ledger's anchors, or null when it is not compared.</param>
    /// <param name="session">The ledger, or null.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    public async Task<AuditedAnchor> CheckAsync(
        StoredAnchor stored,
        Bytes32? root,
        LedgerAnchors? ledger,
        LedgerSession? session,
        CancellationToken cancellationToken)
    {
        string place = FormattableString.Invariant($"The anchor stored for size {stored.TreeSize}");
        if (root is not Bytes32 expected)
        {
            Find("anchor-altered", $"{place} is of a tree larger than the log.");
            return new AuditedAnchor(stored.TreeSize, null, AnchorStanding.Diverges);
        }

        if (stored.TransactionRaw is null && stored.LedgerProof is null)
        {
            Find("anchor-altered", $"{place} has neither a transaction nor a proof.");
            return new AuditedAnchor(stored.TreeSize, null, AnchorStanding.Diverges);
        }

        bool isSound = true;
        SignedTransaction? transaction = null;
        if (stored.TransactionRaw is byte[] raw)
        {
            isSound = CheckTransaction(raw, stored.TreeSize, expected, place, out transaction);
        }

        if (stored.LedgerProof is null)
        {
            return new AuditedAnchor(stored.TreeSize, null, isSound ? AnchorStanding.InFlight : AnchorStanding.Diverges);
        }

        if (CheckProof(stored.LedgerProof, stored.TreeSize, expected, place) is not (BlockHeader header, Bytes32 blockHash))
        {
            return new AuditedAnchor(stored.TreeSize, null, AnchorStanding.Diverges);
        }

        if (session is null || ledger is null)
        {
            return new AuditedAnchor(stored.TreeSize, header.Number, isSound ? AnchorStanding.NotCompared : AnchorStanding.Diverges);
        }

        isSound &= await CheckLedgerAsync(stored.TreeSize, expected, transaction, header, blockHash, ledger, session, place, cancellationToken);
        return new AuditedAnchor(stored.TreeSize, header.Number, isSound ? AnchorStanding.OnLedger : AnchorStanding.Diverges);
    }

    /// <summary>Compares what the ledger anchored with what the entries lead to.</summary>
    /// <param name="ledger">The ledger's anchors.</param>
    /// <param name="stored">The rows.</param>
    /// <param name="replay">What the entries lead to.</param>
    /// <param name="newest">The ledger's newest block before the store was looked at: what is anchored later may be of entries that came later.</param>
    public void CheckHistory(LedgerAnchors ledger, IReadOnlyList<StoredAnchor> stored, ReplayResult replay, ulong newest)
    {
        ulong agreed = 0;
        HashSet<ulong> storedSizes = [.. stored.Select(row => row.TreeSize)];
        foreach (LedgerAnchor anchor in ledger.BySize.Where(anchor => anchor.BlockNumber <= newest))
        {
            if (anchor.TreeSize > replay.Entries)
            {
                Find("log-truncated", $"The ledger anchored {anchor.TreeSize} entries in block {anchor.BlockNumber}, but the store holds {replay.Entries}: entries from {replay.Entries} on are missing.", replay.Entries);
                return;
            }

            if (!replay.Roots.TryGetValue(anchor.TreeSize, out Bytes32 root) || root != anchor.Root)
            {
                Find(
                    "history-rewritten",
                    $"The ledger anchored root {anchor.Root} for the first {anchor.TreeSize} entries in block {anchor.BlockNumber}, but the stored entries lead to {root}. Entries {agreed} to {anchor.TreeSize - 1} are not what was anchored.",
                    agreed);
                return;
            }

            if (!storedSizes.Contains(anchor.TreeSize))
            {
                Find("anchor-missing", $"The ledger anchored size {anchor.TreeSize} in block {anchor.BlockNumber}, but the store has no row for it. 'ledgercredit log anchor' takes the newest one over.");
            }

            agreed = anchor.TreeSize;
        }
    }

    private bool CheckTransaction(byte[] raw, ulong treeSize, Bytes32 root, string place, out SignedTransaction? transaction)
    {
        if (!TransactionDecoder.TryDecode(raw, out transaction, out ParseProblem? problem))
        {
            Find("anchor-altered", $"{place} has a transaction that cannot be read: it was altered. {problem}");
            return false;
        }

        bool isAnchorCall = EvidenceLogContract.TryDecodeAnchor(transaction.Transaction.Data, out AnchorCall? call)
            && call.LogId == _logId
            && call.TreeSize == treeSize
            && call.Root == root;
        if (!isAnchorCall
            || transaction.Transaction.To != config.Ledger.Contracts?.EvidenceLog
            || transaction.Sender != member.Account)
        {
            Find("anchor-altered", $"{place} has a transaction that does not anchor this root for this log from this member's account: it was altered.");
            return false;
        }

        return true;
    }

    private (BlockHeader Header, Bytes32 Hash)? CheckProof(byte[] bytes, ulong treeSize, Bytes32 root, string place)
    {
        if (config.Ledger.Contracts is not ContractAddresses contracts)
        {
            Find("anchor-altered", $"{place} is there, but workspace.json names no contracts.");
            return null;
        }

        if (!LedgerProof.TryDecode(bytes, out LedgerProof? proof))
        {
            Find("anchor-altered", $"{place} has a ledger proof that cannot be read: it was altered.");
            return null;
        }

        AnchorProofCheck check = AnchorProofCheck.Verify(proof, finality.HashRule, contracts.EvidenceLog, _logId, root, treeSize);
        if (check.Problem is not null)
        {
            Find("anchor-altered", $"{place} has a ledger proof that does not show it. {check.Problem}");
            return null;
        }

        if (!AreDescendants(proof, check.Header!.Number))
        {
            Find("anchor-altered", $"{place} has other following headers than make its block final: it was altered.");
            return null;
        }

        // Seals are in no hash on QBFT. Where the policy says nothing of the block, nothing contradicts it.
        if (finality.CheckSeals(proof.Header, proof.Descendants) is { Outcome: StepOutcome.Fail } seals)
        {
            Find("anchor-altered", $"{place} has a ledger proof of a block that is not sealed as it must be: it was altered, or the 'consensus' of workspace.json was. {finality.ExplainSeals(check.Header.Number, seals)}");
            return null;
        }

        return (check.Header, proof.BlockHash);
    }

    // Each names the one before it as its parent. The last one's own hash is held by nothing here, but it was sealed.
    private bool AreDescendants(LedgerProof proof, ulong blockNumber)
    {
        Bytes32 parent = proof.BlockHash;
        foreach (ReadOnlyMemory<byte> encoded in proof.Descendants)
        {
            if (!BlockHeader.TryDecode(encoded.Span, out BlockHeader? header, out _)
                || header.ParentHash != parent
                || !BlockHash.TryCompute(header, finality.HashRule, out parent, out _))
            {
                return false;
            }
        }

        return proof.Descendants.Count == finality.DescendantsNeeded(blockNumber);
    }

    private async Task<bool> CheckLedgerAsync(
        ulong treeSize,
        Bytes32 root,
        SignedTransaction? transaction,
        BlockHeader header,
        Bytes32 blockHash,
        LedgerAnchors ledger,
        LedgerSession session,
        string place,
        CancellationToken cancellationToken)
    {
        if (ledger.Find(treeSize, root) is not LedgerAnchor anchored)
        {
            Find("anchor-not-on-ledger", $"{place} is not on the ledger: it was lost there, or the row was made up. 'ledgercredit log anchor' sends it again.");
            return false;
        }

        if (transaction is not null && transaction.Hash != anchored.TransactionHash)
        {
            Find("anchor-altered", $"{place} has another transaction than the one that anchored it on the ledger ({anchored.TransactionHash}): it was altered.");
            return false;
        }

        LedgerBlock? block = await session.Client.FindBlockAsync(header.Number, cancellationToken);
        if (block is null || block.Hash != blockHash)
        {
            Find("anchor-altered", $"{place} has the header of a block {header.Number} with hash {blockHash}; the ledger's has {block?.Hash.ToString() ?? "none"}.");
            return false;
        }

        return true;
    }

    private void Find(string code, string message, ulong? leafIndex = null) =>
        findings.Add(new AuditFinding(code, member.Slug, leafIndex, message));
}
