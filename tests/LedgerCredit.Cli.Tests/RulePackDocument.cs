using LedgerCredit.Testing;

namespace LedgerCredit.Cli.Tests;

/// <summary>Rule packs that no program ships.</summary>
internal static class RulePackDocument
{
    /// <summary>Writes the shipped demonstration pack under another id.</summary>
    /// <returns>The path of the document.</returns>
    public static string Write(TestFolder folder, string id)
    {
        string shipped = File.ReadAllText(RepositoryFiles.Path("src", "LedgerCredit.Evidence", "RulePacks", "demo.json"));
        string changed = shipped.Replace("\"id\": \"demo\"", $"\"id\": \"{id}\"", StringComparison.Ordinal);
        Assert.AreNotEqual(shipped, changed);
        return folder.Write(id + ".json", changed);
    }
}
