using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Sequencing;

/// <summary>A record on its way to the log: prepared, or the reason why it cannot be.</summary>
/// <param name="Prepared">The prepared record, or null.</param>
/// <param name="Problem">Why the terms of a sanction cannot be computed, or null.</param>
public readonly record struct Preparation(PreparedRecord? Prepared, RecordProblem? Problem);

/// <summary>Commits many records at once, each under a fresh random secret, as <see cref="PreparedRecord.TryPrepare"/> does one.</summary>
/// <remarks>Not thread-safe: keeps its buffers.</remarks>
/// <param name="packs">The rule packs that sanctions may name.</param>
/// <param name="subjectKey">The network subject key.</param>
public sealed class RecordPreparer(IRulePackSource packs, Bytes32 subjectKey)
{
    private readonly EntryCalculator _calculator = new(packs, subjectKey);

    /// <summary>Commits records.</summary>
    /// <returns>One for each record, in order.</returns>
    public Preparation[] Prepare(IReadOnlyList<CreditRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        Bytes32[] secrets = new Bytes32[records.Count];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(secrets.AsSpan()));
        byte[][] canonical = new byte[records.Count][];
        int[] numbers = new int[records.Count];
        _calculator.Clear();
        for (int i = 0; i < records.Count; i++)
        {
            canonical[i] = records[i].ToCanonicalBytes();
            numbers[i] = _calculator.TryAdd(canonical[i], secrets[i]) ? _calculator.Count - 1 : -1;
        }

        _calculator.Compute();
        Bytes32[] leafHashes = new Bytes32[_calculator.Count];
        MerkleHash.Leaves(_calculator.Entries, LogEntry.Length, leafHashes);
        Preparation[] prepared = new Preparation[records.Count];
        for (int i = 0; i < records.Count; i++)
        {
            prepared[i] = numbers[i] < 0
                ? PrepareAlone(records[i], canonical[i], secrets[i])
                : new Preparation(
                    PreparedRecord.Create(
                        records[i],
                        canonical[i],
                        secrets[i],
                        _calculator.Entries.Slice(numbers[i] * LogEntry.Length, LogEntry.Length).ToArray(),
                        leafHashes[numbers[i]]),
                    null);
        }

        return prepared;
    }

    private Preparation PrepareAlone(CreditRecord record, byte[] canonical, Bytes32 secret)
    {
        LogEntry? entry = PreparedRecord.TryCommit(record, packs, subjectKey, secret, out RecordProblem? problem);
        if (entry is null)
        {
            return new Preparation(null, problem);
        }

        byte[] encoded = entry.Encode();
        return new Preparation(PreparedRecord.Create(record, canonical, secret, encoded, MerkleHash.Leaf(encoded)), null);
    }
}
