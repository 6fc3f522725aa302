using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using LedgerCredit.Cli.Commands.Repair;
using LedgerCredit.Cli.Remote;
using LedgerCredit.Client.Models;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>access key new | list | revoke</c>.</summary>
internal static class AccessKeyCommands
{
    private const int MaxDays = 3660;

    /// <summary>Makes the commands.</summary>
    public static Command Create()
    {
        Option<string> member = new("--member") { Description = "The member of this workspace that it speaks for.", HelpName = "SLUG", Required = true };
        Option<string> name = new("--name") { Description = $"What people call it: 1 to {ApiKeys.MaxNameLength} letters, digits, spaces, hyphens, underscores and points.", HelpName = "NAME", Required = true };
        Option<string> scope = new("--scope") { Description = $"What it may be used for, separated by commas: {string.Join(", ", AccessScopes.All)}.", HelpName = "SCOPES", Required = true };
        Option<int?> expires = new("--expires") { Description = $"After how many days it ends: 1 to {MaxDays}. Default: never.", HelpName = "DAYS" };
        Command create = new(
            "new",
            """
            Make a key by which a program calls the service for a member. It is printed once and kept as a hash only: whoever has it
            is the member, within its scopes, until it is revoked. With --node: for the member that calls, with scopes that the caller has.
            """)
        {
            member,
            name,
            scope,
            expires,
        };
        NodeOptions atCreate = NodeOptions.AddTo(create, readsRecords: false);
        create.SetAction((result, cancellationToken) => NewAsync(
            result, atCreate, result.GetRequiredValue(member), result.GetRequiredValue(name), result.GetRequiredValue(scope), result.GetValue(expires), cancellationToken));

        Command list = new("list", "List the keys of programs, when each was last used, and those that are revoked or over.");
        NodeOptions atList = NodeOptions.AddTo(list, readsRecords: false);
        list.SetAction((result, cancellationToken) => ListAsync(result, atList, cancellationToken));

        Argument<long> number = new("NUMBER") { Description = "The key's number, which stands in its text and in the list." };
        Command revoke = new("revoke", "Refuse a key from now on, also where the service is running.") { number };
        NodeOptions atRevoke = NodeOptions.AddTo(revoke, readsRecords: false);
        revoke.SetAction((result, cancellationToken) => RevokeAsync(result, atRevoke, result.GetRequiredValue(number), cancellationToken));
        return new Command("key", "Keys by which programs call the service.") { create, list, revoke };
    }

    private static async Task<int> NewAsync(
        ParseResult result, NodeOptions node, string member, string name, string scope, int? days, CancellationToken cancellationToken)
    {
        if (!ApiKeys.IsName(name))
        {
            throw new InputException($"Expected a name of 1 to {ApiKeys.MaxNameLength} letters, digits, spaces, hyphens, underscores and points.");
        }

        if (!AccessScopes.TryParse(scope, out IReadOnlySet<string> scopes))
        {
            throw new InputException($"'{scope}' are no scopes: expected some of {string.Join(", ", AccessScopes.All)}, each once, separated by commas.");
        }

        if (days is < 1 or > MaxDays)
        {
            throw new InputException($"Expected 1 to {MaxDays} days.");
        }

        DateTimeOffset? expiresAt = days is int count ? TimeProvider.System.GetUtcNow().AddDays(count) : null;
        if (node.FindUrl(result) is Uri url)
        {
            using NodeSession session = await node.ConnectAsync(result, url, cancellationToken);
            CallerView caller = await session.Client.GetCallerAsync(cancellationToken);
            if (caller.Organisation != member)
            {
                throw new InputException($"A node makes keys of the caller's own member, which is {CaseScreen.Printable(caller.Organisation ?? "none")}, not {member}.");
            }

            CreatedApiKey made = await session.Client.CreateApiKeyAsync(new NewApiKey(name, [.. scopes], expiresAt is DateTimeOffset end ? UtcTime.Format(end) : null), cancellationToken);
            return ShowNew(result, KeyLine.Of(made.Details), CaseScreen.Printable(made.Key));
        }

        Workspace workspace = result.OpenWorkspace();
        if (workspace.Config.FindMember(member) is null || member == AccessLog.Member)
        {
            throw new WorkspaceException($"'{member}' is no member of this workspace that calls. 'ledgercredit member list' shows its members.");
        }

        using Store store = workspace.OpenStore(StoreAccess.Write);
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        string text = new ApiKeys(TimeProvider.System, random).Create(store, member, name, scopes, expiresAt);
        return ShowNew(result, KeyLine.Of(ApiKeys.List(store)[^1]), text);
    }

