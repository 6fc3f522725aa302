using System.Diagnostics;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Ethereum.Transactions;
using LedgerCredit.Log;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Telemetry;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.Anchoring;

/// <summary>Anchors a log: the one protocol, for the first attempt and for every one after a crash.</summary>
/// <param name="session">The ledger.</param>
/// <param name="store">The store, open for writing.</param>
/// <param name="finality">When a block is final, and what shows it.</param>
/// <param name="timeProvider">The clock of waiting.</param>
public sealed class Anchorer(LedgerSession session, Store store, LedgerFinality finality, TimeProvider timeProvider)
{
    private const int MaxSignings = 8;

    private readonly LedgerTransactions _transactions = new(session, timeProvider);
    private readonly EvidenceLogContract _contract = new(session.Client, session.Contracts.EvidenceLog);

    /// <summary>Where it is measured how long checkpoints waited; null where nobody measures.</summary>
    internal CheckpointTimes? Times { get; init; }

    /// <summary>Brings the newest checkpoint of a log onto the ledger.</summary>
    /// <param name="log">The log.</param>
    /// <param name="operatorKey">The account that may anchor it.</param>
    /// <param name="wait">Whether to wait until it is mined and final; otherwise it is sent, and the next call completes it.</param>
    /// <param name="cancellationToken">Stops between steps; nothing is lost by it.</param>
    /// <exception cref="LogIntegrityException">Store and ledger have different histories. Nothing was sent.</exception>
    /// <exception cref="ContractRevertException">The contract refuses it, with its named error.</exception>
    public Task<AnchorOutcome> AnchorAsync(StoredLog log, Secp256k1Key operatorKey, bool wait, CancellationToken cancellationToken) =>
        AnchorAsync(log, operatorKey, wait, upTo: ulong.MaxValue, cancellationToken);

    /// <summary>Brings a checkpoint of a log onto the ledger: the newest, but none beyond a size.</summary>
    /// <param name="log">The log.</param>
    /// <param name="operatorKey">The account that may anchor it.</param>
    /// <param name="wait">Whether to wait until it is mined and final; otherwise it is sent, and the next call completes it.</param>
    /// <param name="upTo">The size of a checkpoint of the store, such as the one that witnesses were just asked for. What came behind it waits.</param>
    /// <param name="cancellationToken">Stops between steps; nothing is lost by it.</param>
    /// <exception cref="LogIntegrityException">Store and ledger have different histories. Nothing was sent.</exception>
    /// <exception cref="ContractRevertException">The contract refuses it, with its named error.</exception>
    public async Task<AnchorOutcome> AnchorAsync(StoredLog log, Secp256k1Key operatorKey, bool wait, ulong upTo, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(operatorKey);

        // 1. Compare with the ledger. Different histories end here, before anything is signed.
        LedgerComparison comparison = await LedgerComparison.CompareAsync(session, store, log, cancellationToken);
        comparison.RequireSameHistory(log);

        // 2. Reopen anchors that the ledger has lost, in a reorganisation or by the restart of a devnet. A crash after it
        //    leaves them in flight, which is what they are.
        await ReopenLostAsync(log, comparison, cancellationToken);

        // 3. Finish what is in flight, smallest first. There is at most one, but for anchors reopened in step 2.
        AnchorOutcome outcome = new(log.Issuer, comparison.LedgerSize, null, null, null);
        for (StoredAnchor? inFlight = store.Anchors.FindInFlight(log.Number); inFlight is not null; inFlight = store.Anchors.FindInFlight(log.Number, after: inFlight.TreeSize))
        {
            StoredAnchor current = await RaiseFeeAsync(log, inFlight, operatorKey, cancellationToken);
            AnchorOutcome? finished = await FinishAsync(log, current, wait, cancellationToken);
            if (finished is not null)
            {
                outcome = finished;
                if (finished.Block is null)
                {
                    return outcome;
                }
            }
        }

        for (int signing = 1; signing <= MaxSignings; signing++)
        {
            comparison = await LedgerComparison.CompareAsync(session, store, log, cancellationToken);
            comparison.RequireSameHistory(log);

            // 4. An anchor that the ledger has and this store does not know, because the store was restored from a backup:
            //    take it over with its proof. A crash before the row is written leaves the same situation again.
            await AdoptAsync(log, comparison, cancellationToken);

            // 5. Sign for the newest checkpoint that is asked for, unless the ledger has it. A crash here leaves nothing.
            ulong treeSize = Math.Min(upTo, comparison.StoreSize);
            if (treeSize <= comparison.LedgerSize)
            {
                return outcome.TransactionHash is null ? outcome with { TreeSize = comparison.LedgerSize } : outcome;
            }

            if (await TryPrepareAsync(log, comparison, treeSize, operatorKey, cancellationToken) is not StoredAnchor prepared)
            {
                continue;
            }

            // 6. Keep nonce and signed bytes before they are sent. A crash before this line leaves nothing; after it, step 3
            //    of the next call sends the same bytes, so the ledger can take them once at most.
            StoredAnchor kept = Keep(log, prepared);
            NodeMetrics.AnchorSent(log.Issuer);

            // 7. Send, wait, keep the proof: the same code as after a crash. Where somebody else has used the nonce, the bytes
            //    are dead and forgotten: compare again, with what that somebody may have anchored, and sign anew.
            if (await FinishAsync(log, kept, wait, cancellationToken) is AnchorOutcome finished)
            {
                return finished;
            }
        }

        throw new LedgerStalledException($"Others used the account that anchors log '{log.Origin}' at the same time, so that {MaxSignings} transactions in a row came too late. Nothing was anchored: let one process alone use the account, and run the command again.");
    }

