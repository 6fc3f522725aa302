using System.Diagnostics.CodeAnalysis;
using System.Text;
using LedgerCredit.Log;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Node.Tests.Witnessing;

/// <summary>C2SP tlog-witness: each answer of the specification, and what must hold whoever asks and whenever it is killed.</summary>
[TestClass]
public sealed class WitnessServiceTests
{
    [TestMethod]
    public async Task AddCheckpoint_LogThatGrows_IsCosignedEachTime()
    {
        await using WitnessScene scene = new();
        using GrowingLog log = new();
        scene.Folder.AddLog(log.Origin, log.Key);
        ulong old = 0;
        foreach (ulong size in (ulong[])[1, 2, 3, 7, 8, 200])
        {
            scene.Clock.Advance(TimeSpan.FromSeconds(10));
            WitnessAnswer answer = scene.Ask(log.Request(old, size));

            Assert.AreEqual((ulong)scene.Clock.GetUtcNow().ToUnixTimeSeconds(), scene.TimeOf(answer, log.Sign(size)));
            Assert.AreEqual("text/plain; charset=utf-8", answer.ContentType);
            Assert.AreEqual((size, scene.Clock.GetUtcNow()), scene.Folder.FindCosigned(log.Origin));
            old = size;
        }
    }

    [TestMethod]
    public async Task AddCheckpoint_EmptyTree_IsCosignedOnlyWithItsRoot()
    {
        await using WitnessScene scene = new();
        using GrowingLog log = new();
        using NoteSigner sameKey = new(log.Origin, Sha256.Hash([1]).AsSpan());
        scene.Folder.AddLog(log.Origin, log.Key);

        SignedNote other = sameKey.Sign(new Checkpoint(log.Origin, 0, Sha256.Hash("x"u8)).Format());
        Assert.AreEqual(409, scene.Ask(new AddCheckpointRequest(0, [], other)).Status);
        scene.TimeOf(scene.Ask(log.Request(0, 0)), log.Sign(0));
        scene.TimeOf(scene.Ask(log.Request(0, 3)), log.Sign(3));
    }

    [TestMethod]
    public async Task AddCheckpoint_WhatTheSpecificationRefuses_HasItsStatus()
    {
        await using WitnessScene scene = new();
        using GrowingLog log = new();
        using GrowingLog unknown = new("log.example/unknown");
        using GrowingLog otherKey = new(log.Origin, seed: 2);
        scene.Folder.AddLog(log.Origin, log.Key);

        AssertAnswer(scene.Service.AddCheckpoint("nonsense"u8), 400, "old size");
        AssertAnswer(scene.Service.AddCheckpoint(new byte[AddCheckpointRequest.MaxBytes + 1]), 400, "at most 65536 bytes");
        AssertAnswer(scene.Ask(unknown.Request(0, 3)), 404, "origin");
        AssertAnswer(scene.Ask(otherKey.Request(0, 3)), 403, "not signed");
        AssertAnswer(scene.Ask(log.Request(4, 3)), 400, "old size");
        AssertConflict(scene.Ask(log.Request(2, 3)), 0);
        AssertAnswer(scene.Ask(log.Request(0, 3) with { Path = [Bytes32.Zero] }), 422, "proof");

        scene.TimeOf(scene.Ask(log.Request(0, 6)), log.Sign(6));
        AssertConflict(scene.Ask(log.Request(0, 8)), 6);
        AssertConflict(scene.Ask(log.Request(5, 8)), 6);
        AssertAnswer(scene.Ask(log.Request(6, 8) with { Path = [] }), 422, "proof");
        AssertAnswer(scene.Ask(log.Request(6, 8) with { Path = [.. GrowingLog.Proof(6, 8), Bytes32.Zero] }), 422, "proof");
        AssertAnswer(scene.Ask(log.Request(6, 6) with { Path = [Bytes32.Zero] }), 422, "proof");

        // A log with another history from leaf 5 on.
        AssertAnswer(scene.Ask(log.Request(6, 8, history: 1)), 422, "proof");
        AssertAnswer(scene.Ask(log.Request(6, 8) with { Note = log.Sign(8, history: 1) }), 422, "proof");
        Assert.IsFalse(scene.Folder.HasFork(log.Origin));
        AssertConflict(scene.Ask(log.Request(6, 6, history: 1)), 6);
        Assert.IsTrue(scene.Folder.HasFork(log.Origin));

        // None of it did any harm.
        scene.TimeOf(scene.Ask(log.Request(6, 8)), log.Sign(8));
    }

