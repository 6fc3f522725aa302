using System.Runtime.CompilerServices;

namespace LedgerCredit.Cli.Tests;

/// <summary>Texts that are kept beside the tests, so that a change of them is seen and reviewed.</summary>
internal static class Golden
{
    private const string UpdateVariable = "LEDGERCREDIT_UPDATE_GOLDEN";

    /// <summary>Compares with a file of <c>golden/</c>, or rewrites it where <c>LEDGERCREDIT_UPDATE_GOLDEN=1</c>.</summary>
    public static void AssertMatches(string name, string actual, [CallerFilePath] string thisFile = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(thisFile)!, "golden", name);
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            File.WriteAllText(path, actual);
            return;
        }

        string[] expected = File.ReadAllText(path).Split('\n');
        string[] lines = actual.Split('\n');
        for (int i = 0; i < Math.Max(expected.Length, lines.Length); i++)
        {
            Assert.AreEqual(
                i < expected.Length ? expected[i] : "(end)",
                i < lines.Length ? lines[i] : "(end)",
                $"golden/{name}, line {i + 1}. {UpdateVariable}=1 rewrites the file; review the difference like code.");
        }
    }
}