    // Another process may have come to step 6 first: then its anchor is the one in flight, and this call finishes that.
    private StoredAnchor Keep(StoredLog log, StoredAnchor prepared)
    {
        using StoreTransaction transaction = store.BeginWrite();
        if (store.Anchors.FindInFlight(log.Number) is StoredAnchor inFlight)
        {
            return inFlight;
        }

        if (store.Anchors.AnyFrom(log.Number, prepared.TreeSize))
        {
            throw new LedgerStalledException($"Another process has anchored log '{log.Origin}' in the meantime. Nothing was sent; run the command again.");
        }

        store.Anchors.Add(log.Number, prepared);
        transaction.Commit();
        return prepared;
    }

    private Task<AnchorOutcome?> FinishAsync(StoredLog log, StoredAnchor anchor, bool wait, CancellationToken cancellationToken)
    {
        SignedTransaction transaction = Decode(log, anchor);
        return NodeTraces.RunAsync(NodeTraces.AnchorTransaction, ActivityKind.Client, span =>
        {
            span?.SetTag(NodeMetrics.Issuer, log.Issuer);
            span?.SetTag("ledgercredit.tree_size", anchor.TreeSize);
            span?.SetTag("ledgercredit.transaction", transaction.Hash.ToString());
            return FinishAsync(log, anchor, transaction, wait, cancellationToken);
        });
    }

