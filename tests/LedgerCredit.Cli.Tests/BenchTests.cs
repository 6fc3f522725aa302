using System.Text.Json;

namespace LedgerCredit.Cli.Tests;

/// <summary><c>bench</c>: what it prints.</summary>
[TestClass]
public sealed class BenchTests
{
    [TestMethod]
    public async Task Hash_SmallInput_PrintsEveryFigureWithItsConditions()
    {
        CommandRun table = await CommandRun.RunAsync("bench", "hash", "--records", "300", "--rounds", "1");
        CommandRun json = await CommandRun.RunAsync("bench", "hash", "--records", "300", "--rounds", "2", "--json");

        Assert.AreEqual(ExitCode.Done, table.ExitCode, table.Error);
        Assert.AreEqual(ExitCode.Done, json.ExitCode, json.Error);
        Assert.AreEqual("300", json.Json.GetProperty("settings").GetProperty("records").GetString());
        Assert.AreEqual(2, json.Json.GetProperty("rounds").GetInt32());
        foreach (JsonProperty line in json.Json.GetProperty("machine").EnumerateObject())
        {
            Assert.Contains($"{line.Name}:", table.Out);
        }

        JsonElement[] figures = [.. json.Json.GetProperty("figures").EnumerateArray()];
        Assert.HasCount(7, figures);
        foreach (JsonElement figure in figures)
        {
            Assert.Contains($"  {figure.GetProperty("what").GetString()} ", table.Out);
            Assert.IsGreaterThan(0, figure.GetProperty("perSecond").GetInt64());
            Assert.IsGreaterThan(0, figure.GetProperty("peer").GetProperty("perSecond").GetInt64());
            Assert.IsGreaterThan(0, figure.GetProperty("ceiling").GetProperty("perSecond").GetInt64());
        }

        Assert.AreEqual(4, figures[0].GetProperty("peer").GetProperty("mustReach").GetDouble());
        Assert.AreEqual(0.7, figures[^1].GetProperty("ceiling").GetProperty("mustReach").GetDouble());
    }

    [TestMethod]
    public async Task Post_FewRecords_PrintsInProcessAndOverHttpBesideTheEmptyHandler()
    {
        CommandRun run = (await CommandRun.RunAsync("bench", "post", "--records", "60", "--rounds", "1", "--json")).Expect(ExitCode.Done);

        JsonElement[] figures = [.. run.Json.GetProperty("figures").EnumerateArray()];
        string[] expected = ["1 writer", "8 writers", "64 writers", "256 writers"];
        Assert.AreSequenceEqual([.. expected, .. expected.Select(name => name + " over HTTP")], figures.Select(figure => figure.GetProperty("what").GetString()!));
        foreach (JsonElement figure in figures)
        {
            Assert.IsGreaterThan(0, figure.GetProperty("perSecond").GetInt64());
            Assert.IsGreaterThan(0, figure.GetProperty("peer").GetProperty("perSecond").GetInt64());
        }

        Assert.AreEqual(0.4, figures[6].GetProperty("peer").GetProperty("mustReach").GetDouble());
        Assert.AreEqual(16, run.Json.GetProperty("measures").EnumerateArray().Count(measure => measure.GetProperty("value").GetDouble() >= 0));
    }

    [TestMethod]
    [DataRow("--rounds", "0")]
    [DataRow("--rounds", "-1")]
    [DataRow("--records", "0")]
    [DataRow("--records", "50000001")]
    public async Task Hash_SizeOutOfRange_IsRefused(string option, string value)
    {
        CommandRun run = await CommandRun.RunAsync("bench", "hash", option, value);

        Assert.AreEqual(ExitCode.BadInput, run.ExitCode);
        Assert.Contains(option, run.Error);
        Assert.AreEqual("", run.Out);
    }
}
