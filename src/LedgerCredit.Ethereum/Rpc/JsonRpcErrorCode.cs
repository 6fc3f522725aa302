namespace LedgerCredit.Ethereum.Rpc;

/// <summary>Error codes of JSON-RPC 2.0 section 5.1 and of Ethereum (EIP-1474).</summary>
public static class JsonRpcErrorCode
{
    /// <summary>A contract reverted; as geth and anvil answer it.</summary>
    public const long ExecutionReverted = 3;

    /// <summary>Something went wrong inside the endpoint.</summary>
    public const long InternalError = -32603;

    /// <summary>The endpoint's rate limit.</summary>
    public const long LimitExceeded = -32005;

    /// <summary>Whether the same request may succeed a little later.</summary>
    public static bool IsTransient(long code) => code is InternalError or LimitExceeded;
}
