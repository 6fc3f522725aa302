namespace LedgerCredit.Testing;

/// <summary>
/// Published vectors and real input files that are not part of the project: <c>../shared</c> beside the checkout, or the
/// folder named by <c>LEDGERCREDIT_SHARED</c>.
/// </summary>
public static class SharedFiles
{
    /// <summary>The path of a file or folder there; the test is inconclusive where it is absent.</summary>
    /// <param name="parts">For example <c>"vectors", "jcs"</c>.</param>
    public static string Require(params ReadOnlySpan<string> parts)
    {
        string root = Environment.GetEnvironmentVariable("LEDGERCREDIT_SHARED")
            ?? Path.Combine(RepositoryFiles.Root, "..", "shared");
        string path = Path.GetFullPath(Path.Combine([root, .. parts]));
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            Assert.Inconclusive($"Needs '{string.Join('/', parts.ToArray())}' of the shared files, which are not here.");
        }

        return path;
    }
}
