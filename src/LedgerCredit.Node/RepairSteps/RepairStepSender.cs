using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Node.RepairSteps;

/// <summary>Where a step is on the ledger.</summary>
/// <param name="TransactionHash">Its transaction.</param>
/// <param name="Block">The number of its block.</param>
public sealed record StepPlace(Bytes32 TransactionHash, ulong Block);

/// <summary>A step that is on the ledger.</summary>
/// <param name="TransactionHash">Its transaction.</param>
/// <param name="Block">The number of its block.</param>
/// <param name="GasUsed">What it cost.</param>
/// <param name="Events">What the repair desk says happened, in order.</param>
public sealed record RepairStepResult(Bytes32 TransactionHash, ulong Block, ulong GasUsed, IReadOnlyList<RepairDeskEvent> Events)
{
    /// <summary>Where it is.</summary>
    public StepPlace Place => new(TransactionHash, Block);
}

/// <summary>Takes steps of parties at the repair desk.</summary>
/// <remarks>
/// Nothing about the sending is kept: a step that was sent is either on the ledger, where the index finds it, or it is not,
/// and then it can be taken again. The desk takes none twice, so that a lost answer can do no harm; but for supplements, which it
/// takes as often as they come: <c>MaterialSubmitter</c> waits for what is on its way, and looks at the case, before it takes one again.
/// </remarks>
public sealed class RepairStepSender(LedgerSession session, KeyRing keys, LedgerFinality finality, TimeProvider timeProvider)
{
    /// <summary>Takes a step and waits until it is final.</summary>
    /// <param name="account">Who takes it.</param>
    /// <param name="callData">From one of the methods <c>RepairDeskContract.Encode…</c>.</param>
    /// <param name="cancellationToken">Cancels waiting; the step may happen all the same.</param>
    /// <exception cref="ContractRevertException">The desk refuses it, with its named error. Nothing was sent.</exception>
    public async Task<RepairStepResult> TakeAsync(ActingAccount account, ReadOnlyMemory<byte> callData, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        using Secp256k1Key key = keys.OpenAccount(account.KeyName);
        TransactionReceipt receipt = await new LedgerTransactions(session, timeProvider).RunAsync(key, session.Contracts.RepairDesk, callData, cancellationToken);
        await finality.WaitFinalAsync(session.Client, receipt.BlockNumber, cancellationToken);
        return new RepairStepResult(receipt.TransactionHash, receipt.BlockNumber, receipt.GasUsed, ReadEvents(receipt, session.Contracts.RepairDesk));
    }

    /// <summary>What the repair desk says happened in a transaction, in order.</summary>
    /// <exception cref="LedgerAnswerException">It has an event that is none of the desk's.</exception>
    public static IReadOnlyList<RepairDeskEvent> ReadEvents(TransactionReceipt receipt, Address desk)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        List<RepairDeskEvent> events = [];
        foreach (LogEvent log in receipt.Logs.Where(log => log.Address == desk))
        {
            events.Add(RepairDeskContract.TryDecodeEvent(log, out RepairDeskEvent? decoded)
                ? decoded
                : throw new LedgerAnswerException($"The repair desk {desk} has an event of an unknown form in block {receipt.BlockNumber}: it is another contract, or the endpoint is at fault."));
        }

        return events;
    }
}
