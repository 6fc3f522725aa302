using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using LedgerCredit.Node.Telemetry;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.Telemetry;

/// <summary>Holds the tables of docs/operations.md against what the node really measures.</summary>
[TestClass]
public sealed partial class InstrumentTests
{
    private const string InstrumentHead = "| instrument | kind | unit | attributes | what it says |";
    private const string SpanHead = "| span | what it covers |";

    [TestMethod]
    public void Instruments_OfTheNode_AreThoseOfTheTable()
    {
        SortedDictionary<string, string> published = new(StringComparer.Ordinal);
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == NodeMetrics.MeterName)
            {
                lock (published)
                {
                    published[instrument.Name] = $"{KindOf(instrument)} {instrument.Unit}";
                    Assert.MatchesRegex(Name(), instrument.Name);
                    Assert.EndsWith(".", instrument.Description!, instrument.Name);
                }
            }
        };
        listener.Start();
        RuntimeHelpers.RunClassConstructor(typeof(NodeMetrics).TypeHandle);
        using StoreWatch watch = new(TimeProvider.System);

        SortedDictionary<string, string> documented = new(StringComparer.Ordinal);
        foreach (string[] cells in ReadTable(InstrumentHead).Where(cells => cells[0].StartsWith("ledgercredit.", StringComparison.Ordinal)))
        {
            documented.Add(cells[0], $"{cells[1]} {cells[2]}");
        }

        lock (published)
        {
            Assert.AreEqual(Lines(documented), Lines(published));
        }
    }

    [TestMethod]
    public void Spans_OfTheNode_AreThoseOfTheTable()
    {
        string[] spans = [NodeTraces.AnchorRound, NodeTraces.AnchorTransaction, NodeTraces.IndexRound, NodeTraces.IngestBatch, NodeTraces.OutboxDelivery];

        Assert.AreSequenceEqual(spans, [.. ReadTable(SpanHead).Select(cells => cells[0]).Order(StringComparer.Ordinal)]);
    }

    private static string KindOf(Instrument instrument) => instrument switch
    {
        Counter<long> => "counter",
        UpDownCounter<long> => "up-down counter",
        Histogram<double> => "histogram",
        ObservableGauge<long> or ObservableGauge<double> => "gauge",
        _ => instrument.GetType().Name,
    };

    private static string Lines(SortedDictionary<string, string> instruments) => string.Join('\n', instruments.Select(instrument => $"{instrument.Key} {instrument.Value}"));

    private static IEnumerable<string[]> ReadTable(string head)
    {
        string[] lines = File.ReadAllLines(RepositoryFiles.Path("docs", "operations.md"));
        int start = Array.IndexOf(lines, head);
        Assert.IsGreaterThanOrEqualTo(0, start, $"docs/operations.md has no table '{head}'.");
        return lines.Skip(start + 2).TakeWhile(line => line.StartsWith('|')).Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1].Select(cell => cell.Trim('`')).ToArray());
    }

    [GeneratedRegex(@"^ledgercredit(\.[a-z][a-z_]*)+$")]
    private static partial Regex Name();
}
