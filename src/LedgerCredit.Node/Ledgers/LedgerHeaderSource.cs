using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Verification;

namespace LedgerCredit.Node.Ledgers;

/// <summary>Headers from a ledger's endpoint, for a verifier that trusts none of them.</summary>
public sealed class LedgerHeaderSource(EthereumClient client) : IHeaderSource
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadHeadersAsync(ulong firstNumber, int count, CancellationToken cancellationToken)
    {
        List<ReadOnlyMemory<byte>> headers = [];
        for (int i = 0; i < count && await client.FindBlockAsync(firstNumber + (ulong)i, cancellationToken) is LedgerBlock block; i++)
        {
            headers.Add(block.Header.Encode());
        }

        return headers;
    }
}
