using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Log;

/// <summary>The name of a log on the ledger.</summary>
public static class LogId
{
    /// <summary><c>keccak256(UTF-8(origin))</c>.</summary>
    /// <param name="origin">The log's origin, for example <c>devnet.ledgercredit/demo-authority</c>.</param>
    public static Bytes32 FromOrigin(string origin)
    {
        ArgumentException.ThrowIfNullOrEmpty(origin);
        return Keccak256.Hash(origin);
    }
}
