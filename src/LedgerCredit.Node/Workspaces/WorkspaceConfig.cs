using LedgerCredit.Ethereum;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Workspaces;

/// <summary>What kind of ledger a workspace uses.</summary>
public enum LedgerKind
{
    /// <summary>The embedded development network: no fees, keys unprotected, state in the workspace.</summary>
    Devnet,

    /// <summary>A network that others run, reached by its JSON-RPC address.</summary>
    External,
}

/// <summary>The contracts of the product on a ledger.</summary>
/// <param name="Consortium">Members, accounts and logs.</param>
/// <param name="EvidenceLog">Anchors.</param>
/// <param name="RulePacks">The rules that repair cases are opened under.</param>
/// <param name="RepairDesk">Repair cases, and the status of sanctions.</param>
/// <param name="DeploymentBlock">The first block that can hold their events.</param>
public sealed record ContractAddresses(
    Address Consortium, Address EvidenceLog, Address RulePacks, Address RepairDesk, ulong DeploymentBlock);

/// <summary>The ledger of a workspace.</summary>
/// <param name="Kind">Embedded or external.</param>
/// <param name="RpcUrl">The endpoint of an external ledger; null for the devnet, which says itself where it is.</param>
/// <param name="ChainId">The chain id that every transaction is signed for and that the endpoint must report.</param>
/// <param name="Contracts">Null until they are deployed.</param>
/// <param name="Consensus">The <c>consensus</c> member of trust policies made here (docs/spec/trust.md); null for the
/// devnet, whose policies pin the hash of each anchor's block.</param>
public sealed record LedgerConfig(LedgerKind Kind, string? RpcUrl, ulong ChainId, ContractAddresses? Contracts, JsonObject? Consensus);

/// <summary>A further account of a member, beside the one that has its name.</summary>
/// <param name="Name">Its name within the member; its key is named <c>&lt;slug&gt;.&lt;name&gt;</c>.</param>
/// <param name="Roles">Its roles, all of which the member has.</param>
/// <param name="Address">Its address.</param>
public sealed record MemberAccount(string Name, IReadOnlyList<string> Roles, Address Address);

/// <summary>A member whose log this workspace keeps.</summary>
/// <param name="Slug">The issuer's slug.</param>
/// <param name="Roles">Its roles in the consortium, for example <c>authority</c>.</param>
/// <param name="Account">Its ledger account; the key has the same name as the slug.</param>
/// <param name="Origin">The origin of its log.</param>
/// <param name="VerifierKey">The verifier key of its checkpoints.</param>
public sealed record MemberConfig(string Slug, IReadOnlyList<string> Roles, Address Account, string Origin, string VerifierKey)
{
    /// <summary>Its further accounts: the second key of an authority, for example.</summary>
    public IReadOnlyList<MemberAccount> Accounts { get; init; } = [];
}

/// <summary>The content of <c>workspace.json</c>: nothing secret.</summary>
/// <param name="Network">The network's name, the first part of every origin.</param>
/// <param name="Ledger">The ledger.</param>
/// <param name="Members">The members whose logs are kept here.</param>
public sealed record WorkspaceConfig(string Network, LedgerConfig Ledger, IReadOnlyList<MemberConfig> Members)
{
    /// <summary>The rules for records that are brought in.</summary>
    public RecordRules Rules { get; init; } = RecordRules.Default;

    /// <summary>The supervisory platforms that are told of repairs.</summary>
    public IReadOnlyList<SupervisorConfig> Supervisors { get; init; } = [];

    /// <summary>The witnesses that are asked to cosign the checkpoints of the logs kept here.</summary>
    public IReadOnlyList<WitnessConfig> Witnesses { get; init; } = [];

    /// <summary>Where what the node measures is sent, or null where that is not said here.</summary>
    public TelemetryConfig? Telemetry { get; init; }

    /// <summary>How the staff of the organisation that runs the node sign in, or null where they do not.</summary>
    public StaffConfig? Staff { get; init; }

    /// <summary>How much of materials of repairs is kept and for how long, or null where all of it is as usual.</summary>
    public MaterialsConfig? Materials { get; init; }

    private const string Format = "ledgercredit-workspace/1";

