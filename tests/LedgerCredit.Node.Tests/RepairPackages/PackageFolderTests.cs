using System.Runtime.Versioning;
using LedgerCredit.Node.RepairPackages;

namespace LedgerCredit.Node.Tests.RepairPackages;

/// <summary>One command at a time works on packages, and what fails otherwise is not taken for another command.</summary>
[TestClass]
public sealed class PackageFolderTests
{
    [TestMethod]
    public void Open_WhileAnotherHasIt_SaysSoAndOpensAfterwards()
    {
        using TestWorkspace workspace = TestWorkspace.Create();
        using (PackageFolder held = PackageFolder.Open(workspace.Workspace))
        {
            PackagesInUseException e = Assert.ThrowsExactly<PackagesInUseException>(() => PackageFolder.Open(workspace.Workspace));
            Assert.Contains("Another command is working on the repair packages", e.Message);
        }

        PackageFolder.Open(workspace.Workspace).Dispose();
    }

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
