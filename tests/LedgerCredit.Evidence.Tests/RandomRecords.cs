using System.Globalization;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence.Tests;

/// <summary>Makes valid records, and values for their unknown members, from a seed.</summary>
internal sealed class RandomRecords(int seed)
{
    private static readonly string[] Subjects =
    [
        "uscc:91350200776049653A", "uscc:91350203M0001QAY9B", "lei:HWUPKR0MPOU8FGXBT394", "cik:320193", "x-list:Firm №7 / 中",
    ];

    private static readonly string[] Packs = ["cn-ndrc-36-2025", "cn-samr-107-2025", "demo"];
    private static readonly string[] Grades = ["minor", "general", "serious"];
    private static readonly string[] Actions = ["initial", "affirm", "upgrade", "downgrade", "withdraw", "correct"];
    private static readonly string[] Texts = ["", "a", "京海市监处罚〔2022〕1234号", "line\nbreak\t\"quoted\" \\ \u0001\u007f", "😀é\u2028", "claims.x"];
    private static readonly string[] Numbers = ["0", "-0", "1", "-17", "0.1", "1.10", "1e2", "2.5E-7", "123456789012345", "1e21", "5e-324"];

    private readonly Random _random = new(seed);

    public Bytes32 NextBytes32()
    {
        byte[] bytes = new byte[Bytes32.Length];
        _random.NextBytes(bytes);
        return Bytes32.FromBytes(bytes);
    }

    public JsonObject NextRecord() => _random.Next(4) switch
    {
        0 => NextRecord("rating", NextRating()),
        1 => NextRecord("repair", NextRepair()),
        2 => NextRecord("sanction", NextUngraded()),
        _ => NextSanction(),
    };

    public JsonObject NextSanction() => NextRecord("sanction", NextGraded());

    public JsonValue NextValue(int depth) => _random.Next(depth == 0 ? 4 : 6) switch
    {
        0 => new JsonString(Pick(Texts)),
        1 => new JsonNumber(Pick(Numbers)),
        2 => new JsonBoolean(_random.Next(2) == 0),
        3 => new JsonNull(),
        4 => new JsonArray([.. Enumerable.Range(0, _random.Next(4)).Select(_ => NextValue(depth - 1))]),
        _ => new JsonObject(Enumerable.Range(0, _random.Next(5)).Select(i => new JsonMember(Pick(Texts) + i, NextValue(depth - 1)))),
    };

    /// <summary>The same value with the members of its objects in another order.</summary>
    public JsonValue Shuffle(JsonValue value)
    {
        switch (value)
        {
            case JsonObject json:
                JsonMember[] members = [.. json.Members.Select(m => new JsonMember(m.Name, Shuffle(m.Value)))];
                _random.Shuffle(members);
                return new JsonObject(members);
            case JsonArray array:
                return new JsonArray([.. array.Items.Select(Shuffle)]);
            default:
                return value;
        }
    }

    private JsonObject NextRecord(string kind, List<JsonMember> claims)
    {
        for (int i = _random.Next(3); i > 0; i--)
        {
            claims.Add(new JsonMember($"extra{i}" + Pick(Texts), NextValue(4)));
        }

        List<JsonMember> members =
        [
            Text("kind", kind),
            Text("id", $"{Pick(Texts)}{_random.Next(1000)}"),
            Text("issuer", Pick(["sd-market", "a1", "agency-7"])),
            Text("subject", Pick(Subjects)),
            Text("issuedAt", Pick(["2026-05-06T07:08:09Z", "2026-05-06T07:08:09.123456789+08:00", "2024-02-29T23:59:59-11:30"])),
            new JsonMember("claims", new JsonObject(claims)),
        ];
        if (_random.Next(3) == 0)
        {
            members.Add(Text("supersedes", "earlier"));
        }

        return (JsonObject)Shuffle(new JsonObject(members));
    }

    private List<JsonMember> NextGraded()
    {
        List<JsonMember> claims =
        [
            Text("authorityName", "市场监督管理局"),
            Text("grade", Pick(Grades)),
            Text("decisionNo", "〔2026〕7号"),
            Text("violation", "v"),
            Text("basis", "b"),
            new JsonMember("penalties", new JsonArray(new JsonString("罚款"))),
            Text("decidedOn", NextDate()),
            Text("rulePack", Pick(Packs)),
        ];
        AddOptional(claims, Text("publicUntil", NextDate()));
        AddOptional(claims, Text("attachedTermUntil", NextDate()));
        AddOptional(claims, Text("fineYuan", "2000.50"));
        AddOptional(claims, new JsonMember("repairable", new JsonBoolean(_random.Next(2) == 0)));
        return claims;
    }

    private List<JsonMember> NextUngraded()
    {
        List<JsonMember> claims = [Text("authorityName", "World Bank"), Text("grade", "none")];
        AddOptional(claims, Text("decidedOn", NextDate()));
        AddOptional(claims, Text("publicUntil", NextDate()));
        AddOptional(claims, new JsonMember("repairable", new JsonBoolean(true)));
        return claims;
    }

    private List<JsonMember> NextRating() =>
    [
        Text("agency", "Agency"), Text("scale", "long-term"), Text("symbol", "AA+"), Text("action", Pick(Actions)), Text("actedOn", NextDate()),
    ];

    private List<JsonMember> NextRepair() =>
    [
        Text("sanction", NextBytes32().ToString()), Text("event", "opened"), Text("occurredOn", NextDate()),
    ];

    private void AddOptional(List<JsonMember> claims, JsonMember claim)
    {
        if (_random.Next(2) == 0)
        {
            claims.Add(claim);
        }
    }

    private string NextDate() =>
        new DateOnly(1970, 1, 2).AddDays(_random.Next(0, 40_000)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private T Pick<T>(T[] items) => items[_random.Next(items.Length)];

    private static JsonMember Text(string name, string value) => new(name, new JsonString(value));
}
