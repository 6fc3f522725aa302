using LedgerCredit.Log;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Workspaces;

/// <summary>The secret key of a log.</summary>
public sealed class LogKey : IDisposable
{
    private const string ErasureLabel = "ledgercredit:erasure:1";

    /// <summary>Makes the key of a seed.</summary>
    /// <param name="origin">The log's origin, which is the key's name.</param>
    /// <param name="seed">Thirty-two secret bytes; copied.</param>
    public LogKey(string origin, ReadOnlySpan<byte> seed)
    {
        Signer = new NoteSigner(origin, seed);
        ErasureKey = Sha256.Hmac(seed, System.Text.Encoding.UTF8.GetBytes(ErasureLabel));
    }

    /// <summary>Signs checkpoints and statements.</summary>
    public NoteSigner Signer { get; }

    /// <summary>The key of erasure statements' id tags (docs/spec/erasure.md).</summary>
    public Bytes32 ErasureKey { get; }

    /// <inheritdoc/>
    public void Dispose() => Signer.Dispose();
}
