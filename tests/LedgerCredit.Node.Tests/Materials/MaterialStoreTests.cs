using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.Materials;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests.Materials;

/// <summary>Keeping and deleting: what is told to be kept is there whole, what is told to be deleted is gone, and what a crash leaves goes.</summary>
[TestClass]
public sealed class MaterialStoreTests
{
    private const int Chunk = 65536;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Add_TheSameFileTwice_IsThereOnce()
    {
        using MaterialScene scene = new();
        byte[] content = MaterialScene.Pdf(1000);
        StoredMaterial first = await scene.KeepAsync(content);

        MaterialOutcome again = await scene.AddAsync(content);
        MaterialOutcome bySalt = await scene.AddAsync(content, MaterialScene.Upload(salt: first.Salt));
        StoredMaterial otherSalt = await scene.KeepAsync(content, MaterialScene.Upload(salt: Bytes32.FromUInt64(5)));
        StoredMaterial otherKind = await scene.KeepAsync(content, MaterialScene.Upload(kind: 7));
        StoredMaterial otherOrganisation = await scene.KeepAsync(content, MaterialScene.Upload() with { Organisation = MaterialScene.Sanction });

        Assert.AreEqual((MaterialResult.AlreadyThere, first.Id), (again.Result, again.Material!.Id));
        Assert.AreEqual((MaterialResult.AlreadyThere, first.Id), (bySalt.Result, bySalt.Material!.Id));
        Assert.AreEqual(Bytes32.FromUInt64(5), otherSalt.Salt);
        Assert.AreEqual(MaterialHash.Digest(otherSalt.Salt, Sha256.Hash(content)), MaterialCases.OnLedger(otherSalt).Digest);
        Assert.HasCount(4, scene.Files);
        Assert.HasCount(4, new HashSet<string> { first.Id, otherSalt.Id, otherKind.Id, otherOrganisation.Id });
    }

    [TestMethod]
    public async Task Add_AgainAfterItsFileWasLost_KeepsItAnew()
    {
        using MaterialScene scene = new();
        byte[] content = MaterialScene.Pdf(1000);
        StoredMaterial lost = await scene.KeepAsync(content);
        File.Delete(scene.PathOf(lost));

        StoredMaterial anew = await scene.KeepAsync(content);

        Assert.AreEqual(lost.Salt, anew.Salt);
        Assert.AreSequenceEqual(content, await scene.ReadAsync(anew));
        Assert.IsNull(scene.Find(lost.Id));
    }

    [TestMethod]
    public async Task Add_WhatIsNotTaken_LeavesNothing()
    {
        using MaterialScene scene = new(new MaterialLimits { MaxFileBytes = 2 * Chunk });

        Assert.AreEqual(MaterialResult.Empty, (await scene.AddAsync([])).Result);
        Assert.AreEqual(MaterialResult.OtherContent, (await scene.AddAsync([1, 2, 3, 4, 5, 6])).Result);
        Assert.AreEqual(MaterialResult.OtherContent, (await scene.AddAsync(MaterialScene.Pdf(50), MaterialScene.Upload() with { Type = ContentType.Png })).Result);
        Assert.AreEqual(MaterialResult.TooLarge, (await scene.AddAsync(MaterialScene.Pdf((2 * Chunk) + 1))).Result);
        Assert.IsEmpty(scene.Files);

        await scene.KeepAsync(MaterialScene.Pdf(2 * Chunk));
        Assert.HasCount(1, scene.Files);
    }

    [TestMethod]
    public async Task Add_BeyondTheLimits_IsRefusedAndLeavesNothing()
    {
        using MaterialScene scene = new(new MaterialLimits { MaxPerSanction = 2, MaxBytesPerSanction = 1000, MaxBytesPerOrganisation = 1500 });
        await scene.KeepAsync(MaterialScene.Pdf(600));
        Assert.AreEqual(MaterialResult.SanctionIsFull, (await scene.AddAsync(MaterialScene.Pdf(401, 1))).Result);
        await scene.KeepAsync(MaterialScene.Pdf(400, 2));
        Assert.AreEqual(MaterialResult.SanctionIsFull, (await scene.AddAsync(MaterialScene.Pdf(10, 3))).Result);

        MaterialUpload elsewhere = MaterialScene.Upload() with { Sanction = Bytes32.FromUInt64(99) };
        Assert.AreEqual(MaterialResult.OrganisationIsFull, (await scene.AddAsync(MaterialScene.Pdf(501, 4), elsewhere)).Result);
        await scene.KeepAsync(MaterialScene.Pdf(500, 5), elsewhere);
        await scene.KeepAsync(MaterialScene.Pdf(500, 6), MaterialScene.Upload() with { Organisation = Bytes32.FromUInt64(98) });

        Assert.HasCount(4, scene.Files);
    }

