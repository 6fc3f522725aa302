using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using LedgerCredit.Faults.Tests.Storage;

namespace LedgerCredit.Cli.Tests.Remote;

/// <summary>Materials at a node that is killed while it takes them.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RemoteMaterialTests : IDisposable
{
    private const string Materials = "/v1/repair/materials";
    private const int Length = 400_000;

    // Of what the node has been sent by then: in the file, at its end, and where row and answer are made.
    private static readonly int[] Moments = [1, Length / 2, Length - 1, Length, Length, Length, Length, Length];

    private readonly TestFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public Task Upload_NodeKilledInTheMiddle_IsKeptWholeOrNotAtAll() => RunAsync(async (target, key, data, kept) =>
    {
        foreach (int moment in Moments)
        {
            byte[] file = Pdf(kept.Random);
            await using (RunningNode node = await RunningNode.StartAsync(data, Token))
            {
                using HttpClient client = await ConnectAsync(node, key);
                if (await TryUploadAsync(client, target, new KillingContent(file, moment, node)))
                {
                    kept.Acknowledged.Add(HashOf(file));
                }

                await node.KillAsync();
            }

            await CheckAsync(target, key, data, kept, file);
        }
    });

    // At a system call: when the file is written, flushed and named, its folder flushed, its row written and flushed, and the answer sent. The node's
    // other loops make such calls as well, so that one of theirs may be the one that is met.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public Task Upload_NodeKilledAtACall_IsKeptWholeOrNotAtAll()
    {
        SystemCalls.Require();
        return RunAsync(async (target, key, data, kept) =>
        {
            string log = Path.Combine(data, "ledgercredit.db-wal");
            foreach ((string[] calls, string[] paths) in ((string[], string[])[])
            [
                (["pwrite64"], []),
                (["fsync", "fdatasync"], []),
                (["rename", "renameat2", "link"], []),
                (["fsync"], [Path.Combine(data, "materials")]),
                (["pwrite64"], [log]),
                (["fsync", "fdatasync"], [log]),
                (["sendto", "sendmsg"], []),
            ])
            {
                byte[] file = Pdf(kept.Random);
                await using (RunningNode node = await RunningNode.StartAsync(data, Token))
                {
                    using HttpClient client = await ConnectAsync(node, key);
                    using Process watcher = await SystemCalls.AttachAsync(
                        node.ProcessId, _folder.At("calls"), calls, paths, $"{string.Join(',', calls)}:signal=SIGKILL:when=1");
                    if (await TryUploadAsync(client, target, OfPdf(new ByteArrayContent(file))))
                    {
                        kept.Acknowledged.Add(HashOf(file));
                    }

                    // Would wait for ever if the call were never made.
                    await node.WaitForExitAsync(Token);
                    await watcher.WaitForExitAsync(Token);
                }

                await CheckAsync(target, key, data, kept, file);
            }
        });
    }

    // Over a workspace with a sanction, and with what uploads its subject's account.
    private async Task RunAsync(Func<string, string, string, Kept, Task> uploadAsync)
    {
        using RepairWorkspace desk = await RepairWorkspace.CreateAsync();
        try
        {
            (await desk.RunAsync("member", "appoint", RepairWorkspace.Enterprise, "--subject", "x-example:subject-0", "--as", RepairWorkspace.Authority)).Expect(ExitCode.Done);
            string key = (await File.ReadAllTextAsync(await RunningNode.MakeKeyAsync(_folder, desk.Data, RepairWorkspace.Enterprise, "repair:write,records:read"), Token)).Trim();
            string sanction = (await desk.RunAsync("record", "show", RepairWorkspace.IdOf(0), "--json")).Expect(ExitCode.Done).Json.GetProperty("leafHash").GetString()!;
            await uploadAsync($"{Materials}?sanction={sanction}&code=D01", key, desk.Data, new Kept(new Random(20_261_122), []));
            (await desk.RunAsync("log", "audit")).Expect(ExitCode.Done);
        }
        finally
        {
            await desk.RunAsync("devnet", "down");
        }
    }

    // What a killed node left is a whole file or none; sent again, it is there once.
    private async Task CheckAsync(string target, string key, string data, Kept kept, byte[] file)
    {
        await using RunningNode next = await RunningNode.StartAsync(data, Token);
        using HttpClient again = await ConnectAsync(next, key);
        HashSet<string> listed = await ReadAllAsync(again, target);
        Assert.IsTrue(kept.Acknowledged.IsSubsetOf(listed), "What was acknowledged is gone.");
        Assert.IsTrue(await TryUploadAsync(again, target, OfPdf(new ByteArrayContent(file))));
        kept.Acknowledged.Add(HashOf(file));
        Assert.IsTrue(kept.Acknowledged.SetEquals(await ReadAllAsync(again, target)), "Something is kept twice, or was never sent.");
    }

    private static byte[] Pdf(Random random)
    {
        byte[] file = new byte[Length];
        random.NextBytes(file);
        "%PDF-"u8.CopyTo(file);
        return file;
    }

    private static string HashOf(byte[] file) => "0x" + Convert.ToHexStringLower(SHA256.HashData(file));

    private static HttpContent OfPdf(HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/pdf");
        return content;
    }

    // Ready: who acts for the subject is read from the ledger.
    private async Task<HttpClient> ConnectAsync(RunningNode node, string key)
    {
        HttpClient client = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(node.Url) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        client.DefaultRequestHeaders.Add("LedgerCredit-Purpose", "own-records");
        await node.WaitReadyAsync(Token);
        return client;
    }

    private async Task<bool> TryUploadAsync(HttpClient client, string target, HttpContent content)
    {
        try
        {
            using HttpResponseMessage response = await client.PostAsync(target, content, Token);
            Assert.IsTrue(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Token));
            return true;
        }
        catch (HttpRequestException)
        {
            // The node is gone; nobody knows what it did.
            return false;
        }
    }

    // Each that is listed can be read, and is what it says. Twice the same would be found by the count.
    private async Task<HashSet<string>> ReadAllAsync(HttpClient client, string target)
    {
        using JsonDocument list = JsonDocument.Parse(await client.GetStringAsync(target.Split('&')[0], Token));
        HashSet<string> hashes = [];
        foreach (JsonElement material in list.RootElement.GetProperty("materials").EnumerateArray())
        {
            byte[] file = await client.GetByteArrayAsync($"{Materials}/{material.GetProperty("id").GetString()}", Token);
            Assert.AreEqual(material.GetProperty("sha256").GetString(), HashOf(file));
            Assert.IsTrue(hashes.Add(HashOf(file)));
        }

        return hashes;
    }

    // What the node said that it has, or was sent until it said so.
    private sealed record Kept(Random Random, HashSet<string> Acknowledged);

    /// <summary>A file whose sender has the node killed when so much of it was sent; with all of it, while the node makes row and answer.</summary>
    private sealed class KillingContent : HttpContent
    {
        private readonly byte[] _file;
        private readonly int _moment;
        private readonly RunningNode _node;

        public KillingContent(byte[] file, int moment, RunningNode node)
        {
            _file = file;
            _moment = moment;
            _node = node;
            OfPdf(this);
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_file.AsMemory(0, _moment));
            await stream.FlushAsync();
            if (_moment < _file.Length)
            {
                await _node.KillAsync();
                await stream.WriteAsync(_file.AsMemory(_moment));
            }
            else
            {
                // Beside the answer, which is on its way or not.
                _ = Task.Run(_node.KillAsync);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _file.Length;
            return true;
        }
    }
}
