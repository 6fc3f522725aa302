using System.Net;
using System.Text;
using LedgerCredit.Log;
using LedgerCredit.Node.Access;
using LedgerCredit.Node.Tests;
using LedgerCredit.Primitives;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Storage;

namespace LedgerCredit.Service.Tests;

/// <summary>The public log, as a client of C2SP tlog-tiles reads it: from the checkpoint down to every entry, recomputed by itself.</summary>
[TestClass]
public sealed class LogEndpointTests
{
    private const int Records = 600;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Log_ReadAsStaticFiles_LeadsFromTheEntriesToTheSignedRoot()
    {
        await using ServiceScene scene = await FillAsync();
        string root = $"/log/{ServiceScene.Authority}/";

        using HttpResponseMessage response = await scene.Http.GetAsync(root + "checkpoint", Token);
        Checkpoint checkpoint = TestWorkspace.VerifyCheckpoint(
            await response.Content.ReadAsStringAsync(Token), TestWorkspace.VerifierKey(scene.Workspace.LogOf(ServiceScene.Authority)));
        Assert.AreEqual((ulong)Records, checkpoint.Size);

        List<Bytes32> leaves = [];
        for (ulong bundle = 0; leaves.Count < Records; bundle++)
        {
            int width = Math.Min(TileLayout.FullWidth, Records - leaves.Count);
            byte[] bytes = await GetAsync(scene, root + TileLayout.EntriesPath(bundle, width));
            Assert.IsTrue(EntryBundle.TryDecode(bytes, width, out IReadOnlyList<ReadOnlyMemory<byte>>? entries, out _));
            leaves.AddRange(entries.Select(entry => MerkleHash.Leaf(entry.Span)));
            byte[] tile = await GetAsync(scene, root + TileLayout.Path(new TileId(0, bundle, width)));
            Assert.AreSequenceEqual(entries.SelectMany(entry => MerkleHash.Leaf(entry.Span).ToArray()), tile);
        }

        Assert.AreEqual(checkpoint.RootHash, NaiveTree.Root([.. leaves]));
        byte[] upper = await GetAsync(scene, root + "tile/1/000.p/2");
        Assert.AreSequenceEqual([.. NaiveTree.Root(leaves.ToArray().AsSpan(0, 256)).ToArray(), .. NaiveTree.Root(leaves.ToArray().AsSpan(256, 256)).ToArray()], upper);
    }

    // The service was not told of the witness: what is kept of it was had by a node that was.
    [TestMethod]
    public async Task Checkpoint_OnceCosigned_CarriesTheLineAndTheNextOneHasNoneYet()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient client = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        StoredLog log = scene.Workspace.LogOf(ServiceScene.Authority);
        using WitnessSigner witness = new("witness.example/w1", new byte[32]);
        (await ServiceScene.PostRecordAsync(client, ServiceScene.SanctionOf(1), Token)).EnsureSuccessStatusCode().Dispose();
        Assert.IsTrue(Checkpoint.TryParse((await ReadNoteAsync(scene)).Text, out Checkpoint? first, out _));
        using (Store store = scene.Workspace.OpenStore())
        {
            byte[] line = Encoding.UTF8.GetBytes(witness.Cosign(first, 1_790_000_000).Format());
            store.Cosignatures.Keep(log.Number, new StoredCosignature(first.Size, witness.Key.ToString(), line));
        }

        SignedNote cosigned = await ReadNoteAsync(scene);
        Assert.AreEqual(NoteFailure.None, cosigned.Verify(TestWorkspace.VerifierKey(log)));
        Assert.HasCount(2, cosigned.Signatures);
        Assert.IsTrue(witness.Key.Verify(cosigned.Text, cosigned.Signatures[1]));