    [TestMethod]
    public async Task Add_TooManyAtOnce_IsRefusedUntilOneHasEnded()
    {
        using MaterialScene scene = new(new MaterialLimits { MaxUploadsPerOrganisation = 1, MaxUploads = 2 });
        MaterialUpload other = MaterialScene.Upload() with { Organisation = Bytes32.FromUInt64(50) };
        using GatedStream first = new(MaterialScene.Pdf(1000, 1));
        using GatedStream second = new(MaterialScene.Pdf(1000, 2));
        Task<MaterialOutcome> one = scene.Materials.AddAsync(MaterialScene.Upload(), first, Token);
        Assert.AreEqual(MaterialResult.TooManyAtOnce, (await scene.AddAsync(MaterialScene.Pdf(10))).Result);
        Task<MaterialOutcome> two = scene.Materials.AddAsync(other, second, Token);
        Assert.AreEqual(MaterialResult.TooManyAtOnce, (await scene.AddAsync(MaterialScene.Pdf(10), MaterialScene.Upload() with { Organisation = Bytes32.FromUInt64(51) })).Result);

        first.Open();
        Assert.AreEqual(MaterialResult.Added, (await one).Result);
        await scene.KeepAsync(MaterialScene.Pdf(10));
        second.Open();
        Assert.AreEqual(MaterialResult.Added, (await two).Result);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(100)]
    [DataRow(3 * Chunk)]
    public async Task Add_CutInTheMiddle_LeavesNothing(int after)
    {
        using MaterialScene scene = new();
        using BrokenStream content = new(MaterialScene.Pdf(4 * Chunk), after);

        await Assert.ThrowsExactlyAsync<EndOfStreamException>(() => scene.Materials.AddAsync(MaterialScene.Upload(), content, Token));

        Assert.IsEmpty(scene.Files);
        using Store store = scene.Test.Workspace.OpenStore(StoreAccess.Read);
        Assert.IsFalse(store.Materials.Any());
        await scene.KeepAsync(MaterialScene.Pdf(4 * Chunk));
    }

    [TestMethod]
    public async Task Delete_OneOfTwo_LeavesNoByteOfItsKeyAndNoFile()
    {
        using MaterialScene scene = new();
        StoredMaterial gone = await scene.KeepAsync(MaterialScene.Pdf(1000));
        byte[] other = MaterialScene.Pdf(1000, 1);
        StoredMaterial stays = await scene.KeepAsync(other);
        Assert.IsTrue(IsInAnyFile(scene, gone.WrappedKey.AsSpan(12).ToArray()));

        Assert.IsFalse(scene.Materials.TryDelete(gone.Id, (_, _) => false));
        Assert.IsNotNull(scene.Find(gone.Id));
        Assert.IsTrue(scene.Materials.TryDelete(gone.Id, (_, material) => material.Id == gone.Id));
        Assert.IsFalse(scene.Materials.TryDelete(gone.Id, (_, _) => true));

        Assert.IsNull(scene.Find(gone.Id));
        Assert.AreSequenceEqual([stays.Id + ".bin"], scene.Files);
        Assert.IsFalse(IsInAnyFile(scene, gone.WrappedKey.AsSpan(12).ToArray()));
        Assert.AreSequenceEqual(other, await scene.ReadAsync(stays));
    }

    [TestMethod]
    public async Task Delete_WhileItIsRead_LetsTheReaderEnd()
    {
        using MaterialScene scene = new();
        byte[] content = MaterialScene.Pdf(3 * Chunk);
        StoredMaterial material = await scene.KeepAsync(content);
        using MaterialReader reader = scene.Materials.OpenRead(material);
        using MemoryStream read = new();
        read.Write((await reader.ReadAsync(Token)).Span);

        Assert.IsTrue(scene.Materials.TryDelete(material.Id, (_, _) => true));
        await MaterialScene.CopyAsync(reader, read);

        Assert.AreSequenceEqual(content, read.ToArray());
    }

