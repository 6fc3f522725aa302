using System.Text.Json;

namespace LedgerCredit.Faults.Tests.Torture;

/// <summary>Where an acknowledgement says that a record is.</summary>
internal sealed record Acknowledged(string Origin, long LeafIndex, string LeafHash);

/// <summary>What the senders of records were told: every acknowledgement, as it stands in the files of <c>--receipts</c> or came over HTTP.</summary>
/// <remarks>It is kept outside the workspace and knows nothing of the store. Whoever contradicts it has broken a promise.</remarks>
internal sealed class SenderMemory
{
    private readonly Dictionary<RecordKey, Acknowledged> _records = [];
    private readonly HashSet<RecordKey> _imported = [];
    private readonly Dictionary<(string Origin, long Index), RecordKey> _places = [];
    private readonly Dictionary<(string Origin, string Size), string> _roots = [];

    /// <summary>All acknowledged records.</summary>
    public IReadOnlyDictionary<RecordKey, Acknowledged> Records => _records;

    /// <summary>Reads what an import acknowledged, however it ended.</summary>
    /// <param name="receipts">The file; it may be missing, and its last line may be cut.</param>
    /// <param name="pieces">The files that were imported, by name.</param>
    /// <returns>How many acknowledgements it holds.</returns>
    /// <exception cref="AssertFailedException">One contradicts an earlier one.</exception>
    public int Take(string receipts, IReadOnlyList<Piece> pieces)
    {
        if (!File.Exists(receipts))
        {
            return 0;
        }

        Dictionary<string, Piece> byName = pieces.ToDictionary(piece => Path.GetFileName(piece.Path), StringComparer.Ordinal);
        string text = File.ReadAllText(receipts);
        int lines = 0;

        // What stands behind the last line break was cut by the kill: the sender has no such acknowledgement.
        foreach (string line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement receipt = document.RootElement;
            RecordKey key = byName[receipt.GetProperty("file").GetString()!].Rows[receipt.GetProperty("row").GetInt32() - 1];
            Acknowledged place = new(
                receipt.GetProperty("origin").GetString()!, receipt.GetProperty("leafIndex").GetInt64(), receipt.GetProperty("leafHash").GetString()!);
            TakeRecord(key, place, receipt.GetProperty("result").GetString()!);
            TakeHead(place, receipt.GetProperty("checkpoint").GetString()!);
            lines++;
        }

        return lines;
    }

    /// <summary>Reads what a node acknowledged over HTTP, line by line.</summary>
    /// <param name="answers">The lines that arrived.</param>
    /// <param name="piece">The file that was sent.</param>
    /// <returns>How many acknowledgements there are.</returns>
    /// <exception cref="AssertFailedException">One contradicts an earlier one, or a record was refused.</exception>
    public int TakeAnswers(IReadOnlyList<string> answers, Piece piece)
    {
        foreach (string line in answers)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement answer = document.RootElement;
            RecordKey key = piece.Rows[answer.GetProperty("line").GetInt32() - 1];
            Require(answer.TryGetProperty("receipt", out JsonElement receipt) && receipt.ValueKind == JsonValueKind.Object, $"{key} was answered with {line}.");
            Acknowledged place = new(
                receipt.GetProperty("origin").GetString()!, receipt.GetProperty("leafIndex").GetInt64(), receipt.GetProperty("leafHash").GetString()!);
            string result = answer.GetProperty("result").GetString()!;
            TakeRecord(key, place, result == "added" ? "imported" : result);
            TakeHead(place, receipt.GetProperty("checkpoint").GetString()!);
        }

        return answers.Count;
    }

    private void TakeRecord(RecordKey key, Acknowledged place, string result)
    {
        Require(result is "imported" or "already-there", $"{key} was answered with '{result}'.");
        if (_records.TryGetValue(key, out Acknowledged? before))
        {
            Require(before == place, $"{key} was acknowledged as {before}, and then as {place}.");
        }

        Require(result != "imported" || _imported.Add(key), $"{key} was imported twice.");
        Require(_places.TryAdd((place.Origin, place.LeafIndex), key) || _places[(place.Origin, place.LeafIndex)] == key, $"{key} and another record are both acknowledged as {place}.");
        _records[key] = place;
    }

    // Two roots for one size of a log are two histories, signed: what an acknowledgement is there to prove.
    private void TakeHead(Acknowledged place, string checkpoint)
    {
        string[] lines = checkpoint.Split('\n');
        Require(lines[0] == place.Origin, $"The checkpoint of {place} is of '{lines[0]}'.");
        Require(long.Parse(lines[1], System.Globalization.CultureInfo.InvariantCulture) > place.LeafIndex, $"The checkpoint of {place} covers {lines[1]} entries.");
        Require(_roots.TryAdd((lines[0], lines[1]), lines[2]) || _roots[(lines[0], lines[1])] == lines[2], $"Two checkpoints of '{lines[0]}' at size {lines[1]} have different roots.");
    }

    private static void Require(bool isTrue, string message)
    {
        if (!isTrue)
        {
            throw new AssertFailedException(message);
        }
    }
}
