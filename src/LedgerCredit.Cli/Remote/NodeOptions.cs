using System.CommandLine;
using System.Text;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Workspaces;

namespace LedgerCredit.Cli.Remote;

/// <summary>Options of the commands that can ask a running node instead of the workspace here: which node, who asks, and what for.</summary>
/// <remarks>A key never stands on a command line, which other users of the machine see: it comes from a file or a variable.</remarks>
internal sealed class NodeOptions
{
    /// <summary>The variable that names the node.</summary>
    public const string UrlVariable = "LEDGERCREDIT_NODE";

    /// <summary>The variable with an API key or token.</summary>
    public const string KeyVariable = "LEDGERCREDIT_API_KEY";

    private const string Here = "off";
    private const int MaxKeyBytes = 8 * 1024;

    private readonly Option<string?> _url;
    private readonly Option<string?> _keyFile = new("--api-key-file") { Description = $"With --node: the file with the API key or token to call with. Default: ${KeyVariable}.", HelpName = "FILE" };
    private readonly Option<string?> _signIn = new("--sign-in")
    {
        Description = "With --node: sign in with this account of the workspace, SLUG or SLUG.NAME. The key stays here; the token lasts for the command.",
        HelpName = "NAME",
    };

    private readonly Option<string?>? _purpose;
    private readonly bool _byVariable;

    private NodeOptions(bool readsRecords, bool byVariable)
    {
        _byVariable = byVariable;
        _url = new Option<string?>("--node")
        {
            Description = byVariable
                ? $"Ask a running node instead of the workspace here: http://host:8420. Default: ${UrlVariable}; '{Here}' is the workspace all the same."
                : "Ask a running node, and believe what it says: http://host:8420.",
            HelpName = "URL",
        };
        _purpose = readsRecords
            ? new Option<string?>("--purpose") { Description = $"With --node: what records are read for, which is logged and shown to their subjects: {string.Join(", ", Purposes.All)}.", HelpName = "P" }
            : null;
    }

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="readsRecords">Whether it reads records, for which a purpose is stated.</param>
    /// <param name="byVariable">Whether the variable chooses the node as well; not where the command works offline by its nature.</param>
    public static NodeOptions AddTo(Command command, bool readsRecords, bool byVariable = true)
    {
        NodeOptions options = new(readsRecords, byVariable);
        command.Add(options._url);
        command.Add(options._keyFile);
        command.Add(options._signIn);
        if (options._purpose is not null)
        {
            command.Add(options._purpose);
        }

        return options;
    }

    /// <summary>The node that is to be asked, or null where the command works on the workspace here.</summary>
    /// <exception cref="InputException">It is no address, or options are given that are for nodes alone.</exception>
    public Uri? FindUrl(ParseResult result)
    {
        string? named = result.GetValue(_url);
        string? text = named ?? (_byVariable ? Environment.GetEnvironmentVariable(UrlVariable) : null);
        if (text is not (null or "" or Here))
        {
            return Uri.TryCreate(text, UriKind.Absolute, out Uri? url)
                && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
                && url is { PathAndQuery: "/", Fragment: "", UserInfo: "" }
                ? url
                : throw new InputException($"{(named is null ? $"${UrlVariable}" : "--node")} takes the address of a node such as https://credit.example.org or http://127.0.0.1:8420, found '{text}'.");
        }

        foreach (Option<string?> option in new[] { _keyFile, _signIn, _purpose }.OfType<Option<string?>>())
        {
            if (result.GetValue(option) is not null)
            {
                throw new InputException($"{option.Name} is for a node: name it with --node URL.");
            }
        }

        return null;
    }

    /// <summary>The node that is to be asked, for commands that nothing but a node can do.</summary>
    /// <param name="result">The command.</param>
    /// <param name="why">Why, as the beginning of a sentence.</param>
    /// <exception cref="InputException">None is named.</exception>
    public Uri RequireUrl(ParseResult result, string why) => FindUrl(result) ?? throw new InputException($"{why}: name one with --node URL.");

    /// <summary>Begins to talk to a node: as nobody, with a key, or signed in.</summary>
    /// <param name="result">The command.</param>
    /// <param name="url">From <see cref="FindUrl"/>.</param>
    /// <param name="actor">Who takes a step and signs in for it, or null for whom the options name.</param>
    /// <param name="uploads">Whether files are to be sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<NodeSession> ConnectAsync(ParseResult result, Uri url, ActingAccount? actor, bool uploads, CancellationToken cancellationToken)
    {
        string? purpose = _purpose is null ? null : result.GetValue(_purpose);
        if (purpose is not null && !Purposes.IsKnown(purpose))
        {
            throw new InputException($"'{purpose}' is not a purpose: expected one of {string.Join(", ", Purposes.All)}.");
        }

        string? signIn = result.GetValue(_signIn);
        if (actor is not null && (signIn is not null || result.GetValue(_keyFile) is not null))
        {
            throw new InputException("A step is signed in for with the account that takes it: say who with --as, without --sign-in and --api-key-file.");
        }

        if (signIn is not null && result.GetValue(_keyFile) is not null)
        {
            throw new InputException("Give --api-key-file or --sign-in, not both.");
        }

        string? key = actor is null && signIn is null ? FindKey(result) : null;
        NodeSession session = new(url, key, purpose, uploads, new CommandOutput(result));
        try
        {
            if (actor is not null || signIn is not null)
            {
                Workspace workspace = result.OpenWorkspace();
                await session.SignInAsync(workspace, result.OpenKeys(workspace), actor ?? ActingAccount.Find(workspace.Config, signIn, role: null), cancellationToken);
            }

            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The same without files.</summary>
    public Task<NodeSession> ConnectAsync(ParseResult result, Uri url, ActingAccount? actor, CancellationToken cancellationToken) => ConnectAsync(result, url, actor, uploads: false, cancellationToken);

    /// <summary>The same without an actor.</summary>
    public Task<NodeSession> ConnectAsync(ParseResult result, Uri url, CancellationToken cancellationToken) => ConnectAsync(result, url, actor: null, cancellationToken);

    /// <summary>Refuses an option that only the workspace here can do.</summary>
    /// <exception cref="InputException">It is given.</exception>
    public static void Refuse(bool isGiven, string option, string instead)
    {
        if (isGiven)
        {
            throw new InputException($"{option} cannot be asked of a node. {instead}");
        }
    }

    private string? FindKey(ParseResult result)
    {
        if (result.GetValue(_keyFile) is not string path)
        {
            return Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key ? Check(key.Trim(), $"${KeyVariable}") : null;
        }

        return Check(Encoding.UTF8.GetString(InputFile.Read(path, MaxKeyBytes)).Trim(), $"'{path}'");
    }

    // What could not be sent in a header, and no part of it in the message.
    private static string Check(string key, string place) => key.Length > 0 && key.All(c => c is > ' ' and <= '~')
        ? key
        : throw new InputException($"{place} holds no API key or token: expected one line as 'access key new' prints it.");
}
