using System.Globalization;
using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Ethereum.Transactions;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Repair;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LedgerCredit.Service.Repair;

/// <summary>Steps of repair cases as transactions: made here, signed where the key is, sent here. No key ever comes to the node.</summary>
internal static class RepairTransactionEndpoints
{
    private const string Path = "/v1/repair/transactions";

    /// <summary>Adds the addresses to those of repair.</summary>
    internal static void MapTransactions(this RouteGroupBuilder repair)
    {
        RouteGroupBuilder transactions = repair.MapGroup("/transactions").RequireScope(AccessScopes.RepairWrite);
        transactions.MapPost("", PrepareAsync)
            .WithName("prepareRepairTransaction")
            .WithSummary("A step of a repair case, as an unsigned transaction of the caller's ledger account")
            .WithDescription("""
                The step is tried on the ledger first: what the rules do not allow is refused with the contract's reason (409, `reason`), what
                duties keep apart with `duty-…` (403). The answer is a transaction to sign where the account's key is; send it to
                `/v1/repair/transactions/send`. Nothing is kept here, and no step is taken before that.

                | step | by | members |
                |---|---|---|
                | `open` | applicant | sanction, `materials` |
                | `supplement` | applicant | `case`, `materials` |
                | `withdraw` | applicant | `case` |
                | `accept` | authority | `case` |
                | `ask` | authority | `case`, `kinds`, `statement` (the notice) |
                | `confirm` | authority | `case`, `statement`, `takeBack`? |
                | `refuse` | authority | `case`, `statement` (the reasons) |
                | `approve` | reviewer | `case`, `materialsHash`, `score`? |
                | `object` | any member | `case`, `statement` (the grounds) |
                | `resolve` | arbiter | `case`, `objector`, `uphold`, `statement` (the reasons) |
                | `trigger` | anyone | `case` |
                | `escalate` | anyone | `case`, `objector`? |
                | `revoke` | authority | `case`, `statement`? (the findings; absent to agree to the pending proposal) |
                | `annul`, `shield`, `unshield` | authority | sanction, `statement` |

                A sanction is `issuer` with `leafIndex` for one that this node holds and the caller sees all of (then `LedgerCredit-Purpose` says what
                it is read for, and the read is logged), or `evidence`, its whole evidence file. Where an application lacks materials that the plan of the
                sanction asks for, the answer names them (`wantedMaterials`): the ledger takes it, and nobody approves it without them.
                """)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        transactions.MapPost("/send", SendAsync)
            .WithName("sendRepairTransaction")
            .WithSummary("Send a step that the caller's account has signed")
            .WithDescription("""
                It has to be for this ledger, to the repair desk, one of its steps, without a transfer, and signed by the account that is signed in.
                Sending the same bytes again is safe: the ledger takes them once.
                """)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        transactions.MapGet("/{hash}", GetAsync)
            .WithName("getRepairTransaction")
            .WithSummary("What became of a transaction of the caller's account")
            .WithDescription("Transactions of others, and those to other contracts, are not there.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Ok<UnsignedRepairTransaction>, ProblemHttpResult>> PrepareAsync(
        RepairStepRequest request, string? lang, HttpContext context, NodeContext node, RepairLedger ledger, CancellationToken cancellationToken)
    {
        if (!TryReadAccount(context, out Address account, out ProblemHttpResult? problem)
            || !RepairJson.TryReadLanguage(lang, out string? language, out problem)
            || !ledger.TryFindDesk(out Address desk, out problem))
        {
            return problem!;
        }

        if (RepairStepForm.FindProblem(request) is string form)
        {
            return Problem.Of(ProblemCode.MalformedRequest, form);
        }

        RepairStepCalls calls = new(node, context);
        (RepairStepCall? step, problem) = await calls.MakeAsync(request, cancellationToken);
        if (step is null)
        {
            return problem!;
        }

        using LedgerSession session = await ledger.ConnectAsync(cancellationToken);
        try
        {
            await new RepairDeskContract(session.Client, desk).TryCallAsync(account, step.CallData, cancellationToken);
            Transaction transaction = await ledger.TransactionsOf(session).PrepareAsync(account, desk, step.CallData, cancellationToken);
            return TypedResults.Ok(ToView(account, transaction) with
            {
                WantedMaterials = step.Wanted.Count == 0 ? null : [.. step.Wanted.Select(material => new WantedMaterial(material.Code, language == "zh" ? material.NameChinese : material.NameEnglish))],
            });
        }
        catch (ContractRevertException e)
        {
            return await RefuseAsync(e, step.UtcOffset, language!, node, cancellationToken);
        }
    }

    private static async Task<Results<Accepted<SentRepairTransaction>, ProblemHttpResult>> SendAsync(
        SignedRepairTransaction request, HttpContext context, NodeContext node, RepairLedger ledger, CancellationToken cancellationToken)
    {
        if (!TryReadAccount(context, out Address account, out ProblemHttpResult? problem) || !ledger.TryFindDesk(out Address desk, out problem))
        {
            return problem!;
        }

        if (!Hex.TryDecode(request.Transaction, out byte[]? raw))
        {
            return Problem.Of(ProblemCode.MalformedRequest, "Expected 0x and lower-case hex digits in 'transaction'.");
        }

        if (!TransactionDecoder.TryDecode(raw, out SignedTransaction? transaction, out ParseProblem? malformed))
        {
            return Problem.Of(ProblemCode.InvalidTransaction, malformed.Message, reason: malformed.Code);
        }

        if (FindForeign(transaction, account, desk, ledger.ChainId) is (string reason, string detail))
        {
            return Problem.Of(ProblemCode.InvalidTransaction, detail, reason: reason);
        }

        if (!RepairDeskCall.TryDecode(transaction.Transaction.Data, out RepairDeskCall? call))
        {
            return Problem.Of(ProblemCode.InvalidTransaction, "Expected one of the steps of the repair desk, in the encoding in which they are made here.", reason: "unknown-method");
        }

        using (StoreLease lease = await node.Stores.RentAsync(cancellationToken))
        {
            if (new RepairDuties(node, lease.Store, context.Caller()).FindProblem(call) is ProblemHttpResult duty)
            {
                return duty;
            }
        }

        using LedgerSession session = await ledger.ConnectAsync(cancellationToken);
        try
        {
            // Nothing is kept of these bytes: the caller has them. A crash or a lost answer here leaves them on their way or not, and sending them
            // again is harmless, because an account uses a nonce once.
            await ledger.TransactionsOf(session).SendAsync(transaction, cancellationToken);
        }
        catch (JsonRpcException e)
        {
            return Problem.Of(ProblemCode.TransactionRefused, $"The ledger does not take it: {e.EndpointMessage}. Where its nonce is used up, have the step made anew.");
        }

        return TypedResults.Accepted($"{Path}/{transaction.Hash}", new SentRepairTransaction(transaction.Hash.ToString()));
    }

    private static async Task<Results<Ok<RepairTransactionState>, ProblemHttpResult>> GetAsync(
        string hash, HttpContext context, NodeContext node, RepairLedger ledger, CancellationToken cancellationToken)
    {
        if (!TryReadAccount(context, out Address account, out ProblemHttpResult? problem) || !ledger.TryFindDesk(out Address desk, out problem))
        {
            return problem!;
        }

        if (!Bytes32.TryParseHex(hash, out Bytes32 transactionHash))
        {
            return NotFound();
        }

        using LedgerSession session = await ledger.ConnectAsync(cancellationToken);
        if (await session.Client.FindReceiptAsync(transactionHash, cancellationToken) is not TransactionReceipt receipt)
        {
            return await session.Client.FindTransactionAsync(transactionHash, cancellationToken) is LedgerTransaction waiting && waiting.From == account && waiting.To == desk
                ? TypedResults.Ok(new RepairTransactionState(hash, "pending", Indexed: false, []))
                : NotFound();
        }

        if (receipt.From != account || receipt.To != desk)
        {
            return NotFound();
        }

        ulong newest = await session.Client.FetchBlockNumberAsync(cancellationToken);
        bool isFinal = newest >= receipt.BlockNumber && newest - receipt.BlockNumber >= (ulong)ledger.Finality.DescendantsNeeded(receipt.BlockNumber);
        IReadOnlyList<RepairDeskEvent> events = RepairStepSender.ReadEvents(receipt, desk);
        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        ulong caseId = events.Select(desk => RepairDeskEventFacts.FindCaseId(desk) ?? 0).DefaultIfEmpty().Max();
        return TypedResults.Ok(new RepairTransactionState(
            hash,
            !receipt.IsSuccess ? "refused" : isFinal ? "final" : "mined",
            new LedgerIndexReader(lease.Store).Position?.BlockNumber >= receipt.BlockNumber,

            // The status accompanies every event that changes it, and says nothing more.
            [.. events.Where(desk => desk is not StatusChangedEvent).Select(RepairEventNames.Of)],
            checked((long)receipt.BlockNumber),
            caseId == 0 ? null : checked((long)caseId)));
    }

    private static bool TryReadAccount(HttpContext context, out Address account, out ProblemHttpResult? problem)
    {
        Caller caller = context.Caller();
        account = caller.Account ?? default;
        problem = caller.Kind == CallerKind.Account
            ? null
            : Problem.Of(ProblemCode.NotAllowed, "Steps are taken by ledger accounts: sign in with one. Keys for programs and staff sign nothing.");
        return problem is null;
    }

    private static (string Reason, string Detail)? FindForeign(SignedTransaction signed, Address account, Address desk, ulong chainId)
    {
        ulong? chain = signed.Transaction switch
        {
            Eip1559Transaction transaction => transaction.ChainId,
            AccessListTransaction transaction => transaction.ChainId,
            LegacyTransaction transaction => transaction.ChainId,
            _ => null,
        };
        return chain != chainId ? ("other-chain", $"Expected a transaction for the chain {chainId}, found one for {chain?.ToString(CultureInfo.InvariantCulture) ?? "any"}.")
            : signed.Sender != account ? ("other-account", $"Expected a transaction that {account} has signed, found one of {signed.Sender}.")
            : signed.Transaction.To != desk ? ("other-contract", $"Expected a transaction to the repair desk {desk}, found another.")
            : signed.Transaction.ValueWei != 0 ? ("transfers-value", "Expected a transaction that transfers nothing.")
            : null;
    }

    private static async Task<ProblemHttpResult> RefuseAsync(
        ContractRevertException refusal, TimeSpan utcOffset, string language, NodeContext node, CancellationToken cancellationToken)
    {
        if (refusal.Error is not ContractError error)
        {
            return Problem.Of(ProblemCode.StepRefused, "The contract refuses the step without one of its reasons.");
        }

        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        LocalText? words = new ContractErrorText(new LedgerIndexReader(lease.Store).NameOf, utcOffset, namesRequests: true).Find(error);
        return Problem.Of(ProblemCode.StepRefused, words?.In(language) ?? $"The contract refuses the step: {error}.", reason: ContractErrorText.CodeOf(error));
    }

    private static UnsignedRepairTransaction ToView(Address account, Transaction transaction)
    {
        byte[] payload = transaction.EncodeUnsigned();
        UnsignedRepairTransaction Make(string type, ulong chainId) => new(
            account.ToString(),
            transaction.To!.Value.ToString(),
            type,
            Quantity(chainId),
            Quantity(transaction.Nonce),
            Quantity(transaction.GasLimit),
            Quantity(transaction.ValueWei),
            Hex.Encode(transaction.Data.Span),
            Hex.Encode(payload),
            Keccak256.Hash(payload).ToString());
        return transaction switch
        {
            Eip1559Transaction fees => Make("0x2", fees.ChainId) with { MaxFeePerGas = Quantity(fees.MaxFeePerGasWei), MaxPriorityFeePerGas = Quantity(fees.MaxPriorityFeePerGasWei) },
            LegacyTransaction price => Make("0x0", price.ChainId!.Value) with { GasPrice = Quantity(price.GasPriceWei) },
            _ => throw new System.Diagnostics.UnreachableException($"Transactions of type {transaction.GetType().Name} are not made."),
        };
    }

    private static string Quantity(UInt128 value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);

    private static ProblemHttpResult NotFound() => Problem.Of(ProblemCode.NotFound, "The caller's account has no such transaction at the repair desk.");
}
