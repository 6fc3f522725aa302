namespace LedgerCredit.Contracts;

/// <summary>A value of a contract's error.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Value">The value as text: numbers in decimal, hashes in hex, addresses with their checksum.</param>
public sealed record ContractErrorValue(string Name, string Value);

/// <summary>An error by which a contract refused a call.</summary>
/// <param name="Name">The error's name.</param>
/// <param name="Values">Its values, in the order of the declaration.</param>
public sealed record ContractError(string Name, IReadOnlyList<ContractErrorValue> Values)
{
    /// <summary>The error as a call: <c>Name(name: value, …)</c>.</summary>
    public override string ToString() =>
        $"{Name}({string.Join(", ", Values.Select(value => $"{value.Name}: {value.Value}"))})";
}
