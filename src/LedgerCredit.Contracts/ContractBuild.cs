using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Contracts;

/// <summary>A contract as the compiler built it; part of this assembly.</summary>
public static class ContractBuild
{
    private static readonly JsonLimits Limits = new(1024 * 1024, 32);

    /// <summary>The creation code of a contract, without constructor arguments.</summary>
    /// <param name="contractName">For example <c>EvidenceLog</c>.</param>
    public static byte[] ReadBytecode(string contractName) =>
        Read(contractName).TryFindString("bytecode", out string? hex) && Hex.TryDecode(hex, out byte[]? bytes)
            ? bytes
            : throw new InvalidDataException($"The build of {contractName} in this assembly has no bytecode.");

    /// <summary>The whole build: ABI, bytecode, storage layout, compiler.</summary>
    public static JsonObject Read(string contractName)
    {
        using Stream stream = typeof(ContractBuild).Assembly.GetManifestResourceStream($"{contractName}.json")
            ?? throw new ArgumentException($"There is no contract '{contractName}' in this assembly.", nameof(contractName));
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return StrictJson.TryParse(bytes.ToArray(), Limits, out JsonValue? json, out ParseProblem? problem) && json is JsonObject build
            ? build
            : throw new InvalidDataException($"The build of {contractName} in this assembly cannot be read. {problem}");
    }
}
