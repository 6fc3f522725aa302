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
}
