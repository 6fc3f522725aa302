using System.Globalization;
using System.Text.Json;
using LedgerCredit.Log;
using LedgerCredit.Node.Tests;
using LedgerCredit.Primitives;

namespace LedgerCredit.Faults.Tests.Torture;

/// <summary>Holds the store, the exported log, the evidence and the ledger against what the senders were told.</summary>
internal sealed class TortureCheck(Tool tool, SenderMemory memory, Erasures erasures, string folder)
{
    private const int Sample = 12;
    private const int VerifiedAtOnce = 1_000;

    private int _number;

    /// <summary>Checks everything; proves a sample.</summary>
    public async Task RunAsync(Random random)
    {
        await CheckAllAsync();
        RecordKey[] sample = [.. memory.Records.Keys.Where(key => !erasures.MayBeErased(key)).OrderBy(_ => random.Next()).Take(Sample)];
        foreach (IGrouping<(string Issuer, string Kind), RecordKey> group in sample.GroupBy(key => (key.Issuer, key.Kind)))
        {
            await ProveAsync(["--issuer", group.Key.Issuer, "--kind", group.Key.Kind, .. group.Select(key => key.Id)], group.Count());
        }
    }

    /// <summary>Checks everything once all is acknowledged: the logs hold each offered record once and nothing else, and all are proven.</summary>
    /// <returns>How many anchors there are.</returns>
    public async Task<int> RunAtTheEndAsync(RecordSupply supply, BackupMade? backup)
    {
        RecordKey[] offered = [.. supply.Pieces.SelectMany(piece => piece.Rows)];
        foreach (RecordKey key in offered)
        {
            Require(memory.Records.ContainsKey(key) || erasures.MayBeErased(key), $"{key} is still not acknowledged.");
        }

        (int anchors, IReadOnlyDictionary<string, int> entries, int erased) = await CheckAllAsync();
        foreach (IGrouping<string, RecordKey> log in offered.GroupBy(key => key.Issuer))
        {
            Require(entries[log.Key] == log.Count(), $"The log of {log.Key} has {entries[log.Key]} entries for {log.Count()} records.");
        }

        await ProveAsync(["--all"], offered.Length - erased);
        if (backup is not null)
        {
            await CheckBackupAsync(backup);
        }

        return anchors;
    }

    private async Task<(int Anchors, IReadOnlyDictionary<string, int> Entries, int Erased)> CheckAllAsync()
    {
        // What the killed commands left is completed by the commands themselves, run again.
        (await tool.RunAsync("log", "anchor", "--wait")).Expect(0);
        (await tool.RunAsync("node", "run", "--once")).Expect(0);
        JsonElement audit = (await tool.RunAsync("log", "audit", "--json")).Expect(0).Json;
        Require(audit.GetProperty("verdict").GetString() == "sound", audit.ToString());
        Dictionary<string, int> entries = await CheckAcknowledgedAsync();
        int erased = CheckErasures(audit);
        string url = (await tool.RunAsync("devnet", "status", "--json")).Expect(0).Json.GetProperty("rpcUrl").GetString()!;
        return (await LedgerAnchors.AssertKnownOnceAsync(tool.Data, url, audit), entries, erased);
    }

