namespace LedgerCredit.Cli.Tests;

/// <summary>What is done once, after all tests.</summary>
[TestClass]
public static class AssemblyHooks
{
    [AssemblyCleanup]
    public static async Task CleanupAsync()
    {
        await SharedWorkspace.StopAsync();
        await RepairWorkspace.StopAsync();
    }
}