    // Returns null when the anchor can never be mined and was forgotten, so that the caller signs a new one.
    private async Task<AnchorOutcome?> FinishAsync(StoredLog log, StoredAnchor anchor, SignedTransaction transaction, bool wait, CancellationToken cancellationToken)
    {
        long sent = timeProvider.GetTimestamp();
        TransactionReceipt? receipt;
        try
        {
            // a. Send. A crash right after it, or a lost answer, leaves the row in flight: the next call asks for the receipt
            //    of these bytes first, and sends the same bytes again when there is none.
            receipt = await _transactions.SendAsync(transaction, cancellationToken);

            // The nonce is further than the account has come, because the ledger lost transactions that this store cannot
            // send again. These bytes would wait for ever; should their turn come after all, the contract refuses them then.
            if (receipt is null
                && await session.Client.FetchTransactionCountAsync(transaction.Sender, BlockReference.Pending, cancellationToken) < transaction.Transaction.Nonce)
            {
                Forget(log, anchor);
                return null;
            }

            if (receipt is null && !wait)
            {
                return new AnchorOutcome(log.Issuer, anchor.TreeSize, transaction.Hash, null, null);
            }

            // b. Wait for a block, and send the same bytes again where the endpoint loses them. A crash leaves the row in flight.
            receipt ??= await _transactions.WaitAsync(transaction, cancellationToken);
        }
        catch (JsonRpcException) when (!cancellationToken.IsCancellationRequested)
        {
            // The nonce was used by another transaction of this account. A nonce is used once, so these bytes are dead
            // for good, unless the block of the other one is undone; then the account is free to sign again all the same.
            ulong next = await session.Client.FetchTransactionCountAsync(transaction.Sender, BlockReference.Latest, cancellationToken);
            if (next <= transaction.Transaction.Nonce)
            {
                throw;
            }

            Forget(log, anchor);
            return null;
        }

        if (!receipt.IsSuccess)
        {
            // c. Refused by the contract and mined as refused: these bytes are used up. Forget them. Where the ledger has the
            //    tree all the same, compare with who anchored it; else say why by trying the call again. A crash between the
            //    two leaves no row, and the next call signs anew.
            Forget(log, anchor);
            if ((await _contract.FetchHeadAsync(LogId.FromOrigin(log.Origin), cancellationToken)).TreeSize >= anchor.TreeSize)
            {
                return null;
            }

            await _contract.TryAnchorAsync(transaction.Sender, transaction.Transaction.Data, cancellationToken);
            throw new LedgerStalledException($"The anchor of log '{log.Origin}' at size {anchor.TreeSize} was refused in block {receipt.BlockNumber}, but would pass now. Run the command again.");
        }

        long mined = timeProvider.GetTimestamp();
        NodeMetrics.AnchorMined(log.Issuer, timeProvider.GetElapsedTime(sent, mined));
        Times?.Anchored(log.Issuer, anchor.TreeSize);

        // d. Keep the ledger's proof. Only now the anchor counts as done. A crash before the row is written leaves it in
        //    flight, and the next call finds the receipt at once. Another process that took the bytes for dead may have forgotten
        //    the row meanwhile, or have put bytes with a higher fee in their place: what is kept is what was mined, with its proof.
        Bytes32 root = RootAt(log, anchor.TreeSize);
        LedgerProof proof = await FetchProofAsync(log, root, anchor.TreeSize, receipt.BlockNumber, cancellationToken);
        using (StoreTransaction write = store.BeginWrite())
        {
            byte[] encoded = proof.Encode();
            if (!store.Anchors.Complete(log.Number, anchor.TreeSize, anchor.TransactionRaw!, encoded))
            {
                store.Anchors.Add(log.Number, anchor with { LedgerProof = encoded });
            }

            write.Commit();
        }

        NodeMetrics.AnchorFinal(log.Issuer, timeProvider.GetElapsedTime(mined));
        Times?.Final(log.Issuer, anchor.TreeSize);
        return new AnchorOutcome(log.Issuer, anchor.TreeSize, transaction.Hash, receipt.BlockNumber, receipt.GasUsed);
    }

