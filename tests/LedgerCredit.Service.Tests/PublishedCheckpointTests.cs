using System.Net;
using LedgerCredit.Log;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Tests;
using LedgerCredit.Node.Tests.Witnessing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Witness;
using LedgerCredit.Storage;

namespace LedgerCredit.Service.Tests;

/// <summary>What a monitor is shown of a log to which records are added all the time, by a node with a real witness behind HTTP.</summary>
[TestClass]
public sealed class PublishedCheckpointTests : IAsyncDisposable
{
    private static TestLedger _ledger = null!;

    private WitnessScene _witness = null!;
    private WitnessHost? _host;
    private ServiceScene _scene = null!;
    private HttpClient _authority = null!;
    private ulong _seen;
    private int _records;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => _ledger = await TestLedger.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await _ledger.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        _authority.Dispose();
        await _scene.DisposeAsync();
        await StopWitnessAsync();
        await _witness.DisposeAsync();
    }

    // The interval is far longer than the test, so that there is one round.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Checkpoint_RecordsAreAddedAfterTheRound_StaysTheCosignedOne()
    {
        await StartAsync(TimeSpan.FromMinutes(10), before: 1);
        ulong cosigned = 0;
        while (cosigned == 0)
        {
            (bool isCosigned, ulong size) = await ReadAsync();
            cosigned = isCosigned ? size : 0;
        }

        for (int i = 0; i < 5; i++)
        {
            await AddAsync();
            Assert.AreEqual((true, cosigned), await ReadAsync());
        }
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Checkpoint_BusyLogWhoseWitnessGoesAndComesBack_IsCosignedWhereItCanBeAndNeverGoesBack()
    {
        await StartAsync(TimeSpan.FromSeconds(1), before: 0);
        HashSet<ulong> cosigned = [];
        while (cosigned.Count < 3)
        {
            await AddAsync();
            (bool hasCosignature, ulong size) = await ReadAsync();
            if (hasCosignature)
            {
                cosigned.Add(size);
            }
        }

        // Nobody cosigns: the log goes on, and is shown as it is.
        Uri address = await StopWitnessAsync();
        await UntilAsync(read => !read.HasCosignature && read.Size == (ulong)_records);

        // It is there again, and the log with it.
        await StartWitnessAsync(address);
        await UntilAsync(read => read.HasCosignature && !cosigned.Contains(read.Size) && read.Size < (ulong)_records);
    }

    private async Task StartAsync(TimeSpan interval, int before)
    {
        TestWorkspace workspace = ServiceScene.Make();
        AccessLog.Ensure(workspace.Workspace, workspace.Keys);
        await workspace.OnAsync(_ledger, Token);
        _witness = new WitnessScene();
        StoredLog log = workspace.LogOf(ServiceScene.Authority);
        _witness.Folder.AddLog(log.Origin, TestWorkspace.VerifierKey(log));
        Uri address = await StartWitnessAsync(new Uri("http://127.0.0.1:0"));
        workspace.Workspace.EditConfig(config => config with { Witnesses = [new WitnessConfig(_witness.Key, address)] });
        _records = before;
        workspace.Append(ServiceScene.Authority, SampleRecords.Stated(ServiceScene.Authority, 1_000, before));
        _scene = await ServiceScene.StartAsync(workspace, TimeProvider.System, Token, anchorEvery: interval);
        _authority = _scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
    }

    private async Task<Uri> StartWitnessAsync(Uri address)
    {
        _host = await WitnessHost.StartAsync(_witness.Service, new ServiceOptions { Listen = [address] }, note => Assert.Fail(note.Text), Token);
        return new Uri(_host.Addresses[0] + "/");
    }

    private async Task<Uri> StopWitnessAsync()
    {
        Uri address = _host is null ? new Uri("http://127.0.0.1:0") : new Uri(_host.Addresses[0]);
        if (_host is not null)
        {
            await _host.DisposeAsync();
            _host = null;
        }

        return address;
    }

    private async Task AddAsync()
    {
        while (true)
        {
            using HttpResponseMessage posted = await ServiceScene.PostRecordAsync(_authority, ServiceScene.SanctionOf(_records), Token);

            // Before the logs were compared with the ledger, nothing is taken.
            if (posted.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                await ServiceScene.ReadAsync(posted, Token);
                _records++;
                return;
            }
        }
    }

    private async Task UntilAsync(Func<(bool HasCosignature, ulong Size), bool> isReached)
    {
        do
        {
            await AddAsync();
        }
        while (!isReached(await ReadAsync()));
    }

    // As a monitor reads it: a smaller one than before would be a log that was rewritten.
    private async Task<(bool HasCosignature, ulong Size)> ReadAsync()
    {
        using HttpResponseMessage response = await _scene.Http.GetAsync($"/log/{ServiceScene.Authority}/checkpoint", Token);
        if (_seen == 0 && response.StatusCode == HttpStatusCode.NotFound)
        {
            return (false, 0);
        }

        Assert.IsTrue(SignedNote.TryParse(await response.Content.ReadAsByteArrayAsync(Token), out SignedNote? note, out _));
        Assert.AreEqual(NoteFailure.None, note.Verify(TestWorkspace.VerifierKey(_scene.Workspace.LogOf(ServiceScene.Authority))));
        Assert.IsTrue(Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out _));
        Assert.IsGreaterThanOrEqualTo(_seen, checkpoint.Size);
        _seen = checkpoint.Size;
        return (note.Signatures.Any(line => _witness.Key.Verify(note.Text, line)), checkpoint.Size);
    }
}
