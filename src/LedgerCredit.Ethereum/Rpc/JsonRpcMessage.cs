using System.Globalization;
using System.Net;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Ethereum.Rpc;

/// <summary>The form of requests and answers (JSON-RPC 2.0 sections 4 and 5).</summary>
internal static class JsonRpcMessage
{
    private const int MaxMessageLength = 300;

    internal static byte[] WriteRequest(long id, string method, IReadOnlyList<JsonValue> parameters) => JsonText.WriteLine(
        new JsonObject(
            new JsonMember("jsonrpc", new JsonString("2.0")),
            new JsonMember("id", new JsonNumber(id)),
            new JsonMember("method", new JsonString(method)),
            new JsonMember("params", new JsonArray(parameters))));

    internal static JsonValue ReadAnswer(long id, string method, HttpStatusCode status, byte[] body, JsonLimits limits)
    {
        // Some endpoints send RPC errors with an HTTP status of 400 or 500, so the body has the first word.
        if (!StrictJson.TryParse(body, limits, out JsonValue? answer, out ParseProblem? problem))
        {
            throw status == HttpStatusCode.OK ? Malformed(method, problem.ToString()) : BadStatus(method, status);
        }

        if (answer is not JsonObject json
            || !json.TryFindString("jsonrpc", out string? version) || version != "2.0"
            || json.Find("id") is not JsonNumber answerId
            || answerId.Text != id.ToString(CultureInfo.InvariantCulture))
        {
            throw Malformed(method, $"Expected a JSON-RPC 2.0 answer with id {id}, found another document.");
        }

        JsonValue? error = json.Find("error");
        JsonValue? result = json.Find("result");
        if ((error is null) == (result is null))
        {
            throw Malformed(method, "Expected either a result or an error, found both or neither.");
        }

        if (error is not null)
        {
            throw ReadError(method, error);
        }

        return status == HttpStatusCode.OK
            ? result!
            : throw BadStatus(method, status);
    }

    internal static LedgerAnswerException Malformed(string method, string why) =>
        new($"The ledger's answer to {method} is malformed. {why}");

    private static LedgerAnswerException BadStatus(string method, HttpStatusCode status) =>
        new($"The ledger answered {method} with HTTP status {(int)status}; expected 200.");

    private static LedgerException ReadError(string method, JsonValue error)
    {
        if (error is not JsonObject json
            || json.Find("code") is not JsonNumber codeNumber
            || !long.TryParse(codeNumber.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long code)
            || !json.TryFindString("message", out string? message))
        {
            return Malformed(method, "Expected an error with an integer code and a message, found another form.");
        }

        return new JsonRpcException(method, code, Printable(message), ReadRevertData(json.Find("data")));
    }

    // The text goes to terminals and logs: control characters could rewrite what stands there.
    private static string Printable(string message)
    {
        string shown = message.Length <= MaxMessageLength ? message : message[..MaxMessageLength] + "…";
        return new string([.. shown.Select(c => char.IsControl(c) ? ' ' : c)]);
    }

    // Revert data stands in "data", or in a "data" inside of it; other endpoints put texts there.
    private static byte[]? ReadRevertData(JsonValue? data)
    {
        JsonValue? innermost = data is JsonObject json ? json.Find("data") : data;
        return innermost is JsonString text && Hex.TryDecode(text.Value, out byte[]? bytes) ? bytes : null;
    }
}
