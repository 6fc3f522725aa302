namespace LedgerCredit.Testing;

/// <summary>Finds files of the project from wherever a test was built to.</summary>
public static class RepositoryFiles
{
    /// <summary>The folder that holds <c>LedgerCredit.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The path of a file or folder below <see cref="Root"/>.</summary>
    public static string Path(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Root, .. parts]);

    private static string FindRoot([System.Runtime.CompilerServices.CallerFilePath] string thisFile = "")
    {
        // The tests are always run from the sources they were built from, so the path of this file leads home.
        DirectoryInfo? folder = new FileInfo(thisFile).Directory;
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "LedgerCredit.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("LedgerCredit.sln was not found above the test sources.");
    }
}
