using System.Diagnostics.CodeAnalysis;
using System.Text;
using LedgerCredit.Node.Access;
using LedgerCredit.Primitives;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Storage;

namespace LedgerCredit.Service.Callers;

/// <summary>Remembers who callers are, until anything is written to the store. Thread-safe.</summary>
/// <remarks>
/// Who a caller is follows from the store and the time. Other processes write to it too, when a key is revoked for example, so each request asks for
/// the number that SQLite changes with every commit: a revocation and a suspension count for the next request, as if the store were read anew. It
/// saves reading the same rows for each of the records that one group commit makes durable together.
/// </remarks>
internal sealed class CallerCache : IDisposable
{
    // More callers than this at once: the others are found out anew each time.
    private const int MaxCallers = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<Bytes32, KnownCaller> _callers = [];
    private readonly Store _store;
    private long _number;

    /// <summary>Opens the store to watch it.</summary>
    public CallerCache(NodeContext node) => _store = node.Workspace.OpenStore(StoreAccess.Read);

    /// <summary>Finds whom a token stood for, if nothing was written since.</summary>
    /// <param name="token">The token, or any text; found by its hash, which whoever guesses cannot steer.</param>
    /// <param name="known">The caller.</param>
    /// <param name="number">For <see cref="Keep"/>: what the store's number is now.</param>
    internal bool TryFind(string token, [NotNullWhen(true)] out KnownCaller? known, out long number)
    {
        Bytes32 hash = HashOf(token);
        lock (_lock)
        {
            number = _store.ReadChangeNumber();
            if (number != _number)
            {
                _callers.Clear();
                _number = number;
            }

            return _callers.TryGetValue(hash, out known);
        }
    }

    /// <summary>Keeps whom a token stands for, by what was read after the number.</summary>
    internal void Keep(string token, KnownCaller known, long number)
    {
        Bytes32 hash = HashOf(token);
        lock (_lock)
        {
            if (number == _number && _callers.Count < MaxCallers)
            {
                _callers[hash] = known;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    private static Bytes32 HashOf(string token) => Sha256.Hash(Encoding.UTF8.GetBytes(token));
}

/// <summary>A caller that was found out.</summary>
/// <param name="Caller">Who it is.</param>
/// <param name="Key">Its key, whose time may end; null where it signed in with an account, which is asked for each time.</param>
internal sealed record KnownCaller(Caller Caller, StoredApiKey? Key);
