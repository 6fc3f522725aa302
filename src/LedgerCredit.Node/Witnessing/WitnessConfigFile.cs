using LedgerCredit.Log;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Witnessing;

/// <summary>The content of <c>witness.json</c>: who the witness is and which logs it looks after. Nothing secret.</summary>
/// <remarks>
/// <code>{ "format": "ledgercredit-witness/1", "key": "verifier key", "logs": [{ "origin": "…", "keys": ["note verifier key", …] }] }</code>
/// </remarks>
/// <param name="Key">The witness's verifier key, with its name.</param>
/// <param name="Logs">The logs, by origin, none twice.</param>
public sealed record WitnessConfigFile(WitnessKey Key, IReadOnlyList<WitnessedLog> Logs)
{
    /// <summary>The most logs of a witness.</summary>
    public const int MaxLogs = 1000;

    /// <summary>The most keys of a log.</summary>
    public const int MaxKeys = 8;

    private const string Format = "ledgercredit-witness/1";

    /// <summary>The log of an origin, or null.</summary>
    public WitnessedLog? FindLog(string origin) => Logs.FirstOrDefault(log => log.Origin == origin);

    /// <summary>Reads <c>witness.json</c>.</summary>
    /// <exception cref="WorkspaceException">The text is not a witness's configuration.</exception>
    public static WitnessConfigFile Parse(ReadOnlySpan<byte> utf8, string path)
    {
        if (!StrictJson.TryParse(utf8, JsonLimits.Document, out JsonValue? value, out ParseProblem? problem))
        {
            throw new WorkspaceException($"'{path}' is not the configuration of a witness. {problem}");
        }

        JsonProblems problems = new();
        JsonCursor root = JsonCursor.Root(value, problems).ObjectWith(["format", "key", "logs"]);
        if (root.Member("format").Text() != Format)
        {
            root.Member("format").Refuse("wrong-format", $"Expected '{Format}'.");
        }

        if (!WitnessKey.TryParse(root.Member("key").Text(), out WitnessKey? key, out problem))
        {
            root.Member("key").Refuse(problem.Code, problem.Message);
        }

        List<WitnessedLog> logs = [];
        foreach (JsonCursor item in root.Member("logs").Items(MaxLogs))
        {
            item.ObjectWith(["origin", "keys"]);
            WitnessedLog log = new(item.Member("origin").Text(), ReadKeys(item.Member("keys")));
            if (!Checkpoint.IsValidOrigin(log.Origin) || logs.Any(other => other.Origin == log.Origin))
            {
                item.Member("origin").Refuse("bad-origin", "Expected one line that is not empty, and no origin twice.");
            }

            logs.Add(log);
        }

        return problems.First is null && key is not null
            ? new WitnessConfigFile(key, logs)
            : throw new WorkspaceException($"'{path}' is not the configuration of a witness. {problems.First}");
    }

    /// <summary>The text of <c>witness.json</c>.</summary>
    public byte[] ToUtf8() => JsonText.WriteIndented(new JsonObject(
        new JsonMember("format", new JsonString(Format)),
        new JsonMember("key", new JsonString(Key.ToString())),
        new JsonMember("logs", new JsonArray([.. Logs.Select(log => new JsonObject(
            new JsonMember("origin", new JsonString(log.Origin)),
            new JsonMember("keys", new JsonArray([.. log.Keys.Select(key => new JsonString(key.ToString()))]))))]))));

    private static List<NoteVerifierKey> ReadKeys(JsonCursor cursor)
    {
        List<NoteVerifierKey> keys = [];
        foreach (JsonCursor item in cursor.Items(MaxKeys))
        {
            if (NoteVerifierKey.TryParse(item.Text(), out NoteVerifierKey? key, out ParseProblem? problem))
            {
                keys.Add(key);
            }
            else
            {
                item.Refuse(problem.Code, problem.Message);
            }
        }

        if (keys.Count == 0)
        {
            cursor.Refuse("no-keys", "Expected at least one key, found none.");
        }

        return keys;
    }
}