    // The anchor that another process has prepared since the comparison, and null where it has anchored it already. Engines
    // estimate on what waits in their pool too, so that the refusal can come before the ledger shows why.
    private async Task<StoredAnchor?> TryPrepareAsync(StoredLog log, LedgerComparison comparison, ulong treeSize, Secp256k1Key operatorKey, CancellationToken cancellationToken)
    {
        try
        {
            return await PrepareAsync(log, comparison, treeSize, operatorKey, cancellationToken);
        }
        catch (ContractRevertException)
        {
            if (store.Anchors.FindInFlight(log.Number) is StoredAnchor inFlight)
            {
                return inFlight;
            }

            LedgerComparison now = await LedgerComparison.CompareAsync(session, store, log, cancellationToken);
            if (now.LedgerSize != comparison.LedgerSize)
            {
                return null;
            }

            // Bytes of this account that the store does not know, or was lied to about and forgot: what they do is seen when they are mined.
            if (!await _transactions.HasPendingAsync(Address.FromPublicKey(operatorKey.PublicKey), cancellationToken))
            {
                throw;
            }

            throw new LedgerStalledException($"A transaction of the account that anchors log '{log.Origin}' waits in the ledger's pool, and this store does not know it. Nothing was sent; run the command again when it is mined.");
        }
    }

    private async Task<StoredAnchor> PrepareAsync(StoredLog log, LedgerComparison comparison, ulong treeSize, Secp256k1Key operatorKey, CancellationToken cancellationToken)
    {
        TreeProofs proofs = new(store.Tiles.ReaderOf(log.Number), comparison.StoreSize);
        IReadOnlyList<Bytes32> consistency = comparison.LedgerSize == 0
            ? []
            : proofs.Consistency(comparison.LedgerSize, treeSize).Path;
        byte[] call = EvidenceLogContract.EncodeAnchor(LogId.FromOrigin(log.Origin), treeSize, proofs.RootHash(treeSize), consistency);
        SignedTransaction signed = await _transactions.SignAsync(operatorKey, session.Contracts.EvidenceLog, call, cancellationToken);
        return new StoredAnchor(treeSize, signed.Raw.ToArray(), LedgerProof: null);
    }

    // What waits may pay less than the ledger asks for by now, and would wait until fees fall.
    private async Task<StoredAnchor> RaiseFeeAsync(StoredLog log, StoredAnchor anchor, Secp256k1Key operatorKey, CancellationToken cancellationToken)
    {
        if (await _transactions.TryRaiseFeeAsync(Decode(log, anchor), operatorKey, cancellationToken) is not SignedTransaction raised)
        {
            return anchor;
        }

        // Keep the new bytes in place of the old ones before they are sent. A crash before the commit leaves the old bytes, after
        // it the new ones. Both have one nonce and anchor the same tree, so that the ledger takes one of the two; where it took
        // the old ones after all, the nonce of the new ones is used up, and step 4 takes the anchor over.
        StoredAnchor current = anchor with { TransactionRaw = raised.Raw.ToArray() };
        using StoreTransaction transaction = store.BeginWrite();
        if (store.Anchors.Find(log.Number, anchor.TreeSize) is not { IsInFlight: true } row || !row.TransactionRaw.AsSpan().SequenceEqual(anchor.TransactionRaw))
        {
            throw new LedgerStalledException($"Another process is anchoring log '{log.Origin}'. Nothing was sent; run the command again.");
        }

        store.Anchors.RemoveInFlight(log.Number, anchor.TreeSize, anchor.TransactionRaw!);
        store.Anchors.Add(log.Number, current);
        transaction.Commit();
        return current;
    }

    // Newest first: the first anchor whose block is the ledger's still has all older ones below it.
    private async Task ReopenLostAsync(StoredLog log, LedgerComparison comparison, CancellationToken cancellationToken)
    {
        // One after the other, because there may be any number and hardly ever is more than the newest looked at.
        for (StoredAnchor? anchor = store.Anchors.FindLatestFinal(log.Number); anchor is not null; anchor = store.Anchors.FindFinalBefore(log.Number, anchor.TreeSize))
        {
            if (await IsOnLedgerAsync(log, anchor, comparison.LedgerSize, cancellationToken))
            {
                return;
            }

            // A crash between two of these leaves the older ones for the next call, which comes here again.
            using StoreTransaction write = store.BeginWrite();
            store.Anchors.Reopen(log.Number, anchor.TreeSize);
            write.Commit();
        }
    }