    private static int ShowNew(ParseResult result, KeyLine key, string text)
    {
        CommandOutput output = new(result);
        output.Result(
            new JsonObject([.. key.ToJson().Members, new JsonMember("key", new JsonString(text))]),
            human => human.WriteLine(text));
        output.Note($"Key {key.Number} of {key.Member}, for {string.Join(',', key.Scopes)}. It is shown this once: keep it where programs keep secrets, and never in a URL.");
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(ParseResult result, NodeOptions node, CancellationToken cancellationToken)
    {
        List<KeyLine> keys;
        if (node.FindUrl(result) is Uri url)
        {
            using NodeSession session = await node.ConnectAsync(result, url, cancellationToken);
            keys = [.. (await session.Client.ListApiKeysAsync(cancellationToken)).Select(KeyLine.Of)];
        }
        else
        {
            using Store store = result.OpenWorkspace().OpenStore(StoreAccess.Read);
            keys = [.. ApiKeys.List(store).Select(KeyLine.Of)];
        }

        string now = UtcTime.Format(TimeProvider.System.GetUtcNow());
        new CommandOutput(result).Result(
            new JsonObject(new JsonMember("keys", new JsonArray([.. keys.Select(key => key.ToJson())]))),
            text => CommandOutput.Table(text, ["number", "name", "member", "scopes", "made", "expires", "last used", "state"], keys.Select(key => key.ToRow(now))));
        return ExitCode.Done;
    }

    private static async Task<int> RevokeAsync(ParseResult result, NodeOptions node, long number, CancellationToken cancellationToken)
    {
        InputException none = new($"There is no key {number}. 'ledgercredit access key list' shows those there are.");
        KeyLine revoked;
        if (node.FindUrl(result) is Uri url)
        {
            using NodeSession session = await node.ConnectAsync(result, url, cancellationToken);
            await session.Client.RevokeApiKeyAsync(number, cancellationToken);
            revoked = KeyLine.Of((await session.Client.ListApiKeysAsync(cancellationToken)).FirstOrDefault(key => key.Number == number) ?? throw none);
        }
        else
        {
            using Store store = result.OpenWorkspace().OpenStore(StoreAccess.Write);
            using RandomNumberGenerator random = RandomNumberGenerator.Create();
            revoked = KeyLine.Of(new ApiKeys(TimeProvider.System, random).Revoke(store, number) ?? throw none);
        }

        new CommandOutput(result).Result(
            revoked.ToJson(),
            text => text.WriteLine($"Key {number} ({revoked.Name} of {revoked.Member}) is refused since {revoked.RevokedAt}."));
        return ExitCode.Done;
    }

    // A key as it is shown, of the workspace here or of a node. Times are RFC 3339 in UTC, which sort as text.
    private sealed record KeyLine(
        long Number, string Name, string Member, IReadOnlyList<string> Scopes, string CreatedAt, string? ExpiresAt, string? RevokedAt, string? LastUsedAt)
    {
        public static KeyLine Of(StoredApiKey key) => new(
            key.Number, key.Name, key.Member, key.Scopes.Split(','), TimeText(key.CreatedAt), OptionalTime(key.ExpiresAt), OptionalTime(key.RevokedAt), OptionalTime(key.LastUsedAt));

        public static KeyLine Of(ApiKeyView key) => new(
            key.Number,
            CaseScreen.Printable(key.Name),
            CaseScreen.Printable(key.Organisation),
            [.. key.Scopes.Select(CaseScreen.Printable)],
            CaseScreen.Printable(key.CreatedAt),
            Optional(key.ExpiresAt),
            Optional(key.RevokedAt),
            Optional(key.LastUsedAt));

        public JsonObject ToJson() => new(
            new JsonMember("number", new JsonNumber(Number)),
            new JsonMember("name", new JsonString(Name)),
            new JsonMember("member", new JsonString(Member)),
            new JsonMember("scopes", new JsonArray([.. Scopes.Select(scope => new JsonString(scope))])),
            new JsonMember("createdAt", new JsonString(CreatedAt)),
            new JsonMember("expiresAt", Json(ExpiresAt)),
            new JsonMember("revokedAt", Json(RevokedAt)),
            new JsonMember("lastUsedAt", Json(LastUsedAt)));

        public IReadOnlyList<string> ToRow(string now) =>
        [
            Number.ToString(CultureInfo.InvariantCulture),
            Name,
            Member,
            string.Join(',', Scopes),
            CreatedAt,
            ExpiresAt ?? "never",
            LastUsedAt ?? "never",
            RevokedAt is not null ? "revoked" : ExpiresAt is not null && string.CompareOrdinal(ExpiresAt, now) <= 0 ? "over" : "in use",
        ];

        private static JsonValue Json(string? text) => text is null ? new JsonNull() : new JsonString(text);

        private static string? Optional(string? text) => text is null ? null : CaseScreen.Printable(text);

        private static string? OptionalTime(ulong? seconds) => seconds is ulong value ? TimeText(value) : null;

        private static string TimeText(ulong seconds) => UtcTime.Format(DateTimeOffset.FromUnixTimeSeconds((long)seconds));
    }
}