    // Each state that a kill leaves: an unfinished file; a whole one without its row; one whose row was deleted; and between them one that is kept.
    [TestMethod]
    public async Task Sweep_WhatKillsBetweenStepsLeave_IsRemovedAndNothingElse()
    {
        using MaterialScene scene = new();
        byte[] content = MaterialScene.Pdf(1000);
        StoredMaterial kept = await scene.KeepAsync(content);
        StoredMaterial withoutRow = await scene.KeepAsync(MaterialScene.Pdf(1000, 1));
        using (StoreFile file = scene.OpenFile())
        {
            file.Execute("DELETE FROM repair_material WHERE id = @0", withoutRow.Id);
        }

        string unfinished = Path.Combine(scene.Folder, new string('e', 32) + ".bin.new");
        string unfinishedOfKept = Path.Combine(scene.Folder, kept.Id + ".bin.new");
        string foreign = Path.Combine(scene.Folder, "notes.txt");
        foreach (string path in (string[])[unfinished, unfinishedOfKept, foreign])
        {
            await File.WriteAllBytesAsync(path, content.AsMemory(0, 500), Token);
        }

        // Young, they may be of uploads that another process takes.
        SetAge(scene, TimeSpan.FromMinutes(59));
        Assert.IsEmpty(scene.Materials.Sweep(new MaterialRetention(), Token));
        Assert.HasCount(5, scene.Files);

        SetAge(scene, TimeSpan.FromMinutes(61));
        Assert.IsEmpty(scene.Materials.Sweep(new MaterialRetention(), Token));
        Assert.AreSequenceEqual((string[])[kept.Id + ".bin", "notes.txt"], scene.Files);
        Assert.AreSequenceEqual(content, await scene.ReadAsync(kept));
    }

    [TestMethod]
    public async Task Sweep_WhileAFileIsTaken_LeavesItAlone()
    {
        using MaterialScene scene = new();
        byte[] content = MaterialScene.Pdf(1000);
        using GatedStream gated = new(content);
        Task<MaterialOutcome> adding = scene.Materials.AddAsync(MaterialScene.Upload(), gated, Token);
        Assert.HasCount(1, scene.Files);

        scene.Materials.Sweep(new MaterialRetention(), Token);
        gated.Open();

        Assert.AreSequenceEqual(content, await scene.ReadAsync((await adding).Material!));
    }

    [TestMethod]
    public async Task Sweep_OfDrafts_RemovesThoseWhoseTimeIsOverWhereTheLedgerIsKnown()
    {
        using MaterialScene scene = new();
        StoredMaterial old = await scene.KeepAsync(MaterialScene.Pdf(1000));
        scene.Clock.Advance(TimeSpan.FromDays(1));
        StoredMaterial young = await scene.KeepAsync(MaterialScene.Pdf(1000, 1));
        scene.Clock.Advance(TimeSpan.FromDays(89));

        // A ledger that was never read, or not for long, might have a case of it.
        Assert.IsEmpty(scene.Materials.Sweep(new MaterialRetention(), Token));
        ReadLedger(scene, scene.Clock.GetUtcNow() - TimeSpan.FromDays(2));
        Assert.IsEmpty(scene.Materials.Sweep(new MaterialRetention(), Token));
        ReadLedger(scene, scene.Clock.GetUtcNow());

        Assert.AreSequenceEqual([old.Id], scene.Materials.Sweep(new MaterialRetention(), Token));
        Assert.IsNull(scene.Find(old.Id));
        Assert.IsNotNull(scene.Find(young.Id));
        Assert.AreSequenceEqual([young.Id + ".bin"], scene.Files);
    }

