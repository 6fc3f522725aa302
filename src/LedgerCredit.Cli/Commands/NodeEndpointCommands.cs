using System.CommandLine;
using System.Globalization;
using System.Text;
using LedgerCredit.Node.Outbox;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>node endpoint add | remove | list</c>.</summary>
internal static class NodeEndpointCommands
{
    /// <summary>Makes the commands.</summary>
    public static Command Create()
    {
        Argument<string> addName = NameArgument();
        Argument<string> url = new("URL") { Description = "Where it takes messages: https, or http on this machine only." };
        Command add = new(
            "add",
            """
            Tell a supervisory platform of every repair, revocation and annulment from now on, by signed CloudEvents
            (docs/spec/webhooks.md). Makes the signing key when it is the first. For a name that is there, changes the address
            and keeps what waits for it. A running node takes it up at once.
            """)
        {
            addName,
            url,
        };
        add.SetAction(result => Add(result, result.GetRequiredValue(addName), result.GetRequiredValue(url)));

        Argument<string> removeName = NameArgument();
        Command remove = new("remove", "Tell a supervisory platform nothing any more, not even what still waits for it.") { removeName };
        remove.SetAction(result => Remove(result, result.GetRequiredValue(removeName)));

        Command list = new("list", "List the supervisory endpoints, what each has taken and what waits, and the public key that they need.");
        list.SetAction(List);
        return new Command("endpoint", "The supervisory platforms that are told of repairs.") { add, remove, list };
    }

    private static Argument<string> NameArgument() => new("NAME") { Description = "Its name here: 2 to 63 lower-case letters, digits and hyphens." };

    private static int Add(ParseResult result, string name, string url)
    {
        if (!SupervisorConfig.IsName(name))
        {
            throw new InputException($"'{name}' is not a name of an endpoint: expected 2 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit.");
        }

        if (!RemoteAddress.TryParse(url, RemoteAddressRule.Webhook, out Uri? address, out ParseProblem? problem))
        {
            throw new InputException($"'{RemoteAddress.WithoutUser(url)}' is not an address for messages. {problem}");
        }

        // The key and the place from which it is told come first, the configuration that names it last: a crash in between
        // leaves what the next call takes up or makes anew.
        Workspace workspace = result.OpenWorkspace();
        Bytes32 publicKey = result.OpenKeys(workspace).EnsureWebhookKey();
        SupervisorConfig endpoint = new(name, address);
        using Store store = workspace.OpenStore(StoreAccess.Write);
        bool isNew = workspace.Edit(() =>
        {
            bool isMissing = workspace.Config.Supervisors.All(other => other.Name != name);
            if (isMissing)
            {
                OutboxFiller.Begin(store, name);
            }

            workspace.EditConfig(config => config with { Supervisors = [.. config.Supervisors.Where(other => other.Name != name), endpoint] });
            return isMissing;
        });
        new CommandOutput(result).Result(
            new JsonObject(
                new JsonMember("name", new JsonString(name)),
                new JsonMember("url", new JsonString(address.AbsoluteUri)),
                new JsonMember("new", new JsonBoolean(isNew)),
                new JsonMember("key", WebhookKey.ToJwk(publicKey))),
            text =>
            {
                text.WriteLine(isNew ? $"{name} is told of repairs, revocations and annulments from now on, at {address.AbsoluteUri}" : $"The address of {name} is {address.AbsoluteUri} now; what waits for it is kept.");
                WriteKey(text, publicKey);
            });
        return ExitCode.Done;
    }

    private static int Remove(ParseResult result, string name)
    {
        Workspace workspace = result.OpenWorkspace();
        using Store store = workspace.OpenStore(StoreAccess.Write);
        int forgotten = workspace.Edit(() =>
        {
            bool isConfigured = workspace.Config.Supervisors.Any(other => other.Name == name);
            if (!isConfigured && store.Outbox.FindProgress(name) is null)
            {
                throw new InputException($"There is no endpoint '{name}'. 'ledgercredit node endpoint list' shows those there are.");
            }

            // The configuration first, so that a running node puts nothing new into the outbox. A crash before the second step
            // leaves its messages, which 'remove' again, or 'add', forgets.
            workspace.EditConfig(config => config with { Supervisors = [.. config.Supervisors.Where(other => other.Name != name)] });
            using StoreTransaction transaction = store.BeginWrite();
            int removed = store.Outbox.RemoveEndpoint(name);
            transaction.Commit();
            return removed;
        });

        new CommandOutput(result).Result(
            new JsonObject(new JsonMember("name", new JsonString(name)), new JsonMember("forgotten", new JsonNumber(forgotten))),
            text => text.WriteLine(forgotten == 0 ? $"Removed {name}. Nothing was waiting for it." : $"Removed {name}, and {forgotten} messages that it had not taken."));
        return ExitCode.Done;
    }

    private static int List(ParseResult result)
    {
        Workspace workspace = result.OpenWorkspace();
        Bytes32? publicKey = result.OpenKeys(workspace).FindWebhookPublicKey();
        using Store store = workspace.OpenStore(StoreAccess.Read);
        ILookup<string, PendingMessage> pending = store.Outbox.ReadPending().ToLookup(message => message.Endpoint, StringComparer.Ordinal);
        List<(SupervisorConfig Endpoint, int Waiting, long Taken)> rows = [.. workspace.Config.Supervisors.Select(endpoint =>
            (endpoint, pending[endpoint.Name].Count(), store.Outbox.CountDelivered(endpoint.Name)))];
        new CommandOutput(result).Result(
            new JsonObject(
                new JsonMember("key", publicKey is Bytes32 key ? WebhookKey.ToJwk(key) : new JsonNull()),
                new JsonMember("endpoints", new JsonArray([.. rows.Select(row => new JsonObject(
                    new JsonMember("name", new JsonString(row.Endpoint.Name)),
                    new JsonMember("url", new JsonString(row.Endpoint.Url.AbsoluteUri)),
                    new JsonMember("waiting", new JsonNumber(row.Waiting)),
                    new JsonMember("taken", new JsonNumber(row.Taken))))]))),
            text =>
            {
                CommandOutput.Table(text, ["endpoint", "address", "waiting", "taken"], rows.Select(row => (IReadOnlyList<string>)
                [
                    row.Endpoint.Name,
                    row.Endpoint.Url.AbsoluteUri,
                    row.Waiting.ToString(CultureInfo.InvariantCulture),
                    row.Taken.ToString(CultureInfo.InvariantCulture),
                ]));
                if (publicKey is Bytes32 key)
                {
                    WriteKey(text, key);
                }
            });
        return ExitCode.Done;
    }

    private static void WriteKey(TextWriter text, Bytes32 publicKey) =>
        text.WriteLine($"Receivers check signatures with this public key (JWK): {Encoding.UTF8.GetString(JsonText.WriteLine(WebhookKey.ToJwk(publicKey)))}");
}
