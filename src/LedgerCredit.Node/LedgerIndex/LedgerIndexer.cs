using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.LedgerIndex;

/// <summary>Follows the events of Consortium, RulePacks and RepairDesk into the store.</summary>
/// <remarks>
/// <para>
/// Invariant: the store holds exactly the events from the deployment to its position, on the branch that the position's block
/// is on, and the cases that follow from them. Each change of it is one transaction, so that a crash leaves it true.
/// </para>
/// <para>
/// Several processes may follow at once: a transaction first sees whether the position is still the one that it goes on from,
/// and otherwise writes nothing. Not thread-safe.
/// </para>
/// </remarks>
public sealed class LedgerIndexer
{
    private const int MaxContradictions = 20;

    private readonly EthereumClient _client;
    private readonly ContractAddresses _contracts;
    private readonly Store _store;
    private readonly LedgerFinality _finality;
    private readonly LedgerEventSource _source;
    private volatile LedgerBlock? _head;

    /// <summary>Makes an indexer.</summary>
    /// <param name="client">The ledger.</param>
    /// <param name="contracts">The contracts on it.</param>
    /// <param name="store">Open for writing.</param>
    /// <param name="finality">Whether blocks of the ledger can be gone.</param>
    public LedgerIndexer(EthereumClient client, ContractAddresses contracts, Store store, LedgerFinality finality)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(contracts);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(finality);
        _client = client;
        _contracts = contracts;
        _store = store;
        _finality = finality;
        _source = new LedgerEventSource(client, contracts);
    }

    /// <summary>The newest block of the ledger, as of the last time that the indexer asked; null before. Any thread may ask.</summary>
    public LedgerBlock? Head => _head;

    /// <summary>Reads on to the block that is the newest now.</summary>
    /// <returns>The position that was reached.</returns>
    /// <exception cref="LedgerException">The ledger does not answer, or with what its contracts cannot have told.</exception>
    /// <exception cref="LedgerStalledException">Where validators sign: the endpoint lags behind the index, which stays as it is.</exception>
    public Task<IndexPosition> CatchUpAsync(CancellationToken cancellationToken) => FollowAsync(progress: null, cancellationToken);

    /// <summary>Forgets everything and reads it again from the ledger.</summary>
    /// <param name="progress">Told the numbers of the blocks that were reached, or null.</param>
    /// <param name="cancellationToken">Cancels waiting; the next catching up goes on.</param>
    /// <returns>The position that was reached.</returns>
    /// <exception cref="LedgerException">The ledger does not answer, or with what its contracts cannot have told.</exception>
    public Task<IndexPosition> RebuildAsync(IProgress<ulong>? progress, CancellationToken cancellationToken)
    {
        // A crash after the commit leaves an empty index, which the next catching up fills.
        using (StoreTransaction transaction = _store.BeginWrite())
        {
            new IndexWriter(_store).Clear();

            // What follows from the events is gone through again as well: what an endpoint had hidden lies before how far that came.
            _store.RepairProgress.Clear();
            _store.Outbox.ClearProgress();
            transaction.Commit();
        }

        return FollowAsync(progress, cancellationToken);
    }

    private async Task<IndexPosition> FollowAsync(IProgress<ulong>? progress, CancellationToken cancellationToken)
    {
        _head = await _client.FetchLatestBlockAsync(cancellationToken);
        ulong target = _head.Header.Number;
        int contradictions = 0;
        while (true)
        {
            // 1. See where the store stands. Nothing is locked while the ledger is asked: another process may go on meanwhile.
            IndexPosition? position = _store.LedgerPositions.FindLatest();
            if (position is not null && !await IsStillThereAsync(position, cancellationToken))
            {
                // 2. The ledger was reorganised below the position: forget what it has forgotten.
                await GoBackAsync(position, cancellationToken);
                continue;
            }

            // A reorganisation may have made the ledger shorter than it was at first.
            ulong last = Math.Min(target, (await _client.FetchLatestBlockAsync(cancellationToken)).Header.Number);
            if (position is not null && position.BlockNumber >= last)
            {
                return position;
            }

            if (last > long.MaxValue)
            {
                throw new LedgerAnswerException($"The endpoint {_client.DisplayEndpoint} says that its newest block is {last}. No ledger has so many: name another endpoint.");
            }

            if (last < _contracts.DeploymentBlock)
            {
                throw new LedgerAnswerException(
                    $"The ledger at {_client.DisplayEndpoint} ends with block {last}, before block {_contracts.DeploymentBlock}, from which on it has the contracts.");
            }

            // 3. Read the next range, and see that it goes on from the position.
            LedgerEventRange? range = await _source.TryReadAsync(position, last, cancellationToken);
            if (range is not null)
            {
                // 4. Write it.
                Write(position, range);
                progress?.Report(range.End.BlockNumber);
                contradictions = 0;
            }
            else if (++contradictions == MaxContradictions)
            {
                throw new LedgerAnswerException(
                    $"The endpoint {_client.DisplayEndpoint} contradicted itself {MaxContradictions} times about the blocks after {position?.BlockNumber ?? _contracts.DeploymentBlock}: it says that its newest block is {last}, but has not all blocks up to there, or has other ones each time.");
            }
        }
    }

    // Where validators sign, blocks make way for others at most: a ledger without any block of a number that it had lags behind. Elsewhere the ledger may have
    // lost it, as a devnet that was killed or reset does, and nothing tells that from lagging: what it shows is what there is.
    private async Task<bool> IsStillThereAsync(IndexPosition position, CancellationToken cancellationToken)
    {
        LedgerBlock? block = await _client.FindBlockAsync(position.BlockNumber, cancellationToken);
        return block is null && !_finality.CanLoseFinalBlocks
            ? throw new LedgerStalledException($"The index has read the ledger up to block {position.BlockNumber}, but the ledger at {_client.DisplayEndpoint} does not show that block: that endpoint lags behind. The index stays as it is. Run the command again later, or name an endpoint that is up to date. If no endpoint has that block, it was made up: 'ledgercredit node reindex' reads everything anew.")
            : block?.Hash == position.BlockHash;
    }

    private async Task GoBackAsync(IndexPosition position, CancellationToken cancellationToken)
    {
        IndexPosition? ancestor = null;
        foreach (IndexPosition earlier in _store.LedgerPositions.ReadAll().Where(p => p.BlockNumber < position.BlockNumber))
        {
            if (await IsStillThereAsync(earlier, cancellationToken))
            {
                ancestor = earlier;
                break;
            }
        }

        // Events and positions go together. A crash before the commit leaves the position that the ledger does not have, and
        // the next catching up comes here again.
        using StoreTransaction transaction = _store.BeginWrite();
        if (_store.LedgerPositions.FindLatest() == position)
        {
            new IndexWriter(_store).RemoveAfter(ancestor?.BlockNumber);
            transaction.Commit();
        }
    }

    private void Write(IndexPosition? position, LedgerEventRange range)
    {
        // A crash before the commit leaves the position as it was: the range is read again. After it, it never is.
        using StoreTransaction transaction = _store.BeginWrite();
        if (_store.LedgerPositions.FindLatest() == position)
        {
            new IndexWriter(_store).Add(range);
            transaction.Commit();
        }
    }
}
