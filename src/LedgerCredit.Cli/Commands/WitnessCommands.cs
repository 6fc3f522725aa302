using System.CommandLine;
using System.Globalization;
using LedgerCredit.Log;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>witness add | remove | list</c>: the witnesses that are asked; <see cref="WitnessRunCommands"/>: being one.</summary>
internal static class WitnessCommands
{
    /// <summary>Makes the commands.</summary>
    public static Command Create() =>
        new("witness", "Witnesses of checkpoints: those that are asked to cosign the logs kept here, and a witness for the logs of others.")
        {
            CreateAdd(),
            CreateRemove(),
            CreateList(),
            WitnessRunCommands.CreateInit(),
            WitnessRunCommands.CreateLog(),
            WitnessRunCommands.CreateRun(),
        };

    private static Command CreateAdd()
    {
        Argument<string> url = new("URL") { Description = "Where the witness takes checkpoints (its submission prefix): https or http." };
        Option<string> key = new("--key") { Description = "The witness's verifier key: name+hash+key, of signature type 4.", HelpName = "VKEY", Required = true };
        Command add = new(
            "add",
            """
            Have a witness cosign the checkpoints of the logs kept here, from now on, those that are anchored (C2SP tlog-witness). For
            a key that is there, changes the address. A running node takes it up with the next anchoring. The witness's operator
            needs each log's origin and verifier key: 'member list --json' shows them.
            """)
        {
            url,
            key,
        };
        add.SetAction(result => Add(result, result.GetRequiredValue(url), ReadKey(result.GetRequiredValue(key))));
        return add;
    }

    private static Command CreateRemove()
    {
        Argument<string> name = new("NAME") { Description = "The witness's name: the first part of its verifier key." };
        Command remove = new("remove", "Ask a witness no more. What it cosigned is kept, but is put into evidence files no more.") { name };
        remove.SetAction(result =>
        {
            string removed = result.GetRequiredValue(name);
            Workspace workspace = result.OpenWorkspace();
            WitnessConfig witness = workspace.Edit(() =>
            {
                WitnessConfig found = workspace.Config.Witnesses.FirstOrDefault(w => w.Key.Name == removed)
                    ?? throw new InputException($"There is no witness '{removed}'. 'ledgercredit witness list' shows those there are.");

                // A crash before it leaves the witness as it was, one behind it leaves it out: removing it again says which.
                workspace.EditConfig(config => config with { Witnesses = [.. config.Witnesses.Where(w => !w.Key.Equals(found.Key))] });
                return found;
            });
            new CommandOutput(result).Result(
                new JsonObject(new JsonMember("name", new JsonString(removed)), new JsonMember("key", new JsonString(witness.Key.ToString()))),
                text => text.WriteLine($"{removed} is asked no more."));
            return ExitCode.Done;
        });
        return remove;
    }

    private static Command CreateList()
    {
        Command list = new("list", "List the witnesses that are asked, and up to where each has cosigned each log.");
        list.SetAction(result =>
        {
            Workspace workspace = result.OpenWorkspace();
            using Store store = workspace.OpenStore(StoreAccess.Read);
            IReadOnlyList<StoredLog> logs = store.Logs.ReadAll();
            List<(WitnessConfig Witness, StoredLog Log, ulong Cosigned)> rows = [.. workspace.Config.Witnesses.SelectMany(witness => logs.Select(log =>
                (witness, log, store.Cosignatures.FindLatestSize(log.Number, witness.Key.ToString()) ?? 0)))];
            new CommandOutput(result).Result(
                new JsonArray([.. workspace.Config.Witnesses.Select(witness => new JsonObject(
                    new JsonMember("name", new JsonString(witness.Key.Name)),
                    new JsonMember("key", new JsonString(witness.Key.ToString())),
                    new JsonMember("url", new JsonString(witness.Url.AbsoluteUri)),
                    new JsonMember("logs", new JsonArray([.. rows.Where(row => row.Witness == witness).Select(row => new JsonObject(
                        new JsonMember("issuer", new JsonString(row.Log.Issuer)),
                        new JsonMember("cosigned", new JsonNumber(checked((long)row.Cosigned)))))]))))]),
                text =>
                {
                    CommandOutput.Table(text, ["witness", "address"], workspace.Config.Witnesses.Select(w => (IReadOnlyList<string>)[w.Key.ToString(), w.Url.AbsoluteUri]));
                    CommandOutput.Table(text, ["witness", "log", "entries cosigned"], rows.Select(row => (IReadOnlyList<string>)
                        [row.Witness.Key.Name, row.Log.Origin, row.Cosigned.ToString(CultureInfo.InvariantCulture)]));
                });
            return ExitCode.Done;
        });
        return list;
    }

    private static int Add(ParseResult result, string url, WitnessKey key)
    {
        if (!RemoteAddress.TryParse(url, RemoteAddressRule.Witness, out Uri? address, out ParseProblem? problem))
        {
            throw new InputException($"'{RemoteAddress.WithoutUser(url)}' is not a witness's address. {problem}");
        }

        Workspace workspace = result.OpenWorkspace();

        // A crash before the configuration is written leaves the witnesses as they were, one behind it this one among them: adding it
        // again changes nothing more.
        workspace.EditConfig(config => With(config, new WitnessConfig(key, address)));
        int count = workspace.Config.Witnesses.Count;
        new CommandOutput(result).Result(
            new JsonObject(
                new JsonMember("name", new JsonString(key.Name)),
                new JsonMember("key", new JsonString(key.ToString())),
                new JsonMember("url", new JsonString(address.AbsoluteUri)),
                new JsonMember("witnesses", new JsonNumber(count))),
            text => text.WriteLine($"{key.Name} is asked to cosign from now on, at {address.AbsoluteUri} ({count} witnesses in all)."));
        return ExitCode.Done;
    }

    private static WorkspaceConfig With(WorkspaceConfig config, WitnessConfig added)
    {
        WitnessKey key = added.Key;
        List<WitnessConfig> others = [.. config.Witnesses.Where(witness => !witness.Key.Equals(key))];
        if (!WitnessConfig.IsApart(key, others))
        {
            throw new InputException($"There is another witness with the name '{key.Name}' or with this public key. Each counts as one: remove the other first, or name another key.");
        }

        if (others.Count == WitnessConfig.MaxWitnesses)
        {
            throw new InputException($"There are {WitnessConfig.MaxWitnesses} witnesses already, which is the most that a trust policy can name.");
        }

        // A log that is its own witness witnesses nothing, and policies refuse it.
        if (config.Members.Any(member => NoteVerifierKey.TryParse(member.VerifierKey, out NoteVerifierKey? log, out _) && log.PublicKey == key.PublicKey))
        {
            throw new InputException($"'{key}' has the public key of a log that is kept here. A witness needs a key of its own.");
        }

        return config with { Witnesses = [.. others, added] };
    }

    private static WitnessKey ReadKey(string text) => WitnessKey.TryParse(text, out WitnessKey? key, out ParseProblem? problem)
        ? key
        : throw new InputException($"'{text}' is not the verifier key of a witness. {problem}");
}