    /// <summary>Whether a text is a network name: DNS-like labels of at most 63 characters, at most 253 in all.</summary>
    public static bool IsNetworkName(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length is > 0 and <= 253 && text.Split('.').All(IsLabel);
    }

    /// <summary>The member of this slug, or null.</summary>
    public MemberConfig? FindMember(string slug) => Members.FirstOrDefault(m => m.Slug == slug);

    /// <summary>Reads <c>workspace.json</c>.</summary>
    /// <exception cref="WorkspaceException">The text is not a workspace configuration.</exception>
    public static WorkspaceConfig Parse(ReadOnlySpan<byte> utf8, string path)
    {
        if (!StrictJson.TryParse(utf8, JsonLimits.Document, out JsonValue? value, out ParseProblem? problem))
        {
            throw new WorkspaceException($"'{path}' is not a workspace configuration. {problem}");
        }

        JsonProblems problems = new();
        JsonCursor root = JsonCursor.Root(value, problems).ObjectWith(["format", "network", "ledger", "members"], ["allowNaturalPersons", "supervisors", "witnesses", "telemetry", "staff", "materials"]);
        string format = root.Member("format").Text();
        if (problems.First is null && format != Format)
        {
            root.Member("format").Refuse("wrong-format", $"Expected '{Format}'.");
        }

        WorkspaceConfig config = new(
            root.Member("network").Text(),
            ReadLedger(root.Member("ledger")),
            [.. root.Member("members").Items(10_000).Select(ReadMember)])
        {
            Rules = new RecordRules { AllowNaturalPersons = root.TryMember("allowNaturalPersons", out JsonCursor persons) && persons.Boolean() },
            Supervisors = root.TryMember("supervisors", out JsonCursor supervisors) ? SupervisorConfig.ReadAll(supervisors) : [],
            Witnesses = root.TryMember("witnesses", out JsonCursor witnesses) ? WitnessConfig.ReadAll(witnesses) : [],
            Telemetry = root.TryMember("telemetry", out JsonCursor telemetry) ? TelemetryConfig.Read(telemetry) : null,
            Staff = root.TryMember("staff", out JsonCursor staff) ? StaffConfig.Read(staff) : null,
            Materials = root.TryMember("materials", out JsonCursor materials) ? MaterialsConfig.Read(materials) : null,
        };
        return problems.First is null
            ? config
            : throw new WorkspaceException($"'{path}' is not a workspace configuration. {problems.First}");
    }

