using System.Text;
using LedgerCredit.Node.Materials;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests;

/// <summary>A workspace is opened as it was saved, or an exact error says why not.</summary>
[TestClass]
public sealed class WorkspaceTests
{
    [TestMethod]
    public void Open_AsSaved_IsTheSame()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority, TestWorkspace.Agency);

        Workspace opened = Workspace.Open(workspace.Workspace.Folder);

        Assert.AreSequenceEqual(workspace.Workspace.Config.ToUtf8(), opened.Config.ToUtf8());
        Assert.HasCount(2, opened.Config.Members);
    }

    [TestMethod]
    public void Config_WithMaterials_IsReadAsItWasWrittenAndAsUsualWhereItSaysNothing()
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        MaterialsConfig materials = new()
        {
            Limits = new MaterialLimits { MaxFileBytes = 1, MaxPerSanction = 2, MaxBytesPerSanction = 3, MaxBytesPerOrganisation = 1L << 40, MaxUploadsPerOrganisation = 4, MaxUploads = 5 },
            Retention = new MaterialRetention { OutsideCases = TimeSpan.FromDays(6), AfterCases = TimeSpan.FromDays(36_500) },
        };
        workspace.Workspace.EditConfig(config => config with { Materials = materials });

        Assert.AreEqual(materials, Workspace.Open(workspace.Workspace.Folder).Config.Materials);
        Assert.AreEqual(new MaterialsConfig(), ReadMaterials("{}"));
        Assert.AreEqual(new MaterialsConfig { Retention = new MaterialRetention { AfterCases = TimeSpan.FromDays(1) } }, ReadMaterials("""{"daysAfterCases":1}"""));
    }

    [TestMethod]
    [DataRow("""{"maxFileBytes":0}""", "from 1 to 1073741824")]
    [DataRow("""{"maxFileBytes":1073741825}""", "from 1 to 1073741824")]
    [DataRow("""{"maxFilesPerSanction":-1}""", "maxFilesPerSanction")]
    [DataRow("""{"daysAfterCases":36501}""", "from 1 to 36500")]
    [DataRow("""{"daysAfterCases":"1"}""", "daysAfterCases")]
    [DataRow("""{"daysAfterCases":1.5}""", "daysAfterCases")]
    [DataRow("""{"days":1}""", "days")]
    [DataRow("""{"maxFileBytes":1000000000}""", "none smaller than the one before")]
    [DataRow("""{"maxBytesPerOrganisation":100}""", "none smaller than the one before")]
    [DataRow("""{"maxUploads":1}""", "no smaller than 'maxUploadsPerOrganisation'")]
    [DataRow("""[]""", "materials")]
    public void Config_WithBadMaterials_IsRefused(string materials, string reason) =>
        Assert.Contains(reason, Assert.ThrowsExactly<WorkspaceException>(() => ReadMaterials(materials)).Message);

    private static MaterialsConfig? ReadMaterials(string materials) => WorkspaceConfig.Parse(
        Encoding.UTF8.GetBytes($$"""{"format":"ledgercredit-workspace/1","network":"n","ledger":{"kind":"devnet","chainId":1},"members":[],"materials":{{materials}}}"""), "w").Materials;

    [TestMethod]
    public void Open_NoWorkspaceThere_SaysHowToMakeOne()
    {
        using TestFolder folder = new();

        WorkspaceException e = Assert.ThrowsExactly<WorkspaceException>(() => Workspace.Open(folder.Path));

        Assert.Contains("workspace init", e.Message);
    }

    [TestMethod]
    public void Create_WhereThereIsOne_IsRefused()
    {
        using TestWorkspace workspace = TestWorkspace.Create();

        WorkspaceException e = Assert.ThrowsExactly<WorkspaceException>(() => Workspace.Create(workspace.Workspace.Folder, workspace.Workspace.Config, _ => { }));

        Assert.Contains("is a workspace already", e.Message);
    }

    [TestMethod]
    public void Create_StoppedBeforeItsKeysAreMade_LeavesNoWorkspace()
    {
        using TestFolder folder = new();
        using TestWorkspace workspace = TestWorkspace.Create();

        Assert.ThrowsExactly<IOException>(() => Workspace.Create(
            folder.File("stopped"),
            workspace.Workspace.Config,
            _ => throw new IOException("The disk is full.")));

        WorkspaceException e = Assert.ThrowsExactly<WorkspaceException>(() => Workspace.Open(folder.File("stopped")));
        Assert.Contains("is not a workspace", e.Message);
    }

    [TestMethod]
    public void Create_InAFolderInUse_IsRefused()
    {
        using TestFolder folder = new();
        File.WriteAllText(folder.File("notes.txt"), "x");
        using TestWorkspace workspace = TestWorkspace.Create();

        Assert.ThrowsExactly<WorkspaceException>(() => Workspace.Create(folder.Path, workspace.Workspace.Config, _ => { }));

        Assert.HasCount(1, Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [TestMethod]
    [DataRow("", DisplayName = "empty")]
    [DataRow("{\"format\":", DisplayName = "truncated")]
    [DataRow("[]", DisplayName = "an array")]
    [DataRow("{\"format\":\"other\",\"network\":\"n\",\"ledger\":{\"kind\":\"devnet\",\"chainId\":1},\"members\":[]}", DisplayName = "another format")]
    [DataRow("{\"format\":\"ledgercredit-workspace/1\",\"network\":\"n\",\"ledger\":{\"kind\":\"moon\",\"chainId\":1},\"members\":[]}", DisplayName = "unknown ledger")]
    [DataRow("{\"format\":\"ledgercredit-workspace/1\",\"network\":\"n\",\"ledger\":{\"kind\":\"external\",\"chainId\":1},\"members\":[]}", DisplayName = "external without address")]
    [DataRow("{\"format\":\"ledgercredit-workspace/1\",\"network\":\"n\",\"ledger\":{\"kind\":\"devnet\",\"chainId\":-1},\"members\":[]}", DisplayName = "negative chain id")]
    [DataRow("{\"format\":\"ledgercredit-workspace/1\",\"network\":\"n\",\"ledger\":{\"kind\":\"devnet\",\"chainId\":1},\"members\":[],\"extra\":1}", DisplayName = "unknown member")]
    [DataRow("{\"format\":\"ledgercredit-workspace/1\",\"network\":\"n\",\"network\":\"n\",\"ledger\":{\"kind\":\"devnet\",\"chainId\":1},\"members\":[]}", DisplayName = "member twice")]
    [DataRow("{\"format\":\"ledgercredit-workspace/1\",\"network\":\"n\",\"ledger\":{\"kind\":\"devnet\",\"chainId\":1},\"members\":[{}]}", DisplayName = "empty member")]
    public void Open_DamagedConfiguration_NamesTheFile(string text)
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        string path = Path.Combine(workspace.Workspace.Folder, "workspace.json");
        File.WriteAllText(path, text);

        WorkspaceException e = Assert.ThrowsExactly<WorkspaceException>(() => Workspace.Open(workspace.Workspace.Folder));

        Assert.Contains(path, e.Message);
    }

    [TestMethod]
    public void Open_AnyByteOfTheConfigurationAltered_OpensOrIsAWorkspaceError()
    {
        using TestWorkspace workspace = TestWorkspace.Create(TestWorkspace.Authority);
        string path = Path.Combine(workspace.Workspace.Folder, "workspace.json");
        byte[] original = File.ReadAllBytes(path);
        Random random = new(20261121);
        for (int i = 0; i < original.Length; i++)
        {
            // White space between values is the one thing that may change without meaning.
            if (original[i] is (byte)' ' or (byte)'\n')
            {
                continue;
            }

            byte[] altered = [.. original];
            altered[i] ^= (byte)random.Next(1, 256);
            File.WriteAllBytes(path, altered);
            string outcome = Open(workspace.Workspace.Folder);
            Assert.IsTrue(
                outcome.Contains(path, StringComparison.Ordinal) || (outcome[0] == '{' && outcome != Encoding.UTF8.GetString(original)),
                $"byte {i}: {outcome}");
        }
    }

    // The configuration that was read, or the error.
    private static string Open(string folder)
    {
        try
        {
            return Encoding.UTF8.GetString(Workspace.Open(folder).Config.ToUtf8());
        }
        catch (WorkspaceException e)
        {
            return e.Message;
        }
    }

    [TestMethod]
    public void OpenStore_Missing_IsRefusedAndNotMade()
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        File.Delete(workspace.Workspace.StorePath);

        StoreFormatException e = Assert.ThrowsExactly<StoreFormatException>(() => workspace.Workspace.OpenStore(StoreAccess.Write));

        Assert.Contains("could fork a log", e.Message);
        Assert.IsFalse(File.Exists(workspace.Workspace.StorePath));
    }
}