    private async Task<bool> IsOnLedgerAsync(StoredLog log, StoredAnchor anchor, ulong ledgerSize, CancellationToken cancellationToken)
    {
        if (!LedgerProof.TryDecode(anchor.LedgerProof, out LedgerProof? proof) || !BlockHeader.TryDecode(proof.Header.Span, out BlockHeader? header, out _))
        {
            throw new LogIntegrityException($"The stored proof for the anchor of log '{log.Origin}' at size {anchor.TreeSize} is damaged. Run 'ledgercredit log audit'.");
        }

        LedgerBlock? block = await session.Client.FindBlockAsync(header.Number, cancellationToken);
        if (block?.Hash == proof.BlockHash && anchor.TreeSize <= ledgerSize)
        {
            return true;
        }

        if (finality.CanLoseFinalBlocks)
        {
            return false;
        }

        // Where validators sign, a final block cannot be gone, whatever the endpoint says: the proof that was kept stays.
        string shown = block is null || block.Hash == proof.BlockHash
            ? "does not show it: that endpoint lags behind"
            : $"shows another block there, {block.Hash} and not {proof.BlockHash}: that endpoint has lost its validators, or serves another ledger";
        throw new LedgerStalledException($"The anchor of log '{log.Origin}' at size {anchor.TreeSize} was final in block {header.Number}, but the ledger at {session.Client.DisplayEndpoint} {shown}. Nothing was sent. Run the command again later, or name an endpoint that is up to date.");
    }

    private async Task AdoptAsync(StoredLog log, LedgerComparison comparison, CancellationToken cancellationToken)
    {
        if (comparison.LedgerSize == 0 || store.Anchors.Find(log.Number, comparison.LedgerSize) is not null)
        {
            return;
        }

        LedgerBlock head = await session.Client.FetchLatestBlockAsync(cancellationToken);
        LedgerProof proof = await FetchProofAsync(log, comparison.LedgerRoot, comparison.LedgerSize, head.Header.Number, cancellationToken);

        // A crash before the commit leaves the ledger's anchor unknown here, as it was. Another process may have taken it over while this
        // one asked for the proof: then it is known, and so it stays.
        using StoreTransaction write = store.BeginWrite();
        if (store.Anchors.Find(log.Number, comparison.LedgerSize) is not null)
        {
            return;
        }

        store.Anchors.Add(log.Number, new StoredAnchor(comparison.LedgerSize, TransactionRaw: null, proof.Encode()));
        write.Commit();
    }

    private async Task<LedgerProof> FetchProofAsync(StoredLog log, Bytes32 root, ulong treeSize, ulong blockNumber, CancellationToken cancellationToken)
    {
        Bytes32 logId = LogId.FromOrigin(log.Origin);
        Bytes32 slot = LedgerSlots.OfAnchor(logId, root);
        for (int attempt = 1; ; attempt++)
        {
            (LedgerBlock block, StateProofAnswer answer) = await FetchStateProofAsync(slot, blockNumber, cancellationToken);
            LedgerProof proof = new(
                block.Hash,
                block.Header.Encode(),
                answer.AccountNodes,
                answer.Storage[0].Nodes,
                await finality.FetchDescendantsAsync(session.Client, block, cancellationToken));

            // The endpoint is a stranger: what is kept must prove the anchor by itself, in a block that a verifier will find final.
            AnchorProofCheck check = AnchorProofCheck.Verify(proof, finality.HashRule, session.Contracts.EvidenceLog, logId, root, treeSize);
            VerificationStep? seals = finality.CheckSeals(proof.Header, proof.Descendants);
            if (check.Problem is null && seals is null or { Outcome: StepOutcome.Pass })
            {
                return proof;
            }

            // An engine that makes a block between our two questions can answer the second with the next block's state, and one
            // that is reorganised between them shows headers of two branches.
            if (attempt == StateProofAttempts.Max)
            {
                if (check.Problem is null)
                {
                    throw new LedgerStalledException($"The ledger at {session.Client.DisplayEndpoint} says that log '{log.Origin}' is anchored at size {treeSize}, but the block that shows it is not sealed as it must be. {finality.ExplainSeals(block.Header.Number, seals!)} Its proof was not kept. Where the ledger's validators have changed, bring that 'consensus' up to date; otherwise the endpoint serves another ledger: name one that is trusted. Then run the command again.");
                }

                throw new LedgerStalledException($"The ledger at {session.Client.DisplayEndpoint} says that log '{log.Origin}' is anchored at size {treeSize}, but its state proof at block {block.Header.Number} does not show it: {check.Problem}");
            }

            await Task.Delay(StateProofAttempts.Pause, timeProvider, cancellationToken);
        }
    }

