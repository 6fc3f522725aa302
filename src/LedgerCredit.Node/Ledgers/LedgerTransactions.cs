using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Ethereum.Transactions;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Node.Ledgers;

/// <summary>Makes, signs and follows transactions.</summary>
/// <param name="session">The ledger.</param>
/// <param name="timeProvider">The clock of waiting.</param>
public sealed class LedgerTransactions(LedgerSession session, TimeProvider timeProvider)
{
    /// <summary>How long a transaction may take to be mined before waiting is given up.</summary>
    public static readonly TimeSpan MiningTimeout = TimeSpan.FromMinutes(2);

    private const int MaxNonceAttempts = 8;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ResendInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan NonceTimeout = TimeSpan.FromSeconds(30);
    private static readonly UInt128 PriorityFeeWei = 1_000_000_000;

    // More than any ledger has: a thousand full blocks, a whole coin for a unit of gas. What an endpoint says is reckoned with.
    private const ulong MaxGas = 100_000_000_000;
    private static readonly UInt128 MaxBaseFeeWei = 1_000_000_000_000_000_000;

    /// <summary>Signs a transaction with the sender's next nonce; nothing is sent.</summary>
    /// <remarks>
    /// Fees follow the newest block: none on a ledger without base fee or with a base fee of zero, which is how permissioned
    /// networks run; elsewhere twice the base fee and one gwei. The gas limit is the estimate and a quarter more.
    /// </remarks>
    /// <param name="key">The sender's key.</param>
    /// <param name="to">The contract, or null to create one.</param>
    /// <param name="data">Call data or creation code.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <exception cref="ContractRevertException">The contract would refuse it, with the named error.</exception>
    public async Task<SignedTransaction> SignAsync(Secp256k1Key key, Address? to, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        return (await PrepareAsync(Address.FromPublicKey(key.PublicKey), to, data, cancellationToken)).Sign(key);
    }

    /// <summary>Makes a transaction that <see cref="SignAsync"/> would sign, for an account whose key is elsewhere.</summary>
    /// <param name="sender">The account.</param>
    /// <param name="to">The contract, or null to create one.</param>
    /// <param name="data">Call data or creation code.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <exception cref="ContractRevertException">The contract would refuse it, with the named error.</exception>
    public async Task<Transaction> PrepareAsync(Address sender, Address? to, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        ulong estimate = await EstimateAsync(new CallRequest(sender, to, data), cancellationToken);
        ulong nonce = await session.Client.FetchTransactionCountAsync(sender, BlockReference.Latest, cancellationToken);
        ulong gasLimit = estimate + (estimate / 4);

        if (await FetchBaseFeeAsync(cancellationToken) is not UInt128 baseFee)
        {
            return new LegacyTransaction
            {
                ChainId = session.ChainId,
                Nonce = nonce,
                GasPriceWei = 0,
                GasLimit = gasLimit,
                To = to,
                ValueWei = 0,
                Data = data,
            };
        }

        UInt128 priorityFee = baseFee == 0 ? 0 : PriorityFeeWei;
        return new Eip1559Transaction
        {
            ChainId = session.ChainId,
            Nonce = nonce,
            MaxPriorityFeePerGasWei = priorityFee,
            MaxFeePerGasWei = (2 * baseFee) + priorityFee,
            GasLimit = gasLimit,
            To = to,
            ValueWei = 0,
            Data = data,
        };
    }

    /// <summary>Signs a transaction anew that pays less than the newest block asks for, with the same nonce and a higher fee.</summary>
    /// <remarks>The ledger takes one of the two, because a nonce is used once. Nothing is sent.</remarks>
    /// <param name="transaction">The transaction.</param>
    /// <param name="key">The key that signed it.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <returns>Null where it pays enough, where it is in a block already, and where another key signed it.</returns>
    public async Task<SignedTransaction?> TryRaiseFeeAsync(SignedTransaction transaction, Secp256k1Key key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(key);
        if (await FetchBaseFeeAsync(cancellationToken) is not UInt128 baseFee
            || transaction.Transaction is not Eip1559Transaction underpaid
            || underpaid.MaxFeePerGasWei >= baseFee
            || transaction.Sender != Address.FromPublicKey(key.PublicKey)
            || await session.Client.FindReceiptAsync(transaction.Hash, cancellationToken) is not null)
        {
            return null;
        }

        // Engines replace a transaction that waits by one that pays at least a tenth more, of both fees.
        UInt128 priorityFee = UInt128.Max(PriorityFeeWei, underpaid.MaxPriorityFeePerGasWei + (underpaid.MaxPriorityFeePerGasWei / 8) + 1);
        return (underpaid with { MaxPriorityFeePerGasWei = priorityFee, MaxFeePerGasWei = (2 * baseFee) + priorityFee }).Sign(key);
    }

