using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Ethereum.State;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Primitives;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.EvidenceFiles;

/// <summary>Fetches what proves the status of sanctions as of the newest final block.</summary>
/// <param name="session">The ledger.</param>
/// <param name="finality">When a block is final, and what shows it.</param>
/// <param name="timeProvider">The clock of waiting.</param>
public sealed class StatusProver(LedgerSession session, LedgerFinality finality, TimeProvider timeProvider)
{
    /// <summary>The most sanctions asked for at once: endpoints bound the length of a request and of an answer.</summary>
    public const int MaxSanctions = 100;

    /// <summary>Proves the status of sanctions, all as of one block.</summary>
    /// <param name="leafHashes">The leaf hashes of their entries, at most <see cref="MaxSanctions"/>.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <returns>The status part of each one's evidence file, in the same order.</returns>
    /// <exception cref="LedgerStalledException">The endpoint's proofs do not hold.</exception>
    public async Task<IReadOnlyList<EvidenceStatus>> ProveAsync(IReadOnlyList<Bytes32> leafHashes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leafHashes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(leafHashes.Count, MaxSanctions);
        IReadOnlyList<Bytes32> slots = [.. leafHashes.Select(LedgerSlots.OfStatus)];
        for (int attempt = 1; ; attempt++)
        {
            ulong newest = await session.Client.FetchBlockNumberAsync(cancellationToken);
            ulong number = newest - Math.Min(newest, (ulong)finality.DescendantsNeeded(newest));
            LedgerBlock block = await finality.WaitFinalAsync(session.Client, number, cancellationToken);
            StateProofAnswer answer = await session.Client.FetchStateProofAsync(session.Contracts.RepairDesk, slots, BlockReference.AtNumber(number), cancellationToken);
            EvidenceBlock shown = new(
                block.Header.Number,
                block.Hash,
                block.Header.Encode(),
                await finality.FetchDescendantsAsync(session.Client, block, cancellationToken));

            // The endpoint is a stranger: what is handed out must prove the status by itself.
            if (TryRead(shown, block, answer, out List<EvidenceStatus> statuses, out string? problem))
            {
                return statuses;
            }

            // An engine that makes a block between our two questions can answer the second with the next block's state.
            if (attempt == StateProofAttempts.Max)
            {
                throw new LedgerStalledException($"The state proof of the repair desk {session.Contracts.RepairDesk} at block {number} that the ledger at {session.Client.DisplayEndpoint} gave does not hold: {problem} Run the command again.");
            }

            await Task.Delay(StateProofAttempts.Pause, timeProvider, cancellationToken);
        }
    }

    private bool TryRead(EvidenceBlock shown, LedgerBlock block, StateProofAnswer answer, out List<EvidenceStatus> statuses, out string? problem)
    {
        statuses = [];
        if (!BlockHash.TryCompute(block.Header, finality.HashRule, out Bytes32 hash, out ParseProblem? malformed) || hash != block.Hash)
        {
            problem = $"the header is not that of its hash. {malformed}";
            return false;
        }

        AccountProofResult account = StateProof.VerifyAccount(block.Header.StateRoot, session.Contracts.RepairDesk, answer.AccountNodes);
        if (!account.IsValid || account.Account is null)
        {
            problem = $"the account proof does not lead from the state root to the contract ({account.Failure}).";
            return false;
        }

        foreach (StorageNodes slot in answer.Storage)
        {
            StorageProofResult storage = StateProof.VerifyStorage(account.Account.StorageRoot, slot.Slot, slot.Nodes);
            if (!storage.IsValid)
            {
                problem = $"the storage proof does not lead from the contract's storage root to the status ({storage.Failure}).";
                return false;
            }

            statuses.Add(new EvidenceStatus(session.Contracts.RepairDesk, shown, answer.AccountNodes, slot.Nodes, storage.Value));
        }

        problem = null;
        return true;
    }
}