    /// <summary>The text of <c>workspace.json</c>.</summary>
    public byte[] ToUtf8()
    {
        List<JsonMember> ledger =
        [
            new("kind", new JsonString(Ledger.Kind == LedgerKind.Devnet ? "devnet" : "external")),
            new("chainId", new JsonNumber(checked((long)Ledger.ChainId))),
        ];
        if (Ledger.RpcUrl is not null)
        {
            ledger.Add(new("rpcUrl", new JsonString(Ledger.RpcUrl)));
        }

        if (Ledger.Contracts is ContractAddresses contracts)
        {
            ledger.Add(new("contracts", new JsonObject(
                new JsonMember("consortium", new JsonString(contracts.Consortium.ToString())),
                new JsonMember("evidenceLog", new JsonString(contracts.EvidenceLog.ToString())),
                new JsonMember("rulePacks", new JsonString(contracts.RulePacks.ToString())),
                new JsonMember("repairDesk", new JsonString(contracts.RepairDesk.ToString())),
                new JsonMember("deploymentBlock", new JsonNumber(checked((long)contracts.DeploymentBlock))))));
        }

        if (Ledger.Consensus is not null)
        {
            ledger.Add(new("consensus", Ledger.Consensus));
        }

        List<JsonMember> config =
        [
            new("format", new JsonString(Format)),
            new("network", new JsonString(Network)),
            new("allowNaturalPersons", new JsonBoolean(Rules.AllowNaturalPersons)),
            new("ledger", new JsonObject(ledger)),
            new("members", new JsonArray([.. Members.Select(WriteMember)])),
        ];
        if (Supervisors.Count > 0)
        {
            config.Add(new("supervisors", SupervisorConfig.WriteAll(Supervisors)));
        }

        if (Witnesses.Count > 0)
        {
            config.Add(new("witnesses", WitnessConfig.WriteAll(Witnesses)));
        }

        if (Telemetry is not null)
        {
            config.Add(new("telemetry", Telemetry.Write()));
        }

        if (Staff is not null)
        {
            config.Add(new("staff", Staff.Write()));
        }

        if (Materials is not null)
        {
            config.Add(new("materials", Materials.Write()));
        }

        return JsonText.WriteIndented(new JsonObject(config));
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63
        && label[0] != '-'
        && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static LedgerConfig ReadLedger(JsonCursor ledger)
    {
        ledger.ObjectWith(["kind", "chainId"], ["rpcUrl", "contracts", "consensus"]);
        LedgerKind kind = LedgerKind.Devnet;
        switch (ledger.Member("kind").Text())
        {
            case "devnet":
                break;
            case "external":
                kind = LedgerKind.External;
                break;
            default:
                ledger.Member("kind").Refuse("wrong-kind", "Expected 'devnet' or 'external'.");
                break;
        }

        string? rpcUrl = ledger.TryMember("rpcUrl", out JsonCursor url) ? url.Text() : null;
        if (kind == LedgerKind.External && rpcUrl is null)
        {
            ledger.Refuse("missing-member", "Expected 'rpcUrl' for an external ledger, found none.");
        }

        ContractAddresses? contracts = null;
        if (ledger.TryMember("contracts", out JsonCursor addresses))
        {
            addresses.ObjectWith(["consortium", "evidenceLog", "rulePacks", "repairDesk", "deploymentBlock"]);
            contracts = new ContractAddresses(
                ReadAddress(addresses.Member("consortium")),
                ReadAddress(addresses.Member("evidenceLog")),
                ReadAddress(addresses.Member("rulePacks")),
                ReadAddress(addresses.Member("repairDesk")),
                addresses.Member("deploymentBlock").SafeInteger());
        }

        JsonObject? consensus = ledger.TryMember("consensus", out JsonCursor rule) ? rule.ObjectWith(["type"], ["hash", "validators", "blocks"]).Value as JsonObject : null;
        return new LedgerConfig(kind, rpcUrl, ledger.Member("chainId").SafeInteger(), contracts, consensus);
    }

    private static MemberConfig ReadMember(JsonCursor member)
    {
        member.ObjectWith(["slug", "roles", "account", "origin", "verifierKey"], ["accounts"]);
        return new MemberConfig(
            member.Member("slug").Text(),
            ReadRoles(member),
            ReadAddress(member.Member("account")),
            member.Member("origin").Text(),
            member.Member("verifierKey").Text())
        {
            Accounts = member.TryMember("accounts", out JsonCursor accounts) ? [.. accounts.Items(1_000).Select(ReadAccount)] : [],
        };
    }

    private static MemberAccount ReadAccount(JsonCursor account)
    {
        account.ObjectWith(["name", "roles", "address"]);
        return new MemberAccount(account.Member("name").Text(), ReadRoles(account), ReadAddress(account.Member("address")));
    }

    private static IReadOnlyList<string> ReadRoles(JsonCursor cursor) => [.. cursor.Member("roles").Items(16).Select(role => role.Text())];

    private static JsonObject WriteMember(MemberConfig member)
    {
        List<JsonMember> members =
        [
            new("slug", new JsonString(member.Slug)),
            new("roles", WriteRoles(member.Roles)),
            new("account", new JsonString(member.Account.ToString())),
            new("origin", new JsonString(member.Origin)),
            new("verifierKey", new JsonString(member.VerifierKey)),
        ];
        if (member.Accounts.Count > 0)
        {
            members.Add(new("accounts", new JsonArray([.. member.Accounts.Select(account => new JsonObject(
                new JsonMember("name", new JsonString(account.Name)),
                new JsonMember("roles", WriteRoles(account.Roles)),
                new JsonMember("address", new JsonString(account.Address.ToString()))))])));
        }

        return new JsonObject(members);
    }

    private static JsonArray WriteRoles(IReadOnlyList<string> roles) => new([.. roles.Select(role => new JsonString(role))]);

    private static Address ReadAddress(JsonCursor cursor)
    {
        if (!Address.TryParse(cursor.Text(), out Address address))
        {
            cursor.Refuse("bad-address", "Expected an account address with a right EIP-55 checksum.");
        }

        return address;
    }
}
