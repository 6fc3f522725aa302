using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Testing;

namespace LedgerCredit.Repair.Tests;

internal static class TestPacks
{
    public static readonly RulePack Default = RulePackCatalog.Shipped.Find("cn-ndrc-36-2025")!;

    public static readonly RulePack MarketRegulation = RulePackCatalog.Shipped.Find("cn-samr-107-2025")!;

    public static readonly RulePack Demo = RulePackCatalog.Shipped.Find("demo")!;

    private static readonly string DemoText =
        File.ReadAllText(RepositoryFiles.Path("src", "LedgerCredit.Evidence", "RulePacks", "demo.json"));

    /// <summary>The demonstration pack with texts replaced, in pairs.</summary>
    public static RulePack With(params string[] replacements)
    {
        string text = DemoText;
        for (int i = 0; i < replacements.Length; i += 2)
        {
            Assert.Contains(replacements[i], text);
            text = text.Replace(replacements[i], replacements[i + 1], StringComparison.Ordinal);
        }

        Assert.IsTrue(RulePack.TryParse(Encoding.UTF8.GetBytes(text), out RulePack? pack, out ParseProblem? problem), problem?.ToString());
        return pack;
    }

    public static CivilDate Date(string text)
    {
        Assert.IsTrue(CivilDate.TryParse(text, out CivilDate date), text);
        return date;
    }

    public static ulong Instant(string text) =>
        (ulong)DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds();
}
