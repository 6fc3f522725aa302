using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Client;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Cli.Remote;

/// <summary>A command's conversation with a node.</summary>
internal sealed class NodeSession : IDisposable
{
    // A request writes some hundred records or has a report made; a node that needs longer is asked again.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // A file of the largest size takes that long on the slowest line that a node waits for.
    private static readonly TimeSpan PatienceForFiles = TimeSpan.FromMinutes(80);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;

    /// <summary>Makes the session; nothing is asked yet.</summary>
    /// <param name="url">The node.</param>
    /// <param name="key">An API key or token, or null.</param>
    /// <param name="purpose">What records are read for, or null.</param>
    /// <param name="uploads">Whether files are sent, which takes its time.</param>
    /// <param name="output">For what should be known beside.</param>
    public NodeSession(Uri url, string? key, string? purpose, bool uploads, CommandOutput output)
    {
        Url = url;
        if (url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback && key is not null)
        {
            output.Note($"{url} is http: whoever is on the way reads the key and the records. Use https.");
        }

        _http = NewHttpClient(uploads ? PatienceForFiles : Patience);
        _http.BaseAddress = url;
        Client = new LedgerCreditClient(_http, new LedgerCreditClientOptions { Token = key, Purpose = purpose });
    }

    /// <summary>The node's address.</summary>
    public Uri Url { get; }

    /// <summary>The node's API.</summary>
    public LedgerCreditClient Client { get; private set; }

    /// <summary>Signs in with an account of a workspace here.</summary>
    /// <exception cref="NodeAnswerException">What the node wants to have signed is no sign-in to it. Nothing was signed.</exception>
    public async Task SignInAsync(Workspace workspace, KeyRing keys, ActingAccount account, CancellationToken cancellationToken)
    {
        using Secp256k1Key key = keys.OpenAccount(account.KeyName);
        Client = await Client.SignInAsync(
            account.Address.ToString(),
            text =>
            {
                Check(text, workspace.Config.Ledger.ChainId, account);
                return Hex.Encode(PersonalMessage.Sign(text, key));
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    [SuppressMessage("Reliability", "CA2000", Justification = "The client disposes of the handler.")]
    private static HttpClient NewHttpClient(TimeSpan patience) => new(
        new SocketsHttpHandler
        {
            // Neither is ever needed, and a redirect would carry records to where nobody sent them.
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = ConnectTimeout,
        },
        disposeHandler: true)
    {
        Timeout = patience,
    };

    // A node that hands on the challenge of another one would be signed in there.
    private void Check(string text, ulong chainId, ActingAccount account)
    {
        if (!SignInMessageReader.TryParse(text, out SignInMessage? message, out ParseProblem? problem))
        {
            throw new NodeAnswerException($"What {Url} wants to have signed is no sign-in (EIP-4361). {problem} Nothing was signed.");
        }

        if (message.Domain != Url.Authority || !Uri.TryCreate(message.Uri, UriKind.Absolute, out Uri? uri) || uri.Authority != Url.Authority)
        {
            throw new NodeAnswerException($"{Url} wants a sign-in to '{message.Domain}' to be signed, which is another name. Nothing was signed. If that is the node's public address, give it with --node; where it should be known by this one, its operator sets --public-url.");
        }

        if (message.ChainId != chainId || message.Address != account.Address)
        {
            throw new NodeAnswerException($"{Url} wants a sign-in of {message.Address} on chain {message.ChainId} to be signed, but {account.KeyName} is {account.Address}, and the workspace's ledger has chain {chainId}. Nothing was signed.");
        }
    }
}
