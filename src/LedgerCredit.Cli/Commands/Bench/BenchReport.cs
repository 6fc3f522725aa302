using System.Globalization;
using LedgerCredit.Bench;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands.Bench;

/// <summary>The report of a bench: a table for people, a document for machines.</summary>
/// <param name="name">The bench.</param>
/// <param name="rounds">How many rounds the medians are of.</param>
/// <param name="settings">What belongs to the conditions beside the machine, the size of the input for example.</param>
/// <param name="machine">See <see cref="BenchMachine"/>.</param>
/// <param name="results">The figures.</param>
/// <param name="measures">What was read off beside them.</param>
/// <param name="warmedUp">Whether a round that is not counted came first.</param>
internal sealed class BenchReport(
    string name,
    int rounds,
    IReadOnlyList<(string Name, string Value)> settings,
    IReadOnlyList<(string Name, string Value)> machine,
    IReadOnlyList<BenchResult> results,
    IReadOnlyList<BenchMeasure> measures,
    bool warmedUp)
{
    private const string None = "-";

    /// <summary>Writes the report.</summary>
    public void Write(CommandOutput output) => output.Result(ToJson(), WriteTable);

    private JsonObject ToJson() => new(
        new("bench", new JsonString(name)),
        new("rounds", new JsonNumber(rounds)),
        new("settings", ToJson(settings)),
        new("machine", ToJson(machine)),
        new("figures", new JsonArray([.. results.Select(ToJson)])),
        new("measures", new JsonArray([.. measures.Select(ToJson)])));

    private static JsonObject ToJson(IEnumerable<(string Name, string Value)> lines) =>
        new([.. lines.Select(line => new JsonMember(line.Name, new JsonString(line.Value)))]);

    private static JsonObject ToJson(BenchResult result)
    {
        List<JsonMember> members =
        [
            new("what", new JsonString(result.Figure.What)),
            new("way", new JsonString(result.Figure.Ours.Name)),
            new("unit", new JsonString(result.Figure.Unit)),
            new("perSecond", new JsonNumber((long)result.PerSecond)),
        ];
        AddRatio(members, "peer", result.Peer);
        AddRatio(members, "ceiling", result.Ceiling);
        return new JsonObject(members);
    }

    private static JsonObject ToJson(BenchMeasure measure)
    {
        List<JsonMember> members = [new("what", new JsonString(measure.What)), new("unit", new JsonString(measure.Unit))];
        AddValue(members, "value", measure.Median);
        AddValue(members, "atLeast", measure.AtLeast);
        AddValue(members, "atMost", measure.AtMost);
        if (measure.IsReached is bool isReached)
        {
            members.Add(new("reached", new JsonBoolean(isReached)));
        }

        return new JsonObject(members);
    }

    private static void AddValue(List<JsonMember> members, string name, double? value)
    {
        if (value is double number)
        {
            members.Add(new(name, new JsonNumber(Value(number))));
        }
    }

    private static void AddRatio(List<JsonMember> members, string name, BenchRatio? ratio)
    {
        if (ratio is null)
        {
            return;
        }

        List<JsonMember> own =
        [
            new("way", new JsonString(ratio.Comparison.Work.Name)),
            new("perSecond", new JsonNumber((long)ratio.PerSecond)),
            new("ratio", new JsonNumber(Ratio(ratio.Ratio))),
        ];
        if (ratio.Comparison.MustReach is double least)
        {
            own.Add(new("mustReach", new JsonNumber(Ratio(least))));
            own.Add(new("reached", new JsonBoolean(ratio.Ratio >= least)));
        }

        members.Add(new(name, new JsonObject(own)));
    }

    private void WriteTable(TextWriter writer)
    {
        foreach ((string key, string value) in (IEnumerable<(string, string)>)[("bench", name), .. settings, .. machine])
        {
            writer.WriteLine($"{key + ":",-14}{value}");
        }

        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"rounds:",-14}{rounds}{(warmedUp ? ", after one to warm up" : "")}; medians, in units a second"));
        writer.WriteLine();
        if (results.Count > 0)
        {
            CommandOutput.Table(
                writer,
                ["figure", "unit", "ours", "peer", "times peer", "ceiling", "of ceiling", "reached"],
                results.Select(Row));
            writer.WriteLine();
        }

        if (measures.Count > 0)
        {
            CommandOutput.Table(writer, ["measure", "value", "unit", "must be", "reached"], measures.Select(Row));
            writer.WriteLine();
        }

        foreach (BenchResult result in results)
        {
            writer.WriteLine($"{result.Figure.What}: {result.Figure.Ours.Name}"
                + (result.Peer is null ? "" : $"; peer: {result.Peer.Comparison.Work.Name}")
                + (result.Ceiling is null ? "" : $"; ceiling: {result.Ceiling.Comparison.Work.Name}"));
        }
    }

    private static string[] Row(BenchResult result) =>
    [
        result.Figure.What,
        result.Figure.Unit,
        Rate(result.PerSecond),
        result.Peer is null ? None : Rate(result.Peer.PerSecond),
        result.Peer is null ? None : Demand(result.Peer),
        result.Ceiling is null ? None : Rate(result.Ceiling.PerSecond),
        result.Ceiling is null ? None : Demand(result.Ceiling),
        Reached(result.Peer?.IsReached, result.Ceiling?.IsReached),
    ];

    private static string[] Row(BenchMeasure measure) =>
    [
        measure.What,
        measure.Median is double value ? Value(value) : None,
        measure.Unit,
        measure.AtLeast is double least ? $"at least {Value(least)}" : measure.AtMost is double most ? $"at most {Value(most)}" : None,
        Reached(measure.IsReached),
    ];

    private static string Reached(params ReadOnlySpan<bool?> demands) => demands.Contains(false) ? "NO" : demands.Contains(true) ? "yes" : None;

    private static string Demand(BenchRatio ratio) =>
        Ratio(ratio.Ratio) + (ratio.Comparison.MustReach is double least ? $" (at least {Ratio(least)})" : "");

    private static string Ratio(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Value(double value) => value.ToString(value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    private static string Rate(double perSecond) => perSecond >= 1_000_000
        ? (perSecond / 1_000_000).ToString("0.00 M", CultureInfo.InvariantCulture)
        : perSecond >= 1000
            ? (perSecond / 1000).ToString("0.0 k", CultureInfo.InvariantCulture)
            : perSecond.ToString("0.0", CultureInfo.InvariantCulture);
}
