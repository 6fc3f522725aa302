using LedgerCredit.Evidence;

namespace LedgerCredit.Bench.Tests;

/// <summary>The benches' input.</summary>
[TestClass]
public sealed class SyntheticRecordsTests
{
    private const int Count = 2000;

    [TestMethod]
    public void Write_AnyRange_GivesTheSameValidRecords()
    {
        string[] all = Lines(0, Count);
        string[] later = Lines(1500, 500);

        Assert.HasCount(Count, all);
        Assert.AreSequenceEqual(all[1500..], later);
        List<CreditRecord> records = [];
        foreach (string line in all)
        {
            Assert.IsTrue(CreditRecord.TryParse(System.Text.Encoding.UTF8.GetBytes(line), new RecordRules(), out CreditRecord? record, out IReadOnlyList<RecordProblem> problems), string.Join(' ', problems));
            Assert.IsEmpty(record.Warnings);
            records.Add(record);
        }

        Assert.HasCount(Count, records.Select(r => r.Id).Distinct());
        Assert.HasCount(Count / 10, records.Where(r => r.Kind == RecordKind.Rating && r.Issuer == SyntheticRecords.Agency));
        Assert.HasCount(Count * 9 / 10, records.Where(r => r.Kind == RecordKind.Sanction && r.Issuer == SyntheticRecords.Authority));
        Assert.IsGreaterThan(Count / 5, records.Select(r => r.Subject.ToString()).Distinct().Count());
        Assert.HasCount(14, records[0].Claims.Members);
        Assert.AreEqual(600, records.Where(r => r.Kind == RecordKind.Sanction).Average(r => r.ToCanonicalBytes().Length), 60);
    }

    private static string[] Lines(long first, long count)
    {
        using MemoryStream output = new();
        SyntheticRecords.Write(output, first, count, CancellationToken.None);
        return System.Text.Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n').Split('\n');
    }
}