    // An engine keeps the state of old blocks for a while only, and anchors are sometimes completed late. An anchor is never
    // removed, so the state of the newest final block shows it as well.
    private async Task<(LedgerBlock Block, StateProofAnswer Answer)> FetchStateProofAsync(Bytes32 slot, ulong blockNumber, CancellationToken cancellationToken)
    {
        LedgerBlock block = await finality.WaitFinalAsync(session.Client, blockNumber, cancellationToken);
        try
        {
            return (block, await FetchStateProofAsync(slot, block, cancellationToken));
        }
        catch (JsonRpcException)
        {
            ulong newest = await session.Client.FetchBlockNumberAsync(cancellationToken);
            ulong descendants = (ulong)finality.DescendantsNeeded(blockNumber);
            LedgerBlock later = await finality.WaitFinalAsync(session.Client, newest > descendants ? newest - descendants : 0, cancellationToken);
            return (later, await FetchStateProofAsync(slot, later, cancellationToken));
        }
    }

    private Task<StateProofAnswer> FetchStateProofAsync(Bytes32 slot, LedgerBlock block, CancellationToken cancellationToken) =>
        session.Client.FetchStateProofAsync(session.Contracts.EvidenceLog, [slot], BlockReference.AtNumber(block.Header.Number), cancellationToken);

    private Bytes32 RootAt(StoredLog log, ulong treeSize)
    {
        ulong storeSize = store.Checkpoints.FindLatest(log.Number)?.TreeSize ?? 0;
        return treeSize <= storeSize
            ? new TreeProofs(store.Tiles.ReaderOf(log.Number), storeSize).RootHash(treeSize)
            : throw new LogIntegrityException($"An anchor of log '{log.Origin}' was signed for {treeSize} entries, but the store holds {storeSize}. Nothing was sent: run 'ledgercredit log audit' and restore the newest backup of the store.");
    }

    // A crash before the commit leaves dead bytes in flight, and the next call comes here again; after it, no row. Where another process
    // has raised the fee meanwhile, its bytes are those in flight and stay.
    private void Forget(StoredLog log, StoredAnchor anchor)
    {
        using StoreTransaction transaction = store.BeginWrite();
        store.Anchors.RemoveInFlight(log.Number, anchor.TreeSize, anchor.TransactionRaw!);
        transaction.Commit();
    }

    // Only what anchors this log as it stands is ever sent again, whatever was done to the row.
    private SignedTransaction Decode(StoredLog log, StoredAnchor anchor)
    {
        Bytes32 root = RootAt(log, anchor.TreeSize);
        return anchor.TransactionRaw is byte[] raw
            && TransactionDecoder.TryDecode(raw, out SignedTransaction? transaction, out _)
            && transaction.Transaction.To == session.Contracts.EvidenceLog
            && EvidenceLogContract.TryDecodeAnchor(transaction.Transaction.Data, out AnchorCall? call)
            && call.LogId == LogId.FromOrigin(log.Origin)
            && call.TreeSize == anchor.TreeSize
            && call.Root == root
            ? transaction
            : throw new LogIntegrityException($"The stored transaction for the anchor of log '{log.Origin}' at size {anchor.TreeSize} is damaged. Nothing was sent: run 'ledgercredit log audit'.");
    }
}
