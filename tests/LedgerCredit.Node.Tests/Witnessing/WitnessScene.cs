using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Log;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.Witnessing;

/// <summary>A witness in a temporary folder, and on request behind an address of this machine.</summary>
internal sealed class WitnessScene : IAsyncDisposable
{
    internal const string Password = "one two three";

    private readonly TestFolder _temporary = new();
    private readonly Lock _opening = new();
    private WitnessService? _service;
    private WebhookReceiver? _receiver;

    internal WitnessScene(string name = "witness.example/w1")
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        Folder = WitnessFolder.Create(_temporary.File("witness"), name, Password, new ScryptCost(2, 1, 1), random);
    }

    internal ManualTimeProvider Clock { get; } = new(DateTimeOffset.FromUnixTimeSeconds(1_790_000_000));

    internal WitnessFolder Folder { get; }

    internal WitnessKey Key => Folder.ReadConfig().Key;

    // Opened by whoever asks first: the witness is asked about several logs at once.
    internal WitnessService Service
    {
        get
        {
            lock (_opening)
            {
                return _service ??= WitnessService.Open(Folder, Password, Clock);
            }
        }
    }

    /// <summary>Does something when a request has arrived, before it is answered.</summary>
    internal Action? OnRequest { get; set; }

    /// <summary>What requests that have arrived wait for, before they are answered.</summary>
    internal Task Released { get; set; } = Task.CompletedTask;

    internal string StateFile => Directory.EnumerateFiles(Path.Combine(Folder.Path, "state"), "*.checkpoint").Single();

    /// <summary>Where the two checkpoints of a size are kept that the one log signed.</summary>
    internal string ForkFile(ulong size) => Path.ChangeExtension(StateFile, string.Create(CultureInfo.InvariantCulture, $"{size}.fork"));

    /// <summary>How a workspace asks this witness.</summary>
    internal WitnessConfig Config
    {
        get
        {
            _receiver ??= new WebhookReceiver(async (request, stream, token) =>
            {
                Assert.AreEqual(("POST", "/w/add-checkpoint"), (request.Method, request.Target));
                OnRequest?.Invoke();
                await Released.WaitAsync(token);
                WitnessAnswer answer = Service.AddCheckpoint(request.Body);
                await WebhookReceiver.WriteAsync(stream, WebhookReceiver.Head(
                    string.Create(CultureInfo.InvariantCulture, $"{answer.Status} Status"),
                    $"Content-Type: {answer.ContentType}",
                    string.Create(CultureInfo.InvariantCulture, $"Content-Length: {answer.Body.Length}")), token);
                await stream.WriteAsync(answer.Body, token);
            });
            return new WitnessConfig(Key, Prefix(_receiver));
        }
    }

    internal int Requests => _receiver?.Requests.Count ?? 0;

    internal static Uri Prefix(WebhookReceiver receiver) => new(receiver.Address.GetLeftPart(UriPartial.Authority) + "/w/");

    /// <summary>Kills the witness: what it had in memory is gone.</summary>
    internal void Restart()
    {
        _service?.Dispose();
        _service = null;
    }

    internal WitnessAnswer Ask(AddCheckpointRequest request) => Service.AddCheckpoint(request.Format());

    internal static string Text(WitnessAnswer answer) => Encoding.UTF8.GetString(answer.Body.Span);

    /// <summary>The time of the cosignature that an answer holds, which must be right.</summary>
    internal ulong TimeOf(WitnessAnswer answer, SignedNote note)
    {
        Assert.AreEqual(200, answer.Status, Text(answer));
        Assert.IsTrue(SignedNote.TryParseLines(answer.Body.Span, out IReadOnlyList<NoteSignature>? lines, out _));
        Assert.HasCount(1, lines);
        Assert.IsTrue(Key.Verify(note.Text, lines[0]));
        Assert.IsTrue(CosignatureV1.TryReadTimestamp(lines[0].Signature.Span, out ulong time));
        return time;
    }

    public async ValueTask DisposeAsync()
    {
        if (_receiver is not null)
        {
            await _receiver.DisposeAsync();
        }

        _service?.Dispose();
        _temporary.Dispose();
    }
}
