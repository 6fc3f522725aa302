using System.Globalization;
using LedgerCredit.Client;
using LedgerCredit.Client.Models;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Transactions;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Cli.Remote;

/// <summary>Takes a step through a node: has the transaction made there, compares it with what was asked for, signs it here, sends it.</summary>
/// <remarks>
/// A node may lie: what is signed is made anew here of the parts that it gave, after each that matters was compared with what this workspace knows:
/// the ledger, the contract, the function with all of its arguments, that nothing is transferred, and that gas has a bound. A nonce of the node's choice can
/// only make the ledger refuse the transaction.
/// </remarks>
/// <param name="session">The node, signed in to.</param>
/// <param name="ledger">The ledger as the workspace here knows it.</param>
/// <param name="keys">The keys here.</param>
/// <param name="actor">Who takes the step.</param>
internal sealed class NodeTransaction(NodeSession session, LedgerConfig ledger, KeyRing keys, ActingAccount actor)
{
    // Steps need less than a million; and what gas may cost, in wei, where a ledger asks for fees.
    private const ulong MostGas = 10_000_000;
    private static readonly UInt128 MostCost = 100_000_000_000_000_000;
    private const int Attempts = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Takes a step, and waits until it is final and the node knows of it.</summary>
    /// <param name="request">What the node is asked to make.</param>
    /// <param name="callData">What it has to make of it.</param>
    /// <param name="language">The language of refusals.</param>
    /// <param name="before">What was signed for this step before, and did not happen as the node says; null where nothing was.</param>
    /// <param name="requireNever">
    /// Asked before the step is signed with another nonce than before, of the last that was signed: throws where that, or another one signed for the step, may
    /// have happened, or may still happen. Of those with the same nonce only one ever can.
    /// </param>
    /// <param name="keep">Keeps what was signed, before it is sent.</param>
    /// <param name="cancellationToken">Ends the waiting; the step may happen all the same.</param>
    /// <exception cref="NodeAnswerException">The node made something else. Nothing was signed.</exception>
    public async Task<RepairTransactionState> TakeAsync(
        RepairStepRequest request,
        ReadOnlyMemory<byte> callData,
        string language,
        SignedTransaction? before,
        Func<SignedTransaction, Task> requireNever,
        Action<SignedTransaction> keep,
        CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            UnsignedRepairTransaction made = await session.Client.PrepareRepairTransactionAsync(request, language, cancellationToken);
            SignedTransaction signed = Sign(made, callData);
            if (before is not null && before.Transaction.Nonce != signed.Transaction.Nonce)
            {
                await requireNever(before);
            }

            keep(signed);
            before = signed;
            try
            {
                return await SendAsync(signed, cancellationToken);
            }
            catch (LedgerCreditException e) when (IsOvertaken(e) && attempt < Attempts)
            {
                // As the node says, the step is made anew.
            }
        }
    }

    /// <summary>Whether a problem says that the ledger does not take a transaction: another one of the account came first and used the nonce up.</summary>
    public static bool IsOvertaken(LedgerCreditException problem) => problem.Code == "transaction-refused";

    /// <summary>Sends a signed step, the first time or again, and waits until it is final and the node knows of it.</summary>
    /// <exception cref="LedgerCreditException">The ledger does not take it: <see cref="IsOvertaken"/>.</exception>
    public async Task<RepairTransactionState> SendAsync(SignedTransaction signed, CancellationToken cancellationToken)
    {
        // A crash behind this leaves the step on its way: taken again, the ledger refuses it, because it takes none twice; but for supplements,
        // of which the signed bytes are kept.
        SentRepairTransaction sent = await session.Client.SendRepairTransactionAsync(new SignedRepairTransaction(Hex.Encode(signed.Raw.Span)), cancellationToken);
        return sent.Hash == signed.Hash.ToString()
            ? await WaitAsync(signed.Hash, cancellationToken)
            : throw new NodeAnswerException($"The node was sent transaction {signed.Hash} and says that it is another one. See with another node what became of it.");
    }

    /// <summary>Waits until a step that was sent is final and the node knows of it, or the contract refused it.</summary>
    /// <exception cref="LedgerCreditException">The ledger has no such transaction of the account.</exception>
    public async Task<RepairTransactionState> WaitAsync(Bytes32 hash, CancellationToken cancellationToken)
    {
        while (true)
        {
            RepairTransactionState state = await session.Client.GetRepairTransactionAsync(hash.ToString(), cancellationToken);
            if (IsRefused(state) || (state.State == "final" && state.Indexed))
            {
                return state;
            }

            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Whether the contract refused a step when its turn came.</summary>
    public static bool IsRefused(RepairTransactionState state) => state.State == "refused";

    /// <summary>Compares a transaction with what was asked for, and signs it.</summary>
    /// <exception cref="NodeAnswerException">It is another one. Nothing was signed.</exception>
    internal SignedTransaction Sign(UnsignedRepairTransaction made, ReadOnlyMemory<byte> callData)
    {
        ContractAddresses contracts = RequireContracts(ledger);
        Require("the chain", Number(ledger.ChainId), made.ChainId);
        Require("the contract", contracts.RepairDesk.ToString(), Address.TryParse(made.To, out Address to) ? to.ToString() : made.To);
        Require("the account", actor.Address.ToString(), Address.TryParse(made.From, out Address from) ? from.ToString() : made.From);
        Require("the call of the contract", Hex.Encode(callData.Span), made.Data);
        Require("the transferred value", "0x0", made.Value);
        Transaction transaction = Build(made, contracts.RepairDesk, callData);
        Require("the bytes to sign", Hex.Encode(transaction.EncodeUnsigned()), made.Payload);
        using Secp256k1Key key = keys.OpenAccount(actor.KeyName);
        return transaction.Sign(key);
    }

    /// <summary>The contracts, without which nothing is signed.</summary>
    /// <exception cref="WorkspaceException">The workspace does not know them.</exception>
    public static ContractAddresses RequireContracts(LedgerConfig ledger) => ledger.Contracts
        ?? throw new WorkspaceException("This workspace does not know the ledger's contracts, so that it cannot tell what it would sign. Name the repair desk: ledgercredit contracts use ADDRESS");

    private Transaction Build(UnsignedRepairTransaction made, Address desk, ReadOnlyMemory<byte> callData)
    {
        ulong nonce = (ulong)Read("nonce", made.Nonce, ulong.MaxValue);
        ulong gas = (ulong)Read("gas", made.Gas, MostGas);
        UInt128 mostPrice = MostCost / Math.Max(gas, 1);
        switch (made.Type)
        {
            case "0x2":
                UInt128 most = Read("maxFeePerGas", made.MaxFeePerGas, mostPrice);
                return new Eip1559Transaction
                {
                    ChainId = ledger.ChainId,
                    Nonce = nonce,
                    MaxPriorityFeePerGasWei = Read("maxPriorityFeePerGas", made.MaxPriorityFeePerGas, most),
                    MaxFeePerGasWei = most,
                    GasLimit = gas,
                    To = desk,
                    ValueWei = 0,
                    Data = callData,
                };
            case "0x0":
                return new LegacyTransaction
                {
                    ChainId = ledger.ChainId,
                    Nonce = nonce,
                    GasPriceWei = Read("gasPrice", made.GasPrice, mostPrice),
                    GasLimit = gas,
                    To = desk,
                    ValueWei = 0,
                    Data = callData,
                };
            default:
                throw new NodeAnswerException("The node made a transaction of another type than 0x0 and 0x2. Nothing was signed.");
        }
    }

    private static void Require(string what, string expected, string found)
    {
        if (expected != found)
        {
            throw new NodeAnswerException($"The node made another transaction than the step that was asked for: {what} is not what it has to be ({Shorten(expected)}, found {Shorten(found)}). Nothing was signed. Do not trust this node.");
        }
    }

    private static string Shorten(string text)
    {
        const int Most = 80;
        string shown = Commands.Repair.CaseScreen.Printable(text);
        return shown.Length <= Most ? shown : $"{shown[..Most]}…";
    }

    private static UInt128 Read(string name, string? text, UInt128 most) =>
        text is { Length: > 2 and <= 34 }
        && text.StartsWith("0x", StringComparison.Ordinal)
        && UInt128.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 value)
        && value <= most
            ? value
            : throw new NodeAnswerException($"The node made a transaction whose '{name}' is none, or more than a step may have: expected at most {most}. Nothing was signed.");

    private static string Number(UInt128 value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);
}
