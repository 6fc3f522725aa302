using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LedgerCredit.Contracts;

/// <summary>Decodes the errors of our contracts, of the library they build on, and of the compiler.</summary>
/// <remarks>A test holds the list against the compiler's ABI: every error there is here, with the same names and types.</remarks>
public static class ContractErrors
{
    private const int MaxTextBytes = 1024;

    private static readonly Dictionary<AbiSelector, ErrorForm> Forms = new ErrorForm[]
    {
        // Of the compiler itself: require with a text, and failed assertions, overflows and the like.
        new("Error", "string message"),
        new("Panic", "uint256 code"),

        new("ConsortiumAccountExists", "address account", "bytes32 orgId"),
        new("ConsortiumAccountRetired", "address account", "bytes32 orgId"),
        new("ConsortiumAdminRequired"),
        new("ConsortiumAlreadyRepresentative", "bytes32 subjectTag", "address account", "bytes32 appointedBy"),
        new("ConsortiumHandoverDelayOutOfBounds", "uint64 delay", "uint64 shortest", "uint64 longest"),
        new("ConsortiumHandoverTooEarly", "uint64 acceptableAt"),
        new("ConsortiumInvalidOrigin", "string origin"),
        new("ConsortiumInvalidRoles", "uint16 roles"),
        new("ConsortiumInvalidSlug", "string slug"),
        new("ConsortiumLogExists", "bytes32 logId", "bytes32 orgId"),
        new("ConsortiumNotAppointer", "bytes32 subjectTag", "address account", "bytes32 appointedBy", "address caller"),
        new("ConsortiumNotInRole", "address account", "uint8 role"),
        new("ConsortiumNotRepresentative", "bytes32 subjectTag", "address account"),
        new("ConsortiumOrganisationExists", "bytes32 orgId"),
        new("ConsortiumOrganisationNotSuspended", "bytes32 orgId"),
        new("ConsortiumOrganisationSuspended", "bytes32 orgId"),
        new("ConsortiumRolesBeyondOrganisation", "bytes32 orgId", "uint16 roles", "uint16 organisationRoles"),
        new("ConsortiumUnknownAccount", "address account"),
        new("ConsortiumUnknownOrganisation", "bytes32 orgId"),
        new("ConsortiumZeroAccount"),
        new("ConsortiumZeroSubjectTag"),
        new("OwnableInvalidOwner", "address owner"),
        new("OwnableUnauthorizedAccount", "address account"),

        new("EvidenceLogConsistencyProofLength", "bytes32 logId", "uint64 previousSize", "uint64 treeSize", "uint256 length"),
        new(
            "EvidenceLogInconsistent",
            "bytes32 logId",
            "uint64 previousSize",
            "bytes32 previousRoot",
            "bytes32 provenPreviousRoot",
            "uint64 treeSize",
            "bytes32 root",
            "bytes32 provenRoot"),
        new("EvidenceLogInvalidConsortium", "address consortium"),
        new("EvidenceLogNotOperator", "bytes32 logId", "bytes32 orgId", "address account"),
        new("EvidenceLogOrganisationSuspended", "bytes32 logId", "bytes32 orgId"),
        new("EvidenceLogRootAlreadyAnchored", "bytes32 logId", "bytes32 root", "uint64 anchoredSize"),
        new("EvidenceLogTreeNotLarger", "bytes32 logId", "uint64 anchoredSize", "uint64 treeSize"),
        new("EvidenceLogUnknownLog", "bytes32 logId"),
        new("EvidenceLogZeroRoot", "bytes32 logId", "uint64 treeSize"),
        new("TreeProofSha256Failed"),
    }.ToDictionary(form => form.Selector);

    /// <summary>Decodes what a contract reverted with.</summary>
    /// <returns><see langword="false"/> for unknown selectors and for arguments of another form.</returns>
    public static bool TryDecode(ReadOnlyMemory<byte> revertData, [NotNullWhen(true)] out ContractError? error)
    {
        error = null;
        if (!AbiSelector.TrySplit(revertData, out AbiSelector selector, out ReadOnlyMemory<byte> arguments)
            || !Forms.TryGetValue(selector, out ErrorForm? form))
        {
            return false;
        }

        AbiReader reader = new(arguments);
        List<ContractErrorValue> values = [];
        foreach ((string type, string name) in form.Parameters)
        {
            values.Add(new ContractErrorValue(name, ReadText(reader, type)));
        }

        if (!reader.TryEnd(out _))
        {
            return false;
        }

        error = new ContractError(form.Name, values);
        return true;
    }

    private static string ReadText(AbiReader reader, string type) => type switch
    {
        "address" => reader.ReadAddress().ToString(),
        "bytes32" => reader.ReadBytes32().ToString(),
        "string" => Printable(reader.ReadString(MaxTextBytes)),
        "uint8" => reader.ReadUInt8().ToString(CultureInfo.InvariantCulture),
        "uint16" => reader.ReadUInt16().ToString(CultureInfo.InvariantCulture),
        "uint64" => reader.ReadUInt64().ToString(CultureInfo.InvariantCulture),
        "uint256" => reader.ReadUInt(256).ToString(CultureInfo.InvariantCulture),
        _ => throw new UnreachableException($"The type {type} is in no error."),
    };

    // The text goes to terminals and logs: control characters could rewrite what stands there.
    private static string Printable(string text) => new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);

    private sealed class ErrorForm
    {
        public ErrorForm(string name, params string[] parameters)
        {
            Name = name;
            Parameters = [.. parameters.Select(parameter => parameter.Split(' ')).Select(parts => (parts[0], parts[1]))];
            string types = string.Join(',', Parameters.Select(parameter => parameter.Type));
            Selector = AbiSelector.FromSignature($"{name}({types})");
        }

        public string Name { get; }

        public IReadOnlyList<(string Type, string Name)> Parameters { get; }

        public AbiSelector Selector { get; }
    }
}
