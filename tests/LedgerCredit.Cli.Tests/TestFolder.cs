namespace LedgerCredit.Cli.Tests;

/// <summary>A folder of one test, removed with it.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder() => FullPath = Directory.CreateTempSubdirectory("ledgercredit-cli-").FullName;

    public string FullPath { get; }

    /// <summary>The path of a file in it.</summary>
    public string At(string name) => Path.Combine(FullPath, name);

    /// <summary>Writes a file in it.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
