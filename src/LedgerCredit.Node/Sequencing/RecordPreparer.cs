using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
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
    private const int SecretsAtOnce = 1024;

    private readonly RecordSorter _sorter = new();
    private readonly EntryCalculator _calculator = new(packs, subjectKey);
    private readonly List<Pending> _pending = [];
    private readonly Bytes32[] _secrets = new Bytes32[SecretsAtOnce];
    private int _secretsUsed = SecretsAtOnce;

    /// <summary>Adds a record by its text, without making JSON objects of it.</summary>
    /// <param name="text">Any bytes.</param>
    /// <param name="issuer">The only issuer that is accepted, or null where all are.</param>
    /// <returns>
    /// <see langword="false"/>, with nothing added, for all that is no valid record, and for some valid records that are written in
    /// another form, or about which something is to be said. <see cref="CreditRecord.TryParse"/> then says what it is.
    /// </returns>
    public bool TryAdd(ReadOnlySpan<byte> text, string? issuer)
    {
        if (!_sorter.TrySort(text, out ReadOnlySpan<byte> canonical)
            || (issuer is not null && !Ascii.Equals(_sorter.QuotedIssuer, $"\"{issuer}\"")))
        {
            return false;
        }

        Bytes32 secret = NextSecret();
        if (!_calculator.TryAdd(canonical, secret))
        {
            return false;
        }

        _pending.Add(new Pending(canonical.ToArray(), secret, default));
        return true;
    }

    /// <summary>Adds a record.</summary>
    public void Add(CreditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        byte[] canonical = record.ToCanonicalBytes();
        Bytes32 secret = NextSecret();
        _pending.Add(new Pending(canonical, secret, _calculator.TryAdd(canonical, secret) ? default : PrepareAlone(record, secret)));
    }

    /// <summary>Commits all records that were added, and begins anew.</summary>
    /// <returns>One for each record, in the order in which they were added.</returns>
    public Preparation[] Prepare()
    {
        _calculator.Compute();
        Bytes32[] leafHashes = new Bytes32[_calculator.Count];
        MerkleHash.Leaves(_calculator.Entries, LogEntry.Length, leafHashes);
        Preparation[] prepared = new Preparation[_pending.Count];
        int computed = 0;
        for (int i = 0; i < prepared.Length; i++)
        {
            Pending pending = _pending[i];
            bool isAlone = pending.Alone.Prepared is not null || pending.Alone.Problem is not null;
            prepared[i] = isAlone ? pending.Alone : new Preparation(Read(computed, pending, leafHashes[computed++]), null);
        }

        _pending.Clear();
        _calculator.Clear();
        return prepared;
    }

    private PreparedRecord Read(int number, Pending pending, Bytes32 leafHash) => new(
        _calculator.Kind(number),
        Encoding.ASCII.GetString(_calculator.Issuer(number)),
        Encoding.UTF8.GetString(_calculator.Id(number)),
        Encoding.UTF8.GetString(_calculator.Subject(number)),
        _calculator.Supersedes(number) is { IsEmpty: false } superseded ? Encoding.UTF8.GetString(superseded) : null,
        pending.Canonical,
        pending.Secret,
        _calculator.Entries.Slice(number * LogEntry.Length, LogEntry.Length).ToArray(),
        leafHash);

    private Preparation PrepareAlone(CreditRecord record, Bytes32 secret) =>
        new(PreparedRecord.TryPrepareWith(secret, record, packs, subjectKey, out RecordProblem? problem), problem);

    // A secret is used once: also that of a record which was not added after all is never given again.
    private Bytes32 NextSecret()
    {
        if (_secretsUsed == _secrets.Length)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(_secrets.AsSpan()));
            _secretsUsed = 0;
        }

        return _secrets[_secretsUsed++];
    }

    private readonly record struct Pending(byte[] Canonical, Bytes32 Secret, Preparation Alone);
}