    // Each acknowledged record is in the exported log at its place, under the root that the log signed.
    private async Task<Dictionary<string, int>> CheckAcknowledgedAsync()
    {
        string export = NewFolder("export");
        (await tool.RunAsync("log", "export", export)).Expect(0);
        Dictionary<string, int> entries = new(StringComparer.Ordinal);
        foreach (string log in Directory.GetDirectories(Path.Combine(export, "log")))
        {
            string issuer = Path.GetFileName(log);
            TlogClient client = new(log);
            (string origin, long size, byte[] root) = client.ReadCheckpoint();
            byte[][] leaves = [.. client.ReadEntries(size).Select(entry => MerkleHash.Leaf(entry).ToArray())];
            Require(TlogClient.Root(leaves).AsSpan().SequenceEqual(root), $"The entries of '{origin}' do not lead to its checkpoint.");
            string[] hashes = [.. leaves.Select(leaf => Bytes32.FromBytes(leaf).ToString())];
            Require(hashes.Distinct().Count() == hashes.Length, $"The log '{origin}' has an entry twice.");
            foreach ((RecordKey key, Acknowledged place) in memory.Records.Where(pair => pair.Key.Issuer == issuer))
            {
                Require(place.Origin == origin && place.LeafIndex < size, $"{key} was acknowledged as {place}, but '{origin}' has {size} entries.");
                Require(hashes[place.LeafIndex] == place.LeafHash, $"{key} was acknowledged as {place}, but there is {hashes[place.LeafIndex]}.");
            }

            entries.Add(issuer, hashes.Length);
        }

        Require(memory.Records.Keys.All(key => entries.ContainsKey(key.Issuer)), "A log with acknowledged records was not exported.");
        Directory.Delete(export, recursive: true);
        return entries;
    }

    private int CheckErasures(JsonElement audit)
    {
        HashSet<(string, long)> erased = [];
        foreach (JsonElement log in audit.GetProperty("logs").EnumerateArray())
        {
            foreach (JsonElement entry in log.GetProperty("erased").EnumerateArray())
            {
                erased.Add((log.GetProperty("origin").GetString()!, entry.GetProperty("leafIndex").GetInt64()));
            }
        }

        foreach ((RecordKey key, Acknowledged place) in memory.Records)
        {
            bool isErased = erased.Contains((place.Origin, place.LeafIndex));
            Require(!isErased || erasures.MayBeErased(key), $"{key} is erased, but nobody erased it.");
            Require(isErased || !erasures.Done.Contains(key), $"{key} was erased, but is there.");
        }

        return erased.Count;
    }

    private async Task ProveAsync(IReadOnlyList<string> which, int expected)
    {
        string evidence = NewFolder("evidence");
        string trust = Path.Combine(folder, "trust.json");
        (await tool.RunAsync(["evidence", "create", .. which, "-o", evidence, "--json"])).Expect(0);
        File.Delete(trust);
        (await tool.RunAsync("evidence", "trust", "-o", trust)).Expect(0);
        string[] files = Directory.Exists(evidence) ? Directory.GetFiles(evidence) : [evidence];
        Require(files.Length == expected, string.Create(CultureInfo.InvariantCulture, $"{files.Length} evidence files for {expected} records."));
        foreach (string[] some in files.Chunk(VerifiedAtOnce))
        {
            (await tool.RunAsync(["evidence", "verify", .. some, "--trust", trust])).Expect(0);
        }

        if (Directory.Exists(evidence))
        {
            Directory.Delete(evidence, recursive: true);
        }
        else
        {
            File.Delete(evidence);
        }
    }

    // What was acknowledged before a backup began is in it.
    private async Task CheckBackupAsync(BackupMade backup)
    {
        Tool restored = tool.On(NewFolder("restored"));
        (await restored.RunAsync("workspace", "restore", backup.File)).Expect(0);
        string export = NewFolder("export");
        (await restored.RunAsync("log", "export", export)).Expect(0);
        foreach (IGrouping<string, (RecordKey Key, Acknowledged Place)> log in backup.Known.Select(pair => (pair.Key, pair.Value)).GroupBy(pair => pair.Key.Issuer))
        {
            TlogClient client = new(Path.Combine(export, "log", log.Key));
            List<byte[]> entries = client.ReadEntries(client.ReadCheckpoint().Size);
            foreach ((RecordKey key, Acknowledged place) in log)
            {
                Require(place.LeafIndex < entries.Count && MerkleHash.Leaf(entries[(int)place.LeafIndex]).ToString() == place.LeafHash, $"{key} was acknowledged before the backup, and is not in it.");
            }
        }
    }

    private string NewFolder(string name) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}-{_number++}"));

    private static void Require(bool isTrue, string message)
    {
        if (!isTrue)
        {
            throw new AssertFailedException(message);
        }
    }
}