        (await ServiceScene.PostRecordAsync(client, ServiceScene.SanctionOf(2), Token)).EnsureSuccessStatusCode().Dispose();
        SignedNote newest = await ReadNoteAsync(scene);
        Assert.HasCount(1, newest.Signatures);
        Assert.IsTrue(Checkpoint.TryParse(newest.Text, out Checkpoint? checkpoint, out _));
        Assert.AreEqual(2UL, checkpoint.Size);
    }

    [TestMethod]
    public async Task Tile_FullOrPartial_IsCacheableForEverAndTagged()
    {
        await using ServiceScene scene = await FillAsync();

        using HttpResponseMessage tile = await scene.Http.GetAsync($"/log/{ServiceScene.Authority}/tile/0/000", Token);
        using HttpRequestMessage again = new(HttpMethod.Get, $"/log/{ServiceScene.Authority}/tile/0/000");
        again.Headers.IfNoneMatch.Add(tile.Headers.ETag!);
        using HttpResponseMessage notModified = await scene.Http.SendAsync(again, Token);
        using HttpResponseMessage checkpoint = await scene.Http.GetAsync($"/log/{ServiceScene.Authority}/checkpoint", Token);

        Assert.AreEqual("public, max-age=31536000, immutable", string.Join(", ", tile.Headers.GetValues("Cache-Control")));
        Assert.AreEqual(HttpStatusCode.NotModified, notModified.StatusCode);
        Assert.AreEqual("public, max-age=1", string.Join(", ", checkpoint.Headers.GetValues("Cache-Control")));
    }

    [TestMethod]
    [DataRow("tile/0/002")]
    [DataRow("tile/0/002.p/89")]
    [DataRow("tile/0/002.p/0")]
    [DataRow("tile/0/002.p/088")]
    [DataRow("tile/0/2")]
    [DataRow("tile/0/x000/000")]
    [DataRow("tile/8/000")]
    [DataRow("tile/00/000")]
    [DataRow("tile/0/000.p/256")]
    [DataRow("tile/entries/003")]
    [DataRow("tile/entries/x999/x999/x999/x999/x999/x999/x999/999")]
    [DataRow("tile/0/..%2f..%2fcheckpoint")]
    [DataRow("tile/")]
    public async Task Tile_NotOfTheLog_IsNotFound(string path)
    {
        await using ServiceScene scene = await FillAsync();

        using HttpResponseMessage response = await scene.Http.GetAsync($"/log/{ServiceScene.Authority}/{path}", Token);

        Assert.AreEqual("not-found", await ServiceScene.CodeOfAsync(response, 404, Token));
    }

    // A checkpoint is signed with the first record, so that there is none before.
    [TestMethod]
    [DataRow("checkpoint")]
    [DataRow("tile/0/000.p/1")]
    [DataRow("tile/entries/000.p/1")]
    public async Task Log_WithoutEntries_IsAnsweredAsOneThatIsNotThere(string path)
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(Token);

        foreach (string issuer in (string[])[ServiceScene.Authority, "nobody"])
        {
            using HttpResponseMessage response = await scene.Http.GetAsync($"/log/{issuer}/{path}", Token);
            Assert.AreEqual("not-found", await ServiceScene.CodeOfAsync(response, 404, Token));
        }

        using HttpClient client = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        (await ServiceScene.PostRecordAsync(client, ServiceScene.SanctionOf(1), Token)).EnsureSuccessStatusCode().Dispose();
        await GetAsync(scene, $"/log/{ServiceScene.Authority}/{path}");
    }

    [TestMethod]
    [DataRow("tile/0/000", 256 * 32)]
    [DataRow("tile/entries/000", 256 * 68)]
    public async Task Tile_CallerWouldTakeItCompressed_IsSentAsItIs(string path, int length)
    {
        await using ServiceScene scene = await FillAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, $"/log/{ServiceScene.Authority}/{path}");
        request.Headers.AcceptEncoding.ParseAdd("gzip, br");

        using HttpResponseMessage response = await scene.Http.SendAsync(request, Token);

        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode);
        Assert.IsEmpty(response.Content.Headers.ContentEncoding);
        Assert.HasCount(length, await response.Content.ReadAsByteArrayAsync(Token));
    }

    // Whoever follows a log reads all of it.
    [TestMethod]
    public async Task Log_ReadMoreOftenThanAnAddressMayAsk_IsAnswered()
    {
        await using ServiceScene scene = await ServiceScene.StartAsync(ServiceScene.Make(), TimeProvider.System, Token, new ServiceOptions { PublicRequestsPerSecond = 1 });
        using HttpClient client = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        (await ServiceScene.PostRecordAsync(client, ServiceScene.SanctionOf(1), Token)).EnsureSuccessStatusCode().Dispose();

        for (int i = 0; i < 200; i++)
        {
            await GetAsync(scene, $"/log/{ServiceScene.Authority}/checkpoint");
            await GetAsync(scene, $"/log/{ServiceScene.Authority}/tile/entries/000.p/1");
        }
    }

    private async Task<ServiceScene> FillAsync()
    {
        ServiceScene scene = await ServiceScene.StartAsync(Token);
        using HttpClient client = scene.WithKey(ServiceScene.Authority, AccessScopes.RecordsWrite);
        string body = string.Concat(Enumerable.Range(0, Records).Select(i => ServiceScene.SanctionOf(i) + "\n"));
        using HttpResponseMessage response = await client.PostAsync("/v1/records", new StringContent(body, Encoding.UTF8, "application/x-ndjson"), Token);
        Assert.HasCount(Records, (await response.Content.ReadAsStringAsync(Token)).TrimEnd('\n').Split('\n'));
        return scene;
    }

    private async Task<SignedNote> ReadNoteAsync(ServiceScene scene)
    {
        Assert.IsTrue(SignedNote.TryParse(await GetAsync(scene, $"/log/{ServiceScene.Authority}/checkpoint"), out SignedNote? note, out _));
        return note;
    }

    private async Task<byte[]> GetAsync(ServiceScene scene, string path)
    {
        using HttpResponseMessage response = await scene.Http.GetAsync(path, Token);
        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode, path);
        return await response.Content.ReadAsByteArrayAsync(Token);
    }
}
