using System.Globalization;
using System.Text.Json;

namespace LedgerCredit.Service.Tests;

/// <summary>Compares answers with what the served description says of them: status, content type, headers, members and their types.</summary>
internal sealed class ApiSchema
{
    private const string Lines = "application/x-ndjson";

    // Those that callers act on.
    private static readonly string[] Headers = ["Location", "Retry-After", "ETag", "WWW-Authenticate"];

    private readonly JsonElement _document;
    private readonly Dictionary<string, JsonElement> _operations;

    private ApiSchema(JsonElement document)
    {
        _document = document;
        _operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => operation.Value))
            .ToDictionary(operation => operation.GetProperty("operationId").GetString()!);
    }

    /// <summary>Reads the description that a service gives.</summary>
    internal static async Task<ApiSchema> ReadAsync(ServiceScene scene, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await scene.Http.GetAsync("/openapi/v1.json", cancellationToken);
        return new ApiSchema(await ServiceScene.ReadAsync(response, cancellationToken));
    }

    /// <summary>Fails where an answer is not as the description of its operation says.</summary>
    internal async Task CheckAsync(string operation, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string what = FormattableString.Invariant($"{operation} {(int)response.StatusCode}");
        string status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        Assert.IsTrue(_operations[operation].GetProperty("responses").TryGetProperty(status, out JsonElement described), $"{what} is not described");
        foreach (string header in Headers.Where(response.Headers.Contains))
        {
            Assert.IsTrue(described.TryGetProperty("headers", out JsonElement headers) && headers.TryGetProperty(header, out _), $"{what}: the header {header} is not described");
        }

        string body = await response.Content.ReadAsStringAsync(cancellationToken);
        if (body.Length == 0)
        {
            Assert.IsFalse(described.TryGetProperty("content", out _), $"{what} has no body, and one is described");
            return;
        }

        string type = response.Content.Headers.ContentType!.MediaType!;
        JsonElement content = default;
        Assert.IsTrue(described.TryGetProperty("content", out JsonElement contents) && contents.TryGetProperty(type, out content), $"{what} of type {type} is not described");
        if (type.EndsWith("json", StringComparison.Ordinal) && content.TryGetProperty("schema", out JsonElement schema))
        {
            foreach (string text in type == Lines ? body.TrimEnd('\n').Split('\n') : [body])
            {
                List<string> wrong = [];
                Check(JsonDocument.Parse(text).RootElement, schema, "", wrong);
                Assert.IsEmpty(wrong, $"{what}: {string.Join("; ", wrong)} in {text}");
            }
        }
    }

    private void Check(JsonElement value, JsonElement schema, string path, List<string> wrong)
    {
        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            string name = reference.GetString()!["#/components/schemas/".Length..];
            Check(value, _document.GetProperty("components").GetProperty("schemas").GetProperty(name), path, wrong);
            return;
        }

        if (schema.TryGetProperty("oneOf", out JsonElement either) && !either.EnumerateArray().Any(one => Fits(value, one)))
        {
            wrong.Add($"{path} is none of those that it may be");
        }

        if (schema.TryGetProperty("type", out JsonElement type) && !IsOf(value, type))
        {
            wrong.Add($"{path} is {value.ValueKind} and not {type}");
            return;
        }

        if (schema.TryGetProperty("enum", out JsonElement words) && !words.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value)))
        {
            wrong.Add($"{path} is none of its values");
        }

        if (value.ValueKind == JsonValueKind.String && schema.TryGetProperty("format", out JsonElement form) && !HasForm(value.GetString()!, form.GetString()!))
        {
            wrong.Add($"{path} is no {form}");
        }

        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out JsonElement items))
        {
            foreach ((int i, JsonElement item) in value.EnumerateArray().Index())
            {
                Check(item, items, FormattableString.Invariant($"{path}/{i}"), wrong);
            }
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            CheckMembers(value, schema, path, wrong);
        }
    }

    private void CheckMembers(JsonElement value, JsonElement schema, string path, List<string> wrong)
    {
        if (schema.TryGetProperty("required", out JsonElement required))
        {
            wrong.AddRange(required.EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{path}/{name} is required and not there"));
        }

        bool isClosed = schema.TryGetProperty("additionalProperties", out JsonElement others) && others.ValueKind == JsonValueKind.False;
        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (schema.TryGetProperty("properties", out JsonElement members) && members.TryGetProperty(member.Name, out JsonElement described))
            {
                Check(member.Value, described, $"{path}/{member.Name}", wrong);
            }
            else if (isClosed)
            {
                wrong.Add($"{path}/{member.Name} is not described");
            }
        }
    }

    private bool Fits(JsonElement value, JsonElement schema)
    {
        List<string> wrong = [];
        Check(value, schema, "", wrong);
        return wrong.Count == 0;
    }

    private static bool HasForm(string text, string form) => form switch
    {
        "date-time" => text.Length >= 20 && DateTimeOffset.TryParseExact(
            text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        _ => throw new AssertFailedException($"There is no form {form}."),
    };

    private static bool IsOf(JsonElement value, JsonElement type) => type.ValueKind == JsonValueKind.Array
        ? type.EnumerateArray().Any(one => IsOf(value, one))
        : type.GetString() switch
        {
            "null" => value.ValueKind == JsonValueKind.Null,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "number" => value.ValueKind == JsonValueKind.Number,
            "string" => value.ValueKind == JsonValueKind.String,
            "array" => value.ValueKind == JsonValueKind.Array,
            "object" => value.ValueKind == JsonValueKind.Object,
            _ => throw new AssertFailedException($"There is no type {type}."),
        };
}
