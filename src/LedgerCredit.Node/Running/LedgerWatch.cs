using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Devnets;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Running;

/// <summary>Whether the ledger answers; says so once when it stops and once when it is back. Thread-safe.</summary>
internal sealed class LedgerWatch(Action<NodeNote> report)
{
    private readonly Lock _lock = new();
    private bool _isLost;

    /// <summary>Whether an exception means that the ledger could not be used just now, and trying later may help.</summary>
    internal static bool IsTrouble(Exception exception) => exception is LedgerException or LedgerStalledException or DevnetException;

    /// <summary>Notes that the ledger could not be used.</summary>
    internal void Lost(Exception trouble)
    {
        lock (_lock)
        {
            if (!_isLost)
            {
                _isLost = true;
                report(new NodeNote("ledger-lost", $"{trouble.Message} The node goes on trying.", [new JsonMember("problem", new JsonString(trouble.Message))]));
            }
        }
    }

    /// <summary>Notes that the ledger was used.</summary>
    internal void Answered()
    {
        lock (_lock)
        {
            if (_isLost)
            {
                _isLost = false;
                report(new NodeNote("ledger-back", "The ledger is back.", []));
            }
        }
    }
}