    /// <summary>Sends a signed transaction, the first time or again.</summary>
    /// <returns>Its receipt when it is in a block already, else null.</returns>
    /// <remarks>
    /// Engines answer differently for bytes that they have already: the hash, "already known", "nonce too low". So an error
    /// is believed only when the ledger has no receipt for these bytes.
    /// </remarks>
    /// <exception cref="JsonRpcException">The endpoint refused it and does not have it.</exception>
    public async Task<TransactionReceipt?> SendAsync(SignedTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (await session.Client.FindReceiptAsync(transaction.Hash, cancellationToken) is TransactionReceipt mined)
        {
            return mined;
        }

        try
        {
            // A crash or a lost answer here leaves bytes that may be on their way: they are kept by the caller and sent again,
            // or their nonce is seen to be used up.
            await session.Client.SendRawTransactionAsync(transaction.Raw, cancellationToken);
            return null;
        }
        catch (JsonRpcException)
        {
            if (await session.Client.FindReceiptAsync(transaction.Hash, cancellationToken) is TransactionReceipt receipt)
            {
                return receipt;
            }

            if (await session.Client.FindTransactionAsync(transaction.Hash, cancellationToken) is not null)
            {
                return null;
            }

            throw;
        }
    }

    /// <summary>Waits until a transaction that was sent is in a block, and sends it again where the endpoint has forgotten it.</summary>
    /// <remarks>A pool forgets what waits in it when its engine starts anew, when it is full, and when others outbid it.</remarks>
    /// <exception cref="JsonRpcException">The endpoint forgot it and does not take it again: its nonce is used up, for example.</exception>
    /// <exception cref="LedgerStalledException">It was not mined in time; nothing is lost, and asking again later goes on.</exception>
    public async Task<TransactionReceipt> WaitAsync(SignedTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        long started = timeProvider.GetTimestamp();
        long sent = started;
        while (true)
        {
            if (await session.Client.FindReceiptAsync(transaction.Hash, cancellationToken) is TransactionReceipt receipt)
            {
                return receipt;
            }

            if (timeProvider.GetElapsedTime(started) > MiningTimeout)
            {
                throw new LedgerStalledException($"The ledger at {session.Client.DisplayEndpoint} did not mine the transaction {transaction.Hash} within {MiningTimeout.TotalSeconds:0} s. It is kept; run the command again to go on with the same bytes.");
            }

            if (timeProvider.GetElapsedTime(sent) > ResendInterval)
            {
                // The same bytes, so that the ledger can take them once at most. A crash here leaves what the first sending left.
                sent = timeProvider.GetTimestamp();
                if (await session.Client.FindTransactionAsync(transaction.Hash, cancellationToken) is null
                    && await SendAsync(transaction, cancellationToken) is TransactionReceipt mined)
                {
                    return mined;
                }
            }

            await Task.Delay(PollInterval, timeProvider, cancellationToken);
        }
    }

    /// <summary>Waits until no transaction of an account is on its way, so that the newest block shows all that it did.</summary>
    /// <remarks>As far as this endpoint knows: another one may hold transactions that it has not passed on.</remarks>
    /// <exception cref="LedgerStalledException">One is on its way for longer than transactions may take to be mined.</exception>
    public async Task WaitIdleAsync(Address sender, CancellationToken cancellationToken)
    {
        long started = timeProvider.GetTimestamp();
        while (await session.Client.FetchTransactionCountAsync(sender, BlockReference.Pending, cancellationToken)
            > await session.Client.FetchTransactionCountAsync(sender, BlockReference.Latest, cancellationToken))
        {
            if (timeProvider.GetElapsedTime(started) > MiningTimeout)
            {
                throw new LedgerStalledException($"A transaction of {sender} is on its way at {session.Client.DisplayEndpoint} and was not mined within {MiningTimeout.TotalSeconds:0} s. Run the command again when it is.");
            }

            await Task.Delay(PollInterval, timeProvider, cancellationToken);
        }
    }

