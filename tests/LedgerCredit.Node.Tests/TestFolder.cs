namespace LedgerCredit.Node.Tests;

/// <summary>An own folder for one test, removed at its end.</summary>
internal sealed class TestFolder : IDisposable
{
    internal TestFolder()
    {
        Path = Directory.CreateTempSubdirectory("ledgercredit-test-").FullName;
    }

    internal string Path { get; }

    internal string File(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>Copies a folder with all that is below it.</summary>
    internal static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
        {
            System.IO.File.Copy(file, System.IO.Path.Combine(to, System.IO.Path.GetFileName(file)));
        }

        foreach (string folder in Directory.EnumerateDirectories(from))
        {
            Copy(folder, System.IO.Path.Combine(to, System.IO.Path.GetFileName(folder)));
        }
    }
}
