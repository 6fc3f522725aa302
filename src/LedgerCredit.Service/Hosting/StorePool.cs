using System.Collections.Concurrent;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Service.Hosting;

/// <summary>Stores that are open for reading, for one request each at a time. Thread-safe.</summary>
/// <remarks>A store is not thread-safe, and opening one takes longer than what most requests ask of it.</remarks>
internal sealed class StorePool : IDisposable
{
    // More requests at once than this wait: reading is bound by processors, not by waiting.
    private static readonly int MaxStores = Math.Max(4, 2 * Environment.ProcessorCount);

    private readonly Workspace _workspace;
    private readonly SemaphoreSlim _free = new(MaxStores);
    private readonly ConcurrentBag<Store> _idle = [];

    internal StorePool(Workspace workspace) => _workspace = workspace;

    /// <summary>Takes a store with a snapshot of this moment; give it back by disposing of the lease.</summary>
    internal async Task<StoreLease> RentAsync(CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            Store store = _idle.TryTake(out Store? idle) ? idle : _workspace.OpenStore(StoreAccess.Read);
            return new StoreLease(this, store);
        }
        catch
        {
            _free.Release();
            throw;
        }
    }

    internal void Return(Store store)
    {
        _idle.Add(store);
        _free.Release();
    }

    /// <summary>Closes the stores; all leases must be back.</summary>
    public void Dispose()
    {
        while (_idle.TryTake(out Store? store))
        {
            store.Dispose();
        }

        _free.Dispose();
    }
}

/// <summary>A store for reading as of one moment.</summary>
internal sealed class StoreLease : IDisposable
{
    private readonly StorePool _pool;
    private readonly StoreTransaction _snapshot;

    internal StoreLease(StorePool pool, Store store)
    {
        _pool = pool;
        Store = store;
        _snapshot = store.BeginRead();
    }

    internal Store Store { get; }

    public void Dispose()
    {
        _snapshot.Dispose();
        _pool.Return(Store);
    }
}