    /// <summary>Signs, sends and waits, for steps that need no record of the sending.</summary>
    /// <remarks>
    /// The contract takes most of them once at most. Supplements of repair cases it takes as often as they come: whoever takes one again
    /// after a crash first waits with <see cref="WaitIdleAsync"/>, and sees whether the case has it.
    /// Another process may use the same account at the same moment. Then one of the two finds its nonce taken: its bytes can
    /// never be mined, so it signs anew.
    /// </remarks>
    /// <exception cref="ContractRevertException">The contract refused it.</exception>
    public async Task<TransactionReceipt> RunAsync(Secp256k1Key key, Address? to, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            SignedTransaction transaction = await SignAsync(key, to, data, cancellationToken);
            TransactionReceipt? receipt;
            try
            {
                // Nothing is kept of these bytes. A crash behind this line leaves a transaction that is mined or not: the step
                // shows on the ledger, or is made again; for supplements only when it is known to be no longer on its way.
                receipt = await SendAsync(transaction, cancellationToken);
            }
            catch (JsonRpcException)
            {
                if (attempt < MaxNonceAttempts && await IsNonceTakenAsync(transaction, cancellationToken))
                {
                    continue;
                }

                throw;
            }

            return await RequireSuccessAsync(transaction, receipt ?? await WaitAsync(transaction, cancellationToken), to, data, cancellationToken);
        }
    }

    /// <summary>Whether transactions of an account wait in the ledger's pool.</summary>
    /// <param name="account">The account.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    public async Task<bool> HasPendingAsync(Address account, CancellationToken cancellationToken) =>
        await session.Client.FetchTransactionCountAsync(account, BlockReference.Pending, cancellationToken)
        > await session.Client.FetchTransactionCountAsync(account, BlockReference.Latest, cancellationToken);

    private async Task<TransactionReceipt> RequireSuccessAsync(
        SignedTransaction transaction, TransactionReceipt receipt, Address? to, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (!receipt.IsSuccess)
        {
            // The state changed between estimate and block. Trying the call again names the reason.
            await EstimateAsync(new CallRequest(receipt.From, to, data), cancellationToken);
            throw new LedgerStalledException($"The transaction {transaction.Hash} was refused in block {receipt.BlockNumber}, but would pass now. Run the command again.");
        }

        return receipt;
    }

    // The other transaction may still wait for its block.
    private async Task<bool> IsNonceTakenAsync(SignedTransaction transaction, CancellationToken cancellationToken)
    {
        long started = timeProvider.GetTimestamp();
        while (timeProvider.GetElapsedTime(started) < NonceTimeout)
        {
            if (await session.Client.FetchTransactionCountAsync(transaction.Sender, BlockReference.Latest, cancellationToken) > transaction.Transaction.Nonce)
            {
                return await session.Client.FindReceiptAsync(transaction.Hash, cancellationToken) is null;
            }

            await Task.Delay(PollInterval, timeProvider, cancellationToken);
        }

        return false;
    }

    private async Task<ulong> EstimateAsync(CallRequest call, CancellationToken cancellationToken)
    {
        try
        {
            ulong estimate = await session.Client.EstimateGasAsync(call, cancellationToken);
            return estimate <= MaxGas
                ? estimate
                : throw new LedgerAnswerException($"The ledger at {session.Client.DisplayEndpoint} estimates {estimate} gas for a call, and expected were {MaxGas} at most.");
        }
        catch (JsonRpcException e) when (e.RevertData is byte[] data)
        {
            throw new ContractRevertException(data, e);
        }
    }

    // Null on a ledger whose blocks have none.
    private async Task<UInt128?> FetchBaseFeeAsync(CancellationToken cancellationToken)
    {
        LedgerBlock head = await session.Client.FetchLatestBlockAsync(cancellationToken);
        return head.Header.BaseFeePerGasWei is not UInt128 fee || fee <= MaxBaseFeeWei
            ? head.Header.BaseFeePerGasWei
            : throw new LedgerAnswerException($"The newest block of the ledger at {session.Client.DisplayEndpoint} has a base fee of {fee} wei, and expected were {MaxBaseFeeWei} at most.");
    }
}
