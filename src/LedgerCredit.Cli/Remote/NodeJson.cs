using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Remote;

/// <summary>What a node answers as the JSON that commands print: the API's models have the members of the local documents.</summary>
internal static class NodeJson
{
    // Of one answer, which the client bounds as well.
    private static readonly JsonLimits Limits = new(64 * 1024 * 1024, 32);

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A model as JSON.</summary>
    public static JsonValue Of<T>(T model) => StrictJson.TryParse(JsonSerializer.SerializeToUtf8Bytes(model, Options), Limits, out JsonValue? value, out ParseProblem? problem)
        ? value
        : throw new NodeAnswerException($"The node's answer cannot be shown. {problem}");

    /// <summary>An evidence file, which was parsed before, as a member of a request.</summary>
    public static System.Text.Json.Nodes.JsonObject ParseEvidence(ReadOnlySpan<byte> utf8) => (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse(utf8)!;

    /// <summary>A moment of an answer: RFC 3339 in UTC, whole seconds, not before 1970.</summary>
    /// <param name="text">The moment.</param>
    /// <param name="what">What it is of, for the message.</param>
    /// <exception cref="NodeAnswerException">It is none.</exception>
    public static DateTimeOffset ReadTime(string text, string what) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) && time >= DateTimeOffset.UnixEpoch
            ? time
            : throw new NodeAnswerException($"The node's {what} has a time that is none.");
}
