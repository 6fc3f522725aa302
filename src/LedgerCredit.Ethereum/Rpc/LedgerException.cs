namespace LedgerCredit.Ethereum.Rpc;

/// <summary>The ledger could not be asked, refused the request, or answered nonsense. A closed set of three kinds.</summary>
public abstract class LedgerException : Exception
{
    private protected LedgerException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>No answer was had from the endpoint in time, after the retries that are allowed. Trying later may help.</summary>
public sealed class LedgerUnavailableException : LedgerException
{
    internal LedgerUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The endpoint's answer is not of the form that the method has, or contradicts itself. Trying again does not help.</summary>
public sealed class LedgerAnswerException : LedgerException
{
    /// <summary>Says what was expected and what was found.</summary>
    public LedgerAnswerException(string message)
        : base(message, null)
    {
    }
}

/// <summary>The endpoint answered with a JSON-RPC error.</summary>
public sealed class JsonRpcException : LedgerException
{
    internal JsonRpcException(string method, long code, string endpointMessage, byte[]? revertData)
        : base($"The ledger refused {method} with error {code}: {endpointMessage}", null)
    {
        Code = code;
        EndpointMessage = endpointMessage;
        RevertData = revertData;
    }

    /// <summary>The error code; <see cref="JsonRpcErrorCode"/> names some.</summary>
    public long Code { get; }

    /// <summary>The endpoint's own text, cut to a readable length. For people: no client agrees with another on it.</summary>
    public string EndpointMessage { get; }

    /// <summary>What a contract reverted with, where the error carries it: a selector and arguments; may be empty.</summary>
    public byte[]? RevertData { get; }
}