    [TestMethod]
    public async Task AddCheckpoint_ForksOfALogThatGoesOn_AreProvenByWhatIsKept()
    {
        await using WitnessScene scene = new();
        using GrowingLog log = new();
        scene.Folder.AddLog(log.Origin, log.Key);
        ulong old = 0;
        foreach (ulong size in (ulong[])[6, 7, 20])
        {
            scene.TimeOf(scene.Ask(log.Request(old, size)), log.Sign(size));

            // A third tree of the size proves no more, and takes the place of none.
            AssertConflict(scene.Ask(log.Request(size, size, history: 1)), size);
            AssertConflict(scene.Ask(log.Request(size, size, history: 2)), size);
            scene.Restart();
            old = size;
        }

        scene.TimeOf(scene.Ask(log.Request(old, 21)), log.Sign(21));
        foreach (ulong size in (ulong[])[6, 7, 20])
        {
            // Two notes with an empty line between them: what a log's lines end with, and what the next note begins with.
            string kept = File.ReadAllText(scene.ForkFile(size));
            int second = kept.IndexOf($"\n\n{log.Origin}\n", StringComparison.Ordinal);
            Assert.AreEqual(log.Checkpoint(size), CheckpointOf(kept[..(second + 1)], log.Key, scene.Key));
            Assert.AreEqual(log.Checkpoint(size, history: 1), CheckpointOf(kept[(second + 2)..], log.Key, null));
        }

        // A log that forks without end does not fill the disk.
        for (old = 21; old < 40; old++)
        {
            AssertConflict(scene.Ask(log.Request(old, old, history: 1)), old);
            scene.TimeOf(scene.Ask(log.Request(old, old + 1)), log.Sign(old + 1));
        }

        Assert.HasCount(8, Directory.GetFiles(Path.GetDirectoryName(scene.StateFile)!, "*.fork"));
    }

    [TestMethod]
    public async Task AddCheckpoint_ForkThatCannotBeKept_IsAnsweredByNobody()
    {
        await using WitnessScene scene = new();
        using GrowingLog log = new();
        scene.Folder.AddLog(log.Origin, log.Key);
        scene.Ask(log.Request(0, 6));

        // A folder where the file is to be made: what a crash in the middle of it leaves is no proof, and counts as none.
        string blocked = scene.ForkFile(6) + ".new";
        Directory.CreateDirectory(blocked);
        Exception thrown = Assert.Throws<Exception>(() => scene.Ask(log.Request(6, 6, history: 1)));
        Assert.IsTrue(thrown is IOException or UnauthorizedAccessException, thrown.ToString());
        Assert.IsFalse(scene.Folder.HasFork(log.Origin));

        Directory.Delete(blocked);
        File.WriteAllText(blocked, log.Origin);
        Assert.IsFalse(scene.Folder.HasFork(log.Origin));
        AssertConflict(scene.Ask(log.Request(6, 6, history: 1)), 6);
        Assert.IsTrue(scene.Folder.HasFork(log.Origin));
    }

    [TestMethod]
    public async Task AddCheckpoint_ExtensionLinesOrAlteredSignature_IsRefused()
    {
        await using WitnessScene scene = new();
        using GrowingLog log = new();
        scene.Folder.AddLog(log.Origin, log.Key);
        string request = Encoding.UTF8.GetString(log.Request(0, 3).Format());

        using NoteSigner signer = new(log.Origin, Sha256.Hash([1]).AsSpan());
        SignedNote extended = signer.Sign(log.Checkpoint(3).Format() + "extension\n");
        AssertAnswer(scene.Ask(new AddCheckpointRequest(0, [], extended)), 400, "after the root hash");
        for (int i = 6; i < request.Length; i++)
        {
            string changed = request[..i] + (request[i] == 'x' ? 'y' : 'x') + request[(i + 1)..];
            WitnessAnswer answer = scene.Service.AddCheckpoint(Encoding.UTF8.GetBytes(changed));
            Assert.AreNotEqual(200, answer.Status, $"character {i}");
        }

        // Lines of others are ignored, not kept.
        using GrowingLog other = new("other", seed: 9);
        AddCheckpointRequest more = log.Request(0, 3) with { Note = log.Sign(3).With(other.Sign(3).Signatures) };
        scene.TimeOf(scene.Ask(more), log.Sign(3));
        Assert.DoesNotContain("\u2014 other", File.ReadAllText(scene.StateFile));
    }

