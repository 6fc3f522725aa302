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

    private const string UrlOption = "--node";
    private const string Here = "off";
    private const int MaxKeyBytes = 8 * 1024;

    private readonly Option<string?> _url;
    private readonly Option<string?>? _keyFile;
    private readonly Option<string?>? _signIn;
    private readonly Option<string?>? _purpose;
    private readonly bool _byVariable;

    private NodeOptions(bool readsRecords, bool byVariable, bool takesSteps)
    {
        _byVariable = byVariable;
        _url = new Option<string?>(UrlOption)
        {
            Description = byVariable
                ? $"Ask a running node instead of the workspace here: http://host:8420. Default: ${UrlVariable}; '{Here}' is the workspace all the same.{(takesSteps ? " The account of --as signs in to it." : "")}"
                : "Ask a running node, and believe what it says: http://host:8420.",
            HelpName = "URL",
        };
        if (!takesSteps)
        {
            _keyFile = new Option<string?>("--api-key-file") { Description = $"With --node: the file with the API key or token to call with. Default: ${KeyVariable}.", HelpName = "FILE" };
            _signIn = new Option<string?>("--sign-in")
            {
                Description = "With --node: sign in with this account of the workspace, SLUG or SLUG.NAME. The key stays here; the token lasts for the command.",
                HelpName = "NAME",
            };
        }

        if (readsRecords)
        {
            string needed = takesSteps ? "With --node, needed" : "With --node, needed from whoever has a key or signs in";
            _purpose = new Option<string?>("--purpose") { Description = $"{needed}: what records are read for, which is logged and shown to their subjects: {PurposeList}.", HelpName = "P" };
        }
    }

    // Who calls, and what for: as far as the command takes it.
    private IEnumerable<Option<string?>> Callers => new[] { _keyFile, _signIn, _purpose }.OfType<Option<string?>>();

    private static string PurposeList => string.Join(", ", Purposes.All);

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="readsRecords">Whether it reads records, for which a purpose is stated.</param>
    /// <param name="byVariable">Whether the variable chooses the node as well; not where the command works offline by its nature.</param>
    public static NodeOptions AddTo(Command command, bool readsRecords, bool byVariable = true) =>
        Add(command, new NodeOptions(readsRecords, byVariable, takesSteps: false));

    /// <summary>Adds the options to a command that takes a step: the account that takes it (<c>--as</c>) signs in for it, and nobody else can.</summary>
    /// <param name="command">The command.</param>
    public static NodeOptions AddToStep(Command command) => Add(command, new NodeOptions(readsRecords: true, byVariable: true, takesSteps: true));

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
                : throw new InputException($"{(named is null ? $"${UrlVariable}" : UrlOption)} takes the address of a node such as https://credit.example.org or http://127.0.0.1:8420, found '{RemoteAddress.WithoutUser(text)}'.");
        }

        foreach (Option<string?> option in Callers)
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
            throw new InputException($"'{purpose}' is not a purpose: expected one of {PurposeList}.");
        }

        if (purpose is null && actor is not null && _purpose is not null)
        {
            throw new InputException($"A step through a node reads records of the case: say what for with {_purpose.Name}, one of {PurposeList}. It is logged, and shown to their subject.");
        }

        string? signIn = _signIn is null ? null : result.GetValue(_signIn);
        if (signIn is not null && _keyFile is not null && result.GetValue(_keyFile) is not null)
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

    /// <summary>Whether the variable names a node, and a command has nothing to ask one.</summary>
    public static bool IgnoresVariable(Command command) =>
        Environment.GetEnvironmentVariable(UrlVariable) is not (null or "" or Here) && command.Options.All(option => option.Name != UrlOption);

    /// <summary>Refuses an option that only the workspace here can do.</summary>
    /// <exception cref="InputException">It is given.</exception>
    public static void Refuse(bool isGiven, string option, string instead)
    {
        if (isGiven)
        {
            throw new InputException($"{option} cannot be asked of a node. {instead}");
        }
    }

    private static NodeOptions Add(Command command, NodeOptions options)
    {
        command.Add(options._url);
        foreach (Option<string?> option in options.Callers)
        {
            command.Add(option);
        }

        return options;
    }

    private string? FindKey(ParseResult result)
    {
        if (_keyFile is null || result.GetValue(_keyFile) is not string path)
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
