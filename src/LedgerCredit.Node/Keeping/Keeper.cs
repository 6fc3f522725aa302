using LedgerCredit.Contracts;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Keeping;

/// <summary>How a task of the keeper ended.</summary>
public enum KeeperResult
{
    /// <summary>It is on the ledger.</summary>
    Done = 1,

    /// <summary>The contract refused it: somebody was faster, or it does not count a fact any more. Nothing to worry about.</summary>
    Refused,

    /// <summary>The ledger would not take the transaction; it is tried again.</summary>
    Failed,

    /// <summary>It is overdue to the end, and people must decide what becomes of it.</summary>
    Overdue,
}

/// <summary>What the keeper did, or has to tell.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Task">What there was to do.</param>
/// <param name="Result">How it ended.</param>
/// <param name="Transaction">The transaction, where there is one on the ledger.</param>
/// <param name="Block">The number of its block.</param>
/// <param name="Problem">Why it was refused or failed; null otherwise.</param>
public sealed record KeeperAct(ulong CaseId, KeeperTask Task, KeeperResult Result, Bytes32? Transaction, ulong? Block, string? Problem);

/// <summary>Moves cases on in which nobody but time is missing, and those in which somebody is late for the first time.</summary>
/// <remarks>
/// <para>
/// By the ledger's clock: the time of the newest block of the index. It uses an account of no member, because
/// <c>trigger</c>, <c>escalate</c> and <c>escalateObjection</c> are for anyone, and who calls them must be nobody who decides.
/// It never approves, and it never lets a case lapse: what is overdue to the end it only tells, once.
/// </para>
/// <para>
/// Nothing is kept about what was sent. After a crash the index says what happened; a transaction that is still on its way
/// is made again with the same nonce, so that the ledger takes one of the two, and the desk takes no step twice.
/// </para>
/// </remarks>
/// <param name="session">The ledger.</param>
/// <param name="store">The store with the index.</param>
/// <param name="key">The keeper's account.</param>
/// <param name="timeProvider">The clock of waiting for transactions; no case is judged by it.</param>
public sealed class Keeper(LedgerSession session, Store store, Secp256k1Key key, TimeProvider timeProvider)
{
    // In seconds of the ledger: when a task that came to nothing is tried again though nothing has changed.
    private const ulong RetryAfterFailure = 60;
    private const ulong RetryAfterAttempt = 600;

    private readonly LedgerTransactions _transactions = new(session, timeProvider);
    private readonly RepairDeskContract _desk = new(session.Client, session.Contracts.RepairDesk);
    private readonly LedgerIndexReader _index = new(store);
    private readonly KeeperPlan _plan = new(session.Client, session.Contracts, store);

    /// <summary>Does what is due as of the newest block of the index, which is to be brought up to the ledger before.</summary>
    /// <param name="report">Told of each act as it is done.</param>
    /// <param name="cancellationToken">Ends it between two acts, or while one is waited for, which may happen all the same.</param>
    /// <returns>How many transactions came onto the ledger.</returns>
    public async Task<int> RunAsync(Action<KeeperAct> report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (await _plan.UpdateAsync(cancellationToken) is not IndexPosition position)
        {
            return 0;
        }

        int done = 0;
        foreach ((ulong caseId, KeeperTask task) in _plan.FindDue(position.BlockTime))
        {
            cancellationToken.ThrowIfCancellationRequested();
            KeeperAct? act = task.IsNotice
                ? new KeeperAct(caseId, task, KeeperResult.Overdue, Transaction: null, Block: null, Problem: null)
                : await TryActAsync(caseId, task, cancellationToken);
            _plan.PutOff(caseId, task, act?.Result switch
            {
                KeeperResult.Overdue => ulong.MaxValue,
                KeeperResult.Failed => position.BlockTime + RetryAfterFailure,
                _ => position.BlockTime + RetryAfterAttempt,
            });
            if (act is not null)
            {
                report(act);
                done += act.Result == KeeperResult.Done ? 1 : 0;
            }
        }

        return done;
    }

    // Null where the contract says that there is nothing to do after all.
    private async Task<KeeperAct?> TryActAsync(ulong caseId, KeeperTask task, CancellationToken cancellationToken)
    {
        try
        {
            if (!await IsWantedAsync(caseId, task, cancellationToken))
            {
                return null;
            }

            TransactionReceipt receipt = await _transactions.RunAsync(key, _desk.Address, EncodeCall(caseId, task), cancellationToken);
            return new KeeperAct(caseId, task, KeeperResult.Done, receipt.TransactionHash, receipt.BlockNumber, Problem: null);
        }
        catch (ContractRevertException e)
        {
            return new KeeperAct(caseId, task, KeeperResult.Refused, Transaction: null, Block: null, e.Message);
        }
        catch (JsonRpcException e)
        {
            // For example: the account is not on the network's list, or cannot pay where transactions cost something.
            return new KeeperAct(caseId, task, KeeperResult.Failed, Transaction: null, Block: null, e.Message);
        }
    }

    private static byte[] EncodeCall(ulong caseId, KeeperTask task) => task.Kind switch
    {
        KeeperTaskKind.Trigger => RepairDeskContract.EncodeTrigger(caseId),
        KeeperTaskKind.Escalate => RepairDeskContract.EncodeEscalate(caseId),
        KeeperTaskKind.EscalateObjection => RepairDeskContract.EncodeEscalateObjection(caseId, task.Objector),
        _ => throw new ArgumentException("A notice is no call.", nameof(task)),
    };

    // The index cannot see everything that the contract looks at: approvals of suspended or partial organisations do not count.
    private async Task<bool> IsWantedAsync(ulong caseId, KeeperTask task, CancellationToken cancellationToken)
    {
        if (task.Kind == KeeperTaskKind.Trigger)
        {
            return (await _desk.FetchConditionsAsync(caseId, cancellationToken)).AllHold;
        }

        if (task.Kind == KeeperTaskKind.Escalate && _index.FindCase(caseId) is { Stage: CaseStage.UnderReview } indexed
            && KeeperTask.HasAllFacts(indexed, await _plan.FetchApprovalsNeededAsync(indexed.Terms.RulePack, cancellationToken)))
        {
            RepairConditions conditions = await _desk.FetchConditionsAsync(caseId, cancellationToken);
            return !conditions.IsPerformed || !conditions.IsApproved;
        }

        return true;
    }
}
