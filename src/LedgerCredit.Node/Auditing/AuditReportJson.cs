using System.Globalization;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Auditing;

/// <summary>The JSON form of an audit's report, for <c>--json</c> and the API.</summary>
public static class AuditReportJson
{
    /// <summary>What machines call a verdict.</summary>
    public static string NameOf(AuditVerdict verdict) => verdict switch
    {
        AuditVerdict.Sound => "sound",
        AuditVerdict.Diverges => "diverges",
        _ => "not-compared",
    };

    /// <summary>The report for machines.</summary>
    public static JsonObject Write(AuditReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new JsonObject(
            new JsonMember("verdict", new JsonString(NameOf(report.Verdict))),
            new JsonMember("findings", new JsonArray([.. report.Findings.Select(f => new JsonObject(
                new JsonMember("code", new JsonString(f.Code)),
                new JsonMember("issuer", f.Issuer is null ? new JsonNull() : new JsonString(f.Issuer)),
                new JsonMember("leafIndex", f.LeafIndex is ulong index ? new JsonNumber(checked((long)index)) : new JsonNull()),
                new JsonMember("message", new JsonString(f.Message))))])),
            new JsonMember("logs", new JsonArray([.. report.Logs.Select(l => new JsonObject(
                new JsonMember("issuer", new JsonString(l.Issuer)),
                new JsonMember("origin", new JsonString(l.Origin)),
                new JsonMember("entries", new JsonNumber(checked((long)l.Entries))),
                new JsonMember("rootHash", new JsonString(l.RootHash)),
                new JsonMember("checkpoints", new JsonNumber(l.Checkpoints)),
                new JsonMember("anchors", new JsonArray([.. l.Anchors.Select(a => new JsonObject(
                    new JsonMember("treeSize", new JsonNumber(checked((long)a.TreeSize))),
                    new JsonMember("block", a.Block is ulong block ? new JsonNumber(checked((long)block)) : new JsonNull()),
                    new JsonMember("standing", new JsonString(a.Standing switch
                    {
                        AnchorStanding.OnLedger => "on-ledger",
                        AnchorStanding.InFlight => "in-flight",
                        AnchorStanding.NotCompared => "not-compared",
                        _ => "diverges",
                    }))))])),
                new JsonMember("erased", new JsonArray([.. l.Erased.Select(e => new JsonObject(
                    new JsonMember("leafIndex", new JsonNumber(checked((long)e.LeafIndex))),
                    new JsonMember("erasedAt", new JsonString(Time(e.ErasedAt))),
                    new JsonMember("reason", new JsonString(e.Reason))))]))))])),
            new JsonMember("notComparedBecause", report.NotComparedBecause is null ? new JsonNull() : new JsonString(report.NotComparedBecause)));
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
