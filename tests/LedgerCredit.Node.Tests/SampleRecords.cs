using System.Text;
using LedgerCredit.Evidence;

namespace LedgerCredit.Node.Tests;

/// <summary>Synthetic records of all kinds; the same number gives the same record.</summary>
internal static class SampleRecords
{
    internal static readonly RecordRules Rules = new();

    /// <summary>A graded sanction, whose entry has terms.</summary>
    internal static CreditRecord Sanction(string issuer, int number) => Parse(
        $$"""
        {"kind":"sanction","id":"S-{{number}}","issuer":"{{issuer}}","subject":"x-test:subject-{{number % 7}}","issuedAt":"2026-03-01T00:00:00+08:00",
        "claims":{"authorityName":"Test authority","grade":"general","decisionNo":"S-{{number}}","violation":"V","basis":"B","penalties":["fine"],
        "decidedOn":"2026-02-03","rulePack":"cn-ndrc-36-2025","fineYuan":"{{1000 + number}}.50"} }
        """);

    /// <summary>A rating.</summary>
    internal static CreditRecord Rating(string issuer, int number) => Parse(
        $$"""
        {"kind":"rating","id":"R-{{number}}","issuer":"{{issuer}}","subject":"x-test:subject-{{number % 7}}","issuedAt":"2026-03-01T00:00:00Z",
        "claims":{"agency":"{{issuer}}","scale":"sp-long-term","symbol":"AA","action":"affirm","actedOn":"2026-02-03"} }
        """);

    /// <summary>A repair record.</summary>
    internal static CreditRecord Repair(string issuer, int number) => Parse(
        $$"""
        {"kind":"repair","id":"P-{{number}}","issuer":"{{issuer}}","subject":"x-test:subject-{{number % 7}}","issuedAt":"2026-03-01T00:00:00Z",
        "claims":{"sanction":"0x{{new string('a', 64)}}","event":"opened","occurredOn":"2026-02-03"} }
        """);

    /// <summary>Records of all kinds in turn.</summary>
    internal static IReadOnlyList<CreditRecord> Mixed(string issuer, int first, int count) =>
    [
        .. Enumerable.Range(first, count).Select(number => (number % 3) switch
        {
            0 => Sanction(issuer, number),
            1 => Rating(issuer, number),
            _ => Repair(issuer, number),
        }),
    ];

    /// <summary>Records of the kinds that issuers state, in turn: where a ledger is followed, a repair record needs its event.</summary>
    internal static IReadOnlyList<CreditRecord> Stated(string issuer, int first, int count) =>
        [.. Enumerable.Range(first, count).Select(number => number % 2 == 0 ? Sanction(issuer, number) : Rating(issuer, number))];

    /// <summary>Reads a record that must be valid.</summary>
    internal static CreditRecord Parse(string json)
    {
        Assert.IsTrue(CreditRecord.TryParse(Encoding.UTF8.GetBytes(json), Rules, out CreditRecord? record, out IReadOnlyList<RecordProblem> problems), string.Join(' ', problems));
        return record;
    }
}
