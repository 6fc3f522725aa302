using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.Materials;
using LedgerCredit.Node.Tests.Materials;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests.Backups;

/// <summary>A backup has the materials with their keys, each of them or the row neither.</summary>
[TestClass]
public sealed class MaterialBackupTests
{
    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Restore_OfABackupWithMaterials_CanReadThem()
    {
        using MaterialScene scene = new();
        using TestFolder folder = new();
        byte[] content = MaterialScene.Pdf(200_000);
        StoredMaterial material = await scene.KeepAsync(content);
        await File.WriteAllBytesAsync(scene.PathOf(material) + ".new", content.AsMemory(0, 100), Token);

        WorkspaceBackupSummary made = await WorkspaceBackup.CreateAsync(scene.Test.Workspace, folder.File("backup.tar"), TimeProvider.System, progress: null, Token);
        Restore(folder);

        // An upload that was under way is no part of it.
        Assert.IsEmpty(made.LeftOut);
        using TestWorkspace restored = TestWorkspace.OpenAt(folder.File("restored"));
        Assert.AreSequenceEqual([material.Id + ".bin"], Directory.EnumerateFiles(restored.Workspace.MaterialsFolder).Select(path => Path.GetFileName(path)));
        MaterialStore materials = new(restored.Workspace, new MaterialKey(MaterialKey.Ensure(restored.Workspace, restored.Keys)), new MaterialLimits(), scene.Clock);
        using MaterialReader reader = materials.OpenRead(material);
        using MemoryStream read = new();
        await MaterialScene.CopyAsync(reader, read);
        Assert.AreSequenceEqual(content, read.ToArray());
        AuditReport report = await restored.AuditAsync(session: null, Token);
        Assert.IsEmpty(report.Findings, TestWorkspace.Describe(report));
    }

    // What is deleted while a backup is made: its row is in the copy already, so its file has to be there as well. Here the key is gone at once.
    [TestMethod]
    public async Task Delete_WhileABackupHoldsTheFiles_TakesTheKeyAtOnceAndTheFileLater()
    {
        using MaterialScene scene = new();
        StoredMaterial material = await scene.KeepAsync(MaterialScene.Pdf(1000));
        using (FileStream? held = MaterialFolder.TryHold(scene.Test.Workspace))
        {
            Assert.IsNotNull(held);
            Assert.IsTrue(scene.Materials.TryDelete(material.Id, (_, _) => true));

            Assert.IsNull(scene.Find(material.Id));
            Assert.IsTrue(File.Exists(scene.PathOf(material)));
            File.SetLastWriteTimeUtc(scene.PathOf(material), scene.Clock.GetUtcNow().UtcDateTime.AddDays(-1));
            scene.Materials.Sweep(new MaterialRetention(), Token);
            Assert.IsTrue(File.Exists(scene.PathOf(material)));
        }

        scene.Materials.Sweep(new MaterialRetention(), Token);

        Assert.IsFalse(File.Exists(scene.PathOf(material)));
    }

    // It may be in the copy of the store and deleted again, with nobody there who held its file.
    [TestMethod]
    public async Task Create_FirstMaterialOfAllComesMeanwhile_IsOfAMomentWithTheFilesHeld()
    {
        using MaterialScene scene = new();
        using TestFolder folder = new();
        MaterialsAtTheFirstLook clock = new(scene.Test.Workspace);

        await WorkspaceBackup.CreateAsync(scene.Test.Workspace, folder.File("backup.tar"), clock, progress: null, Token);

        Assert.AreSequenceEqual((bool[])[false, true], clock.WereHeld);
        using FileStream? free = MaterialFolder.TryHold(scene.Test.Workspace);
        Assert.IsNotNull(free);
    }

    [TestMethod]
    public async Task Audit_OfARestoredBackupOfAnExchangedFile_NamesIt()
    {
        using MaterialScene scene = new();
        using TestFolder folder = new();
        StoredMaterial first = await scene.KeepAsync(MaterialScene.Pdf(1000));
        StoredMaterial second = await scene.KeepAsync(MaterialScene.Pdf(1000, 1));
        File.Copy(scene.PathOf(first), scene.PathOf(second), overwrite: true);
        await WorkspaceBackup.CreateAsync(scene.Test.Workspace, folder.File("backup.tar"), TimeProvider.System, progress: null, Token);
        Restore(folder);

        // The backup is what was backed up; what was exchanged before, the audit behind every restore names.
        using TestWorkspace restored = TestWorkspace.OpenAt(folder.File("restored"));
        AuditReport report = await restored.AuditAsync(session: null, Token);

        Assert.AreEqual("material-altered", report.Findings.Single().Code);
        Assert.Contains(second.Id, report.Findings.Single().Message);
    }

    // It is looked at while the store is copied; the folder comes then.
    private sealed class MaterialsAtTheFirstLook(Workspace workspace) : TimeProvider
    {
        internal List<bool> WereHeld { get; } = [];

        public override DateTimeOffset GetUtcNow()
        {
            Directory.CreateDirectory(workspace.MaterialsFolder);
            using FileStream? taken = MaterialFolder.TryHold(workspace);
            WereHeld.Add(taken is null);
            return base.GetUtcNow();
        }
    }

    private void Restore(TestFolder folder)
    {
        using FileStream archive = File.OpenRead(folder.File("backup.tar"));
        Assert.IsTrue(WorkspaceRestore.TryRestore(archive, folder.File("restored"), progress: null, out _, out Primitives.ParseProblem? problem, Token), problem?.ToString());
    }
}
