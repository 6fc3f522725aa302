namespace LedgerCredit.Contracts;

/// <summary>A contract refused a call.</summary>
public sealed class ContractRevertException : Exception
{
    /// <summary>Decodes why.</summary>
    /// <param name="revertData">What the contract reverted with.</param>
    /// <param name="innerException">The endpoint's answer.</param>
    public ContractRevertException(ReadOnlyMemory<byte> revertData, Exception? innerException)
        : this(revertData, ContractErrors.TryDecode(revertData, out ContractError? error) ? error : null, innerException)
    {
    }

    private ContractRevertException(ReadOnlyMemory<byte> revertData, ContractError? error, Exception? innerException)
        : base(Describe(revertData, error), innerException)
    {
        RevertData = revertData.ToArray();
        Error = error;
    }

    /// <summary>What the contract reverted with.</summary>
    public ReadOnlyMemory<byte> RevertData { get; }

    /// <summary>The named error, or null for data that is none of our contracts' errors.</summary>
    public ContractError? Error { get; }

    private static string Describe(ReadOnlyMemory<byte> revertData, ContractError? error)
    {
        if (error is not null)
        {
            return $"The contract refused the call: {error}.";
        }

        return revertData.IsEmpty
            ? "The contract refused the call without saying why."
            : $"The contract refused the call with unknown data of {revertData.Length} bytes, beginning "
                + $"{Hex.Encode(revertData.Span[..Math.Min(revertData.Length, AbiSelector.Length)])}.";
    }
}
