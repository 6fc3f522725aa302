using System.Runtime.Versioning;
using LedgerCredit.Node.RepairPackages;

namespace LedgerCredit.Node.Tests.RepairPackages;

/// <summary>What fails of the folder otherwise is not taken for another command that holds it.</summary>
[TestClass]
public sealed class PackageFolderTests
{
    // A link to itself fails with an error of the file system, as a full disk does.
    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    [UnsupportedOSPlatform("windows")]
    public void Open_LockCannotBeMade_IsNotTakenForAnotherCommand()
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        Directory.CreateDirectory(workspace.Workspace.RepairFolder);
        File.CreateSymbolicLink(Path.Combine(workspace.Workspace.RepairFolder, "lock"), "lock");

        IOException e = Assert.Throws<IOException>(() => PackageFolder.Open(workspace.Workspace));

        Assert.IsNotInstanceOfType<PackagesInUseException>(e);
        Assert.DoesNotContain("Another command", e.Message);
    }
}