    [TestMethod]
    public async Task AddCheckpoint_SameCheckpointAgain_SaysNothingElse()
    {
        await using WitnessScene scene = new();
        using GrowingLog log = new();
        scene.Folder.AddLog(log.Origin, log.Key);
        WitnessAnswer first = scene.Ask(log.Request(0, 3));

        // The answer was lost: the log is told the size, asks from there, and in the same second gets the same line.
        AssertConflict(scene.Ask(log.Request(0, 3)), 3);
        Assert.AreEqual(WitnessScene.Text(first), WitnessScene.Text(scene.Ask(log.Request(3, 3))));

        scene.Clock.Advance(TimeSpan.FromSeconds(5));
        ulong later = scene.TimeOf(scene.Ask(log.Request(3, 3)), log.Sign(3));
        Assert.AreEqual(scene.TimeOf(first, log.Sign(3)) + 5, later);

        // A clock that goes back takes no time of a cosignature back.
        scene.Clock.Advance(TimeSpan.FromSeconds(-1000));
        Assert.AreEqual(later, scene.TimeOf(scene.Ask(log.Request(3, 3)), log.Sign(3)));
        Assert.AreEqual(later, scene.TimeOf(scene.Ask(log.Request(3, 9)), log.Sign(9)));
    }

    [TestMethod]
    public async Task AddCheckpoint_ManyAtOnceFromOneSize_OneIsCosigned()
    {
        await using WitnessScene scene = new();
        using GrowingLog log = new();
        scene.Folder.AddLog(log.Origin, log.Key);
        scene.Ask(log.Request(0, 4));
        byte[][] requests = [.. Enumerable.Range(5, 24).Select(size => log.Request(4, (ulong)size, size % 2).Format())];

        WitnessAnswer[] answers = new WitnessAnswer[requests.Length];
        WitnessService service = scene.Service;
        Parallel.For(0, requests.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => answers[i] = service.AddCheckpoint(requests[i]));

        int winner = Array.FindIndex(answers, answer => answer.Status == 200);
        Assert.ContainsSingle(answer => answer.Status == 200, answers);
        Assert.AreEqual((ulong)winner + 5, scene.Folder.FindCosigned(log.Origin)!.Value.TreeSize);
        foreach (WitnessAnswer answer in answers.Where((_, i) => i != winner))
        {
            AssertConflict(answer, (ulong)winner + 5);
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public async Task AddCheckpoint_LogThatLiesAtRandomAndKillsAtRandom_GetsOneChainCosigned(int seed)
    {
        await using WitnessScene scene = new();
        using GrowingLog log = new();
        scene.Folder.AddLog(log.Origin, log.Key);
        Random random = new(seed);
        Dictionary<ulong, Bytes32> cosigned = [];
        ulong largest = 0;
        ulong newest = 0;
        int histories = 0;
        for (int i = 0; i < 400; i++)
        {
            ulong old = random.Next(3) == 0 ? (ulong)random.Next(40) : largest;
            ulong size = largest + (ulong)random.Next(3);
            int history = random.Next(3);
            AddCheckpointRequest request = log.Request(old, size, history);
            if (random.Next(4) == 0)
            {
                request = request with { Path = GrowingLog.Proof(old, size, random.Next(3)) };
            }

            scene.Clock.Advance(TimeSpan.FromSeconds(random.Next(-3, 5)));
            WitnessAnswer answer = scene.Ask(request);
            if (answer.Status == 200)
            {
                ulong time = scene.TimeOf(answer, request.Note);
                Assert.IsGreaterThanOrEqualTo(newest, time, "The time goes back.");
                Assert.IsGreaterThanOrEqualTo(largest, size, "The tree shrinks.");
                Bytes32 root = log.Checkpoint(size, history).RootHash;
                Assert.AreEqual(root, cosigned.GetValueOrDefault(size, root), "Two trees of one size.");
                (newest, largest) = (time, size);
                cosigned[size] = root;
                histories |= size > 5 ? 1 << history : 0;
            }

            if (random.Next(10) == 0)
            {
                scene.Restart();
            }
        }

        Assert.IsGreaterThan(20UL, largest);
        Assert.IsTrue(int.IsPow2(histories), "More than one history was cosigned.");
    }

    [TestMethod]
    public async Task AddCheckpoint_KilledAtEachLine_GoesOnWhereTheStateIs()
    {
        await using WitnessScene scene = new();
        using GrowingLog log = new();
        scene.Folder.AddLog(log.Origin, log.Key);
        scene.Ask(log.Request(0, 3));
        byte[] before = File.ReadAllBytes(scene.StateFile);

        // In the middle of writing the new state: the old one counts, whatever the half of the new one holds.
        scene.Restart();
        File.WriteAllBytes(scene.StateFile + ".new", before[..10]);
        AssertConflict(scene.Ask(log.Request(0, 7)), 3);
        WitnessAnswer answer = scene.Ask(log.Request(3, 7));
        scene.TimeOf(answer, log.Sign(7));

        // After it has its name, before the answer left: the new one counts, and the same line is had again.
        scene.Restart();
        AssertConflict(scene.Ask(log.Request(3, 7)), 7);
        AssertConflict(scene.Ask(log.Request(3, 7, history: 1)), 7);
        Assert.AreEqual(WitnessScene.Text(answer), WitnessScene.Text(scene.Ask(log.Request(7, 7))));

        // Right after 'init': no log, no state.
        await using WitnessScene fresh = new("other");
        AssertAnswer(fresh.Ask(log.Request(0, 7)), 404, "origin");
    }

    [TestMethod]
    public async Task AddCheckpoint_StateThatCannotBeWritten_IsAnsweredByNobody()
    {
        await using WitnessScene scene = new();
        using GrowingLog log = new();
        scene.Folder.AddLog(log.Origin, log.Key);
        scene.Ask(log.Request(0, 3));

        // A folder where the file is to be made.
        string blocked = scene.StateFile + ".new";
        Directory.CreateDirectory(blocked);
        Exception thrown = Assert.Throws<Exception>(() => scene.Ask(log.Request(3, 7)));
        Assert.IsTrue(thrown is IOException or UnauthorizedAccessException, thrown.ToString());

        Assert.AreEqual(3UL, scene.Folder.FindCosigned(log.Origin)!.Value.TreeSize);
        Directory.Delete(blocked);
        scene.TimeOf(scene.Ask(log.Request(3, 6, history: 1)), log.Sign(6, history: 1));
    }

    [TestMethod]
    public async Task AddCheckpoint_AlteredState_IsNeverGoneOnFrom()
    {
        await using WitnessScene scene = new();
        using GrowingLog log = new();
        scene.Folder.AddLog(log.Origin, log.Key);
        scene.Ask(log.Request(0, 6));
        byte[] state = File.ReadAllBytes(scene.StateFile);
        int survived = 0;
        for (int i = 0; i < state.Length; i++)
        {
            byte[] changed = [.. state];
            changed[i] ^= 1;
            File.WriteAllBytes(scene.StateFile, changed);
            if (TryAsk(scene, log.Request(0, 7, history: 1), out WitnessAnswer? answer))
            {
                // The log's own line is its evidence, not the witness's: what counts is what the witness signed.
                AssertConflict(answer, 6);
                survived++;
            }
        }

        Assert.IsLessThan(state.Length / 2, survived);

        // A state that the log's operator makes up: signed by the log, and by a witness of another key.
        await using WitnessScene other = new();
        other.Folder.AddLog(log.Origin, log.Key);
        other.Ask(log.Request(0, 4, history: 1));
        File.Copy(other.StateFile, scene.StateFile, overwrite: true);
        Assert.ThrowsExactly<LogIntegrityException>(() => scene.Ask(log.Request(4, 6, history: 1)));
    }

    [TestMethod]
    public async Task Open_SecondProcess_IsRefused()
    {
        await using WitnessScene scene = new();
        Assert.AreEqual(scene.Key, scene.Service.Key);

        WorkspaceException refused = Assert.ThrowsExactly<WorkspaceException>(() => WitnessService.Open(WitnessFolder.Open(scene.Folder.Path), WitnessScene.Password, scene.Clock));
        Assert.Contains("witness run", refused.Message);

        scene.Restart();
        Assert.ThrowsExactly<WorkspaceException>(() => WitnessService.Open(scene.Folder, "another password", scene.Clock));
        Assert.AreEqual(scene.Key, scene.Service.Key);
    }

    [TestMethod]
    public async Task AddLog_WhileItRuns_IsTakenUpAndKeysMayChangeOver()
    {
        await using WitnessScene scene = new();
        using GrowingLog log = new();
        using GrowingLog rotated = new(log.Origin, seed: 2);
        AssertAnswer(scene.Ask(log.Request(0, 3)), 404, "origin");

        WitnessFolder elsewhere = WitnessFolder.Open(scene.Folder.Path);
        elsewhere.AddLog(log.Origin, log.Key);
        elsewhere.AddLog(log.Origin, log.Key);
        scene.TimeOf(scene.Ask(log.Request(0, 3)), log.Sign(3));
        AssertAnswer(scene.Ask(rotated.Request(3, 5)), 403, "not signed");
        Assert.HasCount(2, elsewhere.AddLog(log.Origin, rotated.Key).Keys);
        scene.TimeOf(scene.Ask(rotated.Request(3, 5)), rotated.Sign(5));
        scene.TimeOf(scene.Ask(log.Request(5, 6)), log.Sign(6));
        Assert.HasCount(2, scene.Folder.ReadConfig().Logs.Single().Keys);
    }

    [TestMethod]
    public async Task Logs_OfDifferentOrigins_AreApart()
    {
        await using WitnessScene scene = new();
        using GrowingLog first = new("a/../b\u6587", seed: 1);
        using GrowingLog second = new("A/../b", seed: 1);
        scene.Folder.AddLog(second.Origin, second.Key);
        Assert.ThrowsExactly<ArgumentException>(() => scene.Folder.AddLog("two\nlines", second.Key));

        scene.TimeOf(scene.Ask(second.Request(0, 3)), second.Sign(3));
        AssertAnswer(scene.Ask(second.Request(0, 3) with { Note = first.Sign(4) }), 404, "origin");
        Assert.IsNull(scene.Folder.FindCosigned("a"));
    }

    [TestMethod]
    public async Task Create_FolderInUse_IsRefused()
    {
        await using WitnessScene scene = new();
        using System.Security.Cryptography.RandomNumberGenerator random = System.Security.Cryptography.RandomNumberGenerator.Create();

        Assert.ThrowsExactly<WorkspaceException>(() => WitnessFolder.Create(scene.Folder.Path, "w", "p", new ScryptCost(2, 1, 1), random));
        File.Delete(Path.Combine(scene.Folder.Path, "witness.json"));
        Assert.ThrowsExactly<WorkspaceException>(() => WitnessFolder.Open(scene.Folder.Path));
        Assert.ThrowsExactly<WorkspaceException>(() => WitnessFolder.Create(scene.Folder.Path, "w", "p", new ScryptCost(2, 1, 1), random));
    }

    // As anybody reads it who has the log's key, and for what was cosigned the witness's.
    private static Checkpoint CheckpointOf(string text, NoteVerifierKey log, WitnessKey? witness)
    {
        Assert.IsTrue(SignedNote.TryParse(Encoding.UTF8.GetBytes(text), out SignedNote? note, out ParseProblem? problem), problem?.ToString());
        Assert.AreEqual(NoteFailure.None, note.Verify(log));
        Assert.HasCount(witness is null ? 1 : 2, note.Signatures);
        Assert.IsTrue(witness is null || witness.Verify(note.Text, note.Signatures[^1]));
        Assert.IsTrue(Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out _));
        return checkpoint;
    }

    private static bool TryAsk(WitnessScene scene, AddCheckpointRequest request, [NotNullWhen(true)] out WitnessAnswer? answer)
    {
        try
        {
            answer = scene.Ask(request);
            return true;
        }
        catch (LogIntegrityException)
        {
            answer = null;
            return false;
        }
    }

    private static void AssertAnswer(WitnessAnswer answer, int status, string part)
    {
        Assert.AreEqual(status, answer.Status, WitnessScene.Text(answer));
        Assert.Contains(part, WitnessScene.Text(answer));
        Assert.AreEqual("text/plain; charset=utf-8", answer.ContentType);
    }

    private static void AssertConflict(WitnessAnswer answer, ulong size)
    {
        Assert.AreEqual(409, answer.Status, WitnessScene.Text(answer));
        Assert.AreEqual("text/x.tlog.size", answer.ContentType);
        Assert.AreEqual($"{size}\n", WitnessScene.Text(answer));
    }
}
