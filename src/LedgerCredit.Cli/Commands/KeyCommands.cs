using System.CommandLine;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Keys;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>key new | import | list</c>.</summary>
internal static class KeyCommands
{
    /// <summary>Makes the commands.</summary>
    public static Command Create()
    {
        Argument<string> newName = new("NAME") { Description = "The key's name here, for example 'admin'." };
        Command create = new("new", "Make a fresh account key. Member keys are made by 'member add'.") { newName };
        create.SetAction(result =>
        {
            string name = CheckName(result.GetRequiredValue(newName));
            Workspace workspace = result.OpenWorkspace();
            ShowAccount(result, name, result.OpenKeys(workspace).CreateAccount(name));
            return ExitCode.Done;
        });

        Argument<string> importName = new("NAME") { Description = "The key's name here; 'network' with --type subject." };
        Argument<string> file = new("FILE") { Description = "A V3 keystore, or a file with 0x and 64 hex digits." };
        Option<string> type = new("--type") { Description = "account or subject.", HelpName = "TYPE", DefaultValueFactory = _ => "account" };
        Option<string?> oldPassword = new("--file-password-file") { Description = "File with the keystore's own password. Default: that of this workspace.", HelpName = "FILE" };
        Command import = new("import", "Take in an account key from elsewhere, or the network subject key that the authorities share.")
        {
            importName,
            file,
            type,
            oldPassword,
        };
        import.SetAction(result => Import(
            result,
            result.GetRequiredValue(importName),
            result.GetRequiredValue(file),
            result.GetRequiredValue(type),
            result.GetValue(oldPassword)));

        Command list = new("list", "List the keys: type, name and public part. Nothing is opened.");
        list.SetAction(result =>
        {
            Workspace workspace = result.OpenWorkspace();
            IReadOnlyList<StoredKey> keys = result.OpenKeys(workspace).List();
            new CommandOutput(result).Result(
                new JsonArray([.. keys.Select(Describe)]),
                text => CommandOutput.Table(
                    text,
                    ["type", "name", "protected", "public"],
                    keys.Select(k => (IReadOnlyList<string>)[StoredKey.NameOf(k.Label.Type), k.Label.Name, k.Keystore is null ? "no" : "yes", k.Label.Public])));
            return ExitCode.Done;
        });

        return new Command("key", "The keys of a workspace.") { create, import, list };
    }

    private static int Import(ParseResult result, string name, string file, string type, string? passwordFile)
    {
        if (type is not ("account" or "subject"))
        {
            throw new InputException($"'{type}' is not a type of key that can be imported: expected account or subject.");
        }

        Workspace workspace = result.OpenWorkspace();
        byte[] secret = ReadSecret(result, file, passwordFile);
        KeyRing keys = result.OpenKeys(workspace);
        if (type == "subject")
        {
            keys.AddSubjectKey(secret);
            new CommandOutput(result).Result(
                new JsonObject(new JsonMember("type", new JsonString("subject"))),
                text => text.WriteLine("Took in the network subject key."));
        }
        else
        {
            ShowAccount(result, CheckName(name), keys.AddAccount(name, secret));
        }

        return ExitCode.Done;
    }

    private static byte[] ReadSecret(ParseResult result, string file, string? passwordFile)
    {
        byte[] text = InputFile.Read(file, KeystoreV3.MaxFileBytes);
        string plain = System.Text.Encoding.UTF8.GetString(text).Trim();
        if (Hex.TryDecode(plain, out byte[]? secret) && secret.Length == KeystoreV3.SecretLength)
        {
            return secret;
        }

        if (!KeystoreV3.TryParse(text, out KeystoreV3? keystore, out ParseProblem? problem))
        {
            throw new InputException($"'{file}' is neither 0x with 64 lower-case hex digits nor a V3 keystore. {problem}");
        }

        PasswordSource password = new(passwordFile ?? result.GetValue(CommonOptions.PasswordFile), result.InvocationConfiguration.Error);
        return keystore.Open(password.GetPassword(isNew: false), out byte[]? opened) switch
        {
            KeystoreFailure.None => opened!,
            KeystoreFailure.WrongPassword => throw new InputException($"The password does not open '{file}'."),
            _ => throw new InputException($"'{file}' names another account than its key belongs to."),
        };
    }

    private static string CheckName(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? name
            : throw new InputException($"'{name}' is not a key name: expected 1 to 64 letters, digits, hyphens and underscores.");

    private static void ShowAccount(ParseResult result, string name, Address address) => new CommandOutput(result).Result(
        new JsonObject(new JsonMember("type", new JsonString("account")), new JsonMember("name", new JsonString(name)), new JsonMember("address", new JsonString(address.ToString()))),
        text => text.WriteLine($"{name}: {address}"));

    private static JsonObject Describe(StoredKey key) => new(
        new JsonMember("type", new JsonString(StoredKey.NameOf(key.Label.Type))),
        new JsonMember("name", new JsonString(key.Label.Name)),
        new JsonMember("protected", new JsonBoolean(key.Keystore is not null)),
        new JsonMember("public", new JsonString(key.Label.Public)));
}
