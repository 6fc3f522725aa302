using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
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
            is the member, within its scopes, until it is revoked.
            """)
        {
            member,
            name,
            scope,
            expires,
        };
        create.SetAction(result => New(result, result.GetRequiredValue(member), result.GetRequiredValue(name), result.GetRequiredValue(scope), result.GetValue(expires)));

        Command list = new("list", "List the keys of programs, when each was last used, and those that are revoked or over.");
        list.SetAction(List);

        Argument<long> number = new("NUMBER") { Description = "The key's number, which stands in its text and in the list." };
        Command revoke = new("revoke", "Refuse a key from now on, also where the service is running.") { number };
        revoke.SetAction(result => Revoke(result, result.GetRequiredValue(number)));
        return new Command("key", "Keys by which programs call the service.") { create, list, revoke };
    }

    private static int New(ParseResult result, string member, string name, string scope, int? days)
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

        Workspace workspace = result.OpenWorkspace();
        if (workspace.Config.FindMember(member) is null || member == AccessLog.Member)
        {
            throw new WorkspaceException($"'{member}' is no member of this workspace that calls. 'ledgercredit member list' shows its members.");
        }

        using Store store = workspace.OpenStore(StoreAccess.Write);
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        DateTimeOffset? expiresAt = days is int count ? TimeProvider.System.GetUtcNow().AddDays(count) : null;
        string text = new ApiKeys(TimeProvider.System, random).Create(store, member, name, scopes, expiresAt);
        StoredApiKey key = ApiKeys.List(store)[^1];
        CommandOutput output = new(result);
        output.Result(
            new JsonObject([.. ToJson(key).Members, new JsonMember("key", new JsonString(text))]),
            human => human.WriteLine(text));
        output.Note($"Key {key.Number} of {member}, for {key.Scopes}. It is shown this once: keep it where programs keep secrets, and never in a URL.");
        return ExitCode.Done;
    }

    private static int List(ParseResult result)
    {
        Workspace workspace = result.OpenWorkspace();
        using Store store = workspace.OpenStore(StoreAccess.Read);
        IReadOnlyList<StoredApiKey> keys = ApiKeys.List(store);
        ulong now = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        new CommandOutput(result).Result(
            new JsonObject(new JsonMember("keys", new JsonArray([.. keys.Select(ToJson)]))),
            text => CommandOutput.Table(text, ["number", "name", "member", "scopes", "made", "expires", "last used", "state"], keys.Select(key => (IReadOnlyList<string>)
            [
                key.Number.ToString(CultureInfo.InvariantCulture),
                key.Name,
                key.Member,
                key.Scopes,
                TimeText(key.CreatedAt),
                key.ExpiresAt is ulong expiresAt ? TimeText(expiresAt) : "never",
                key.LastUsedAt is ulong usedAt ? TimeText(usedAt) : "never",
                key.RevokedAt is not null ? "revoked" : key.ExpiresAt <= now ? "over" : "in use",
            ])));
        return ExitCode.Done;
    }

    private static int Revoke(ParseResult result, long number)
    {
        Workspace workspace = result.OpenWorkspace();
        using Store store = workspace.OpenStore(StoreAccess.Write);
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        StoredApiKey key = new ApiKeys(TimeProvider.System, random).Revoke(store, number)
            ?? throw new InputException($"There is no key {number}. 'ledgercredit access key list' shows those there are.");
        new CommandOutput(result).Result(
            ToJson(key),
            text => text.WriteLine($"Key {number} ({key.Name} of {key.Member}) is refused since {TimeText(key.RevokedAt!.Value)}."));
        return ExitCode.Done;
    }

    private static JsonObject ToJson(StoredApiKey key) => new(
        new JsonMember("number", new JsonNumber(key.Number)),
        new JsonMember("name", new JsonString(key.Name)),
        new JsonMember("member", new JsonString(key.Member)),
        new JsonMember("scopes", new JsonArray([.. key.Scopes.Split(',').Select(scope => new JsonString(scope))])),
        new JsonMember("createdAt", new JsonString(TimeText(key.CreatedAt))),
        new JsonMember("expiresAt", OptionalTime(key.ExpiresAt)),
        new JsonMember("revokedAt", OptionalTime(key.RevokedAt)),
        new JsonMember("lastUsedAt", OptionalTime(key.LastUsedAt)));

    private static JsonValue OptionalTime(ulong? seconds) => seconds is ulong value ? new JsonString(TimeText(value)) : new JsonNull();

    private static string TimeText(ulong seconds) => UtcTime.Format(DateTimeOffset.FromUnixTimeSeconds((long)seconds));
}