    [TestMethod]
    public async Task Audit_OfKeptMaterials_NamesEachThatIsNotAsItWas()
    {
        using MaterialScene scene = new();
        StoredMaterial[] materials = [.. await Task.WhenAll(Enumerable.Range(0, 1).Select(i => scene.KeepAsync(MaterialScene.Pdf(Chunk + i, i)))), await scene.KeepAsync(MaterialScene.Pdf(Chunk, 9)), await scene.KeepAsync(MaterialScene.Pdf(Chunk, 10)), await scene.KeepAsync(MaterialScene.Pdf(20, 11))];
        Assert.IsEmpty((await scene.Test.AuditAsync(Token)).Findings);

        File.Delete(scene.PathOf(materials[0]));
        byte[] file = await File.ReadAllBytesAsync(scene.PathOf(materials[1]), Token);
        file[5000] ^= 1;
        await File.WriteAllBytesAsync(scene.PathOf(materials[1]), file, Token);
        await File.WriteAllBytesAsync(scene.PathOf(materials[2]), file.AsMemory(0, 600), Token);
        using (StoreFile store = scene.OpenFile())
        {
            store.Execute("UPDATE repair_material SET kind = 1 WHERE id = @0", materials[3].Id);
        }

        AuditReport report = await scene.Test.AuditAsync(Token);

        Assert.AreEqual(AuditVerdict.Diverges, report.Verdict);
        Assert.AreSequenceEqual(["material-missing", "material-altered", "material-altered", "material-altered"], report.Findings.Select(finding => finding.Code));
        for (int i = 0; i < materials.Length; i++)
        {
            Assert.Contains(materials[i].Id, report.Findings[i].Message);
        }

        // Without the key: only what the size of files says.
        AuditReport withoutKey = await LogAudit.RunAsync(
            scene.Test.Workspace, Evidence.RulePackCatalog.Shipped, new AuditKeys(scene.Test.SubjectKey, MaterialKey: null), session: null, "no ledger", progress: null, Token);
        Assert.HasCount(2, withoutKey.Findings);
        Assert.IsTrue(withoutKey.Findings.All(finding => finding.Code == "material-missing"));
    }

    [TestMethod]
    public async Task Key_ThatIsMissingThoughMaterialsAreKept_IsNotMadeAnew()
    {
        using MaterialScene scene = new();
        Assert.AreEqual(scene.Key, MaterialKey.Ensure(scene.Test.Workspace, scene.Test.Keys));
        await scene.KeepAsync(MaterialScene.Pdf(10));
        string path = Path.Combine(scene.Test.Workspace.KeysFolder, "material-node.json");
        string text = await File.ReadAllTextAsync(path, Token);
        int digit = text.IndexOf("\"secret\": \"0x", StringComparison.Ordinal) + 15;
        await File.WriteAllTextAsync(path, text[..digit] + (text[digit] == '0' ? '1' : '0') + text[(digit + 1)..], Token);
        Assert.Contains("altered", Assert.ThrowsExactly<WorkspaceException>(() => MaterialKey.Ensure(scene.Test.Workspace, scene.Test.Keys)).Message);
        File.Delete(path);

        WorkspaceException refused = Assert.ThrowsExactly<WorkspaceException>(() => MaterialKey.Ensure(scene.Test.Workspace, scene.Test.Keys));

        Assert.Contains("backup", refused.Message);
        Assert.IsFalse(File.Exists(path));
    }

    [TestMethod]
    [DoNotParallelize]
    public async Task AddAndRead_AHundredMegabytes_AllocateNextToNothing()
    {
        using MaterialScene scene = new(new MaterialLimits { MaxFileBytes = 100_000_000 });
        using EndlessStream content = new(100_000_000);
        long before = GC.GetTotalAllocatedBytes(precise: true);

        MaterialOutcome outcome = await scene.Materials.AddAsync(MaterialScene.Upload(), content, Token);
        using (MaterialReader reader = scene.Materials.OpenRead(outcome.Material!))
        {
            await MaterialScene.CopyAsync(reader, Stream.Null);
        }

        Assert.AreEqual(MaterialResult.Added, outcome.Result);
        Assert.IsLessThan(8_000_000L, GC.GetTotalAllocatedBytes(precise: true) - before);
    }

    private static void SetAge(MaterialScene scene, TimeSpan age)
    {
        foreach (string name in scene.Files)
        {
            File.SetLastWriteTimeUtc(Path.Combine(scene.Folder, name), (scene.Clock.GetUtcNow() - age).UtcDateTime);
        }
    }

    private static void ReadLedger(MaterialScene scene, DateTimeOffset blockTime)
    {
        using Store store = scene.Test.OpenStore();
        store.LedgerPositions.Add(new IndexPosition(1 + (ulong)(store.LedgerPositions.FindLatest()?.BlockNumber ?? 0), Bytes32.FromUInt64(1), (ulong)blockTime.ToUnixTimeSeconds()));
    }

    private static bool IsInAnyFile(MaterialScene scene, byte[] bytes) =>
        Directory.EnumerateFiles(scene.Test.Workspace.Folder, "*", SearchOption.AllDirectories).Any(path =>
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using MemoryStream content = new();
            file.CopyTo(content);
            return content.ToArray().AsSpan().IndexOf(bytes) >= 0;
        });
}
