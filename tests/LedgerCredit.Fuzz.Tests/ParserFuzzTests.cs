using LedgerCredit.Fuzz.Tests.Targets;

namespace LedgerCredit.Fuzz.Tests;

/// <summary>The short run: every parser of foreign bytes, with inputs that are the same in every run.</summary>
[TestClass]
public sealed class ParserFuzzTests
{
    // Cheap parsers; dearer ones get their share (FuzzTarget.Cost). scripts/fuzz.sh runs a million each.
    private const int Inputs = 4000;
    private const ulong Seed = 20_261_122;

    // Any bytes are lines; what is wrong with one is said of it alone.
    private static readonly string[] RefusesNothing = ["lines", "ndjson"];

    public static IEnumerable<TestDataRow<string>> Parsers() =>
        AllTargets.All.Select(target => new TestDataRow<string>(target.Name) { DisplayName = target.Name });

    [TestMethod]
    [DynamicData(nameof(Parsers))]
    public void Parse_ChangedInputs_KeepsEveryPromise(string parser)
    {
        FuzzTarget target = AllTargets.All.Single(candidate => candidate.Name == parser);

        FuzzRun run = new FuzzRunner(target, Seed).Run(0, Inputs / target.Cost);

        if (run.Finding is FuzzFinding finding)
        {
            Assert.Fail(FuzzCommand.Describe(target, Seed, finding, Path.Combine(AppContext.BaseDirectory, "fuzz-findings")));
        }

        // Both sides of the parser are reached: else the inputs are of no use.
        Assert.IsGreaterThan(0, run.Accepted, "No input was accepted.");
        Assert.IsTrue(RefusesNothing.Contains(parser) || run.Accepted < run.Inputs, "No input was refused.");
    }

    [TestMethod]
    public void Names_OfParsers_AreDifferent()
    {
        Assert.HasCount(AllTargets.All.Count, AllTargets.All.Select(target => target.Name).Distinct());
    }
}
