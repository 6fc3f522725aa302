using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LedgerCredit.Evidence.Tests;

/// <summary>
/// The commitment and the terms, transcribed from docs/spec/records.md over the framework's own JSON, hashes and calendar:
/// slow and plain, and nothing of the code under test but Keccak-256.
/// </summary>
internal static class ReferenceCommitment
{
    public static string Canonical(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return Canonical(document.RootElement);
    }

    /// <summary>The disclosures by name, and the payload's canonical form.</summary>
    public static (Dictionary<string, string> Disclosures, string Payload) Commit(byte[] json, byte[] secret)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement record = document.RootElement;
        Dictionary<string, string> disclosures = [];
        foreach (string name in new[] { "id", "subject", "issuedAt", "supersedes" })
        {
            if (record.TryGetProperty(name, out JsonElement value))
            {
                disclosures[name] = Disclose(secret, name, value);
            }
        }

        foreach (JsonProperty claim in record.GetProperty("claims").EnumerateObject())
        {
            disclosures["claims." + claim.Name] = Disclose(secret, "claims." + claim.Name, claim.Value);
        }

        string[] digests = [.. disclosures.Values.Select(d => Url(SHA256.HashData(Encoding.ASCII.GetBytes(d)))).Order(StringComparer.Ordinal)];
        string payload = "{\"_sd\":[" + string.Join(',', digests.Select(d => $"\"{d}\"")) + "],\"_sd_alg\":\"sha-256\",\"iss\":"
            + Quote(record.GetProperty("issuer").GetString()!) + ",\"vct\":\"ledgercredit:" + record.GetProperty("kind").GetString() + ":1\"}";
        return (disclosures, payload);
    }

    /// <summary>abi.encode of a sanction's terms as hex.</summary>
    public static string Terms(byte[] json, byte[] secret, byte[] subjectKey)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement record = document.RootElement;
        JsonElement claims = record.GetProperty("claims");
        string grade = claims.GetProperty("grade").GetString()!;
        bool isGraded = grade != "none";
        string pack = isGraded ? claims.GetProperty("rulePack").GetString()! : "";
        int zone = isGraded ? 8 : 0;
        DateTime? decided = Date(claims, "decidedOn");
        (DateTime? shortest, DateTime? longest) = isGraded ? Periods(pack, grade, decided!.Value) : (null, null);
        bool repairable = isGraded && !(claims.TryGetProperty("repairable", out JsonElement claim) && !claim.GetBoolean());

        BigInteger[] numbers =
        [
            Array.IndexOf(["none", "minor", "general", "serious"], grade),
            repairable ? 1 : 0,
            Seconds(decided, zone),
            isGraded ? Seconds(shortest?.AddDays(1) ?? decided, zone) : 0,
            Seconds((Date(claims, "publicUntil") ?? longest)?.AddDays(1), zone),
            Seconds(Date(claims, "attachedTermUntil")?.AddDays(1), zone),
        ];
        StringBuilder hex = new();
        hex.Append(Convert.ToHexStringLower(HMACSHA256.HashData(subjectKey, Encoding.UTF8.GetBytes(record.GetProperty("subject").GetString()!))));
        hex.Append(Keccak(record.GetProperty("issuer").GetString()!));
        hex.Append(isGraded ? Keccak(Canonical(ReadPack(pack))) : new string('0', 64));
        foreach (BigInteger number in numbers)
        {
            hex.Append(number.ToString("x64", CultureInfo.InvariantCulture)[^64..]);
        }

        hex.Append(Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes("ledgercredit:terms:1"))));
        return "0x" + hex;
    }

    private static byte[] ReadPack(string id) =>
        File.ReadAllBytes(LedgerCredit.Testing.RepositoryFiles.Path("src", "LedgerCredit.Evidence", "RulePacks", id + ".json"));

    private static (DateTime? Shortest, DateTime? Longest) Periods(string pack, string grade, DateTime decided) => (pack, grade) switch
    {
        ("demo", "minor") => (null, decided.AddDays(7)),
        ("demo", "general") => (decided.AddDays(1), decided.AddDays(30)),
        ("demo", _) => (decided.AddDays(7), decided.AddDays(90)),
        (_, "minor") => (null, decided.AddMonths(3)),
        (_, "general") => (decided.AddMonths(3), decided.AddMonths(12)),
        _ => (decided.AddMonths(12), decided.AddMonths(36)),
    };

    private static DateTime? Date(JsonElement claims, string name) => claims.TryGetProperty(name, out JsonElement value)
        ? DateTime.ParseExact(value.GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture)
        : null;

    private static BigInteger Seconds(DateTime? date, int zone) =>
        date is null ? 0 : new DateTimeOffset(date.Value, TimeSpan.FromHours(zone)).ToUnixTimeSeconds();

    private static string Keccak(string text) => LedgerCredit.Primitives.Cryptography.Keccak256.Hash(text).ToString()[2..];

    private static string Disclose(byte[] secret, string name, JsonElement value)
    {
        string salt = Url(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes("ledgercredit:salt:1:" + name))[..16]);
        return Url(Encoding.UTF8.GetBytes("[" + Quote(salt) + "," + Quote(name) + "," + Canonical(value) + "]"));
    }

    private static string Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string Canonical(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', value.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal)
            .Select(p => Quote(p.Name) + ":" + Canonical(p.Value))) + "}",
        JsonValueKind.Array => "[" + string.Join(',', value.EnumerateArray().Select(Canonical)) + "]",
        JsonValueKind.String => Quote(value.GetString()!),
        JsonValueKind.Number => ReferenceNumber.ToText(value.GetDouble()),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    private static string Quote(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
