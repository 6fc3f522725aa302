using System.Text;
using LedgerCredit.Primitives;

namespace LedgerCredit.Evidence;

/// <summary>Computes the log entries of records from their canonical text, many at once and without making JSON objects.</summary>
/// <remarks>
/// <para>
/// The fast way to what <see cref="CreditRecord.TryParse"/>, <see cref="RecordCommitment.Create"/> and
/// <see cref="SanctionTerms.TryCreate"/> lead to together (docs/spec/records.md sections 2 to 8). What <see cref="TryAdd"/> takes is
/// the canonical text of a valid record, and its entry is the same as theirs.
/// </para>
/// <para>Not thread-safe: one for each thread. Keeps its buffers; they hold secrets' macs until they are overwritten.</para>
/// </remarks>
public sealed class EntryCalculator
{
    // Records that are committed to together: all that is hashed of them stays in the processor's cache, and there are enough
    // payloads and terms for the hashing of many at once.
    private const int RecordsAtOnce = 128;

    private const int TextsOfRecord = 4;

    private readonly SlicedRecord _record = new();
    private readonly CommitmentBatch _commitments = new();
    private readonly TermsBatch _terms;
    private readonly IRulePackSource _source;
    private readonly RulePackFinder _findPack;
    private readonly Utf8Cache<RulePack> _packs = new();
    private readonly Utf8Cache<Bytes32> _authorities = new();
    private readonly List<RecordKind> _kinds = [];
    private readonly ByteStrings _texts = new();
    private byte[] _entries = [];
    private int _computed;

    /// <summary>Makes one without records.</summary>
    /// <param name="packs">The rule packs that sanctions may name.</param>
    /// <param name="subjectKey">The network's subject key.</param>
    public EntryCalculator(IRulePackSource packs, Bytes32 subjectKey)
    {
        _terms = new TermsBatch(subjectKey);
        _source = packs;

        // Once and not for every record.
        _findPack = FindPack;
    }

    /// <summary>Says whether records of the kind <see cref="RecordKind.Access"/> are taken; nothing else of it counts here.</summary>
    /// <value>Default: <see cref="RecordRules.Default"/>, which refuses them.</value>
    public RecordRules Rules { get; init; } = RecordRules.Default;

    /// <summary>The number of records.</summary>
    public int Count => _kinds.Count;

    /// <summary>The entries of all records, <see cref="LogEntry.Length"/> bytes each, in the order in which they were added.</summary>
    /// <value>Those for which <see cref="Compute"/> was called; valid until the next call of another member.</value>
    public ReadOnlySpan<byte> Entries => _entries.AsSpan(0, _computed * LogEntry.Length);

    /// <summary>Forgets all records.</summary>
    public void Clear()
    {
        _commitments.Clear();
        _terms.Clear();
        _kinds.Clear();
        _texts.Clear();
        _computed = 0;
    }

    /// <summary>Adds a record.</summary>
    /// <param name="canonicalRecord">Any bytes.</param>
    /// <param name="secret">The record's secret.</param>
    /// <returns>
    /// <see langword="false"/>, with nothing added, for whatever is not the canonical text of a valid record with known terms, and for
    /// a few rare records that are valid: those about natural persons, and those that are accepted with a warning. The caller then takes
    /// the slow way, which says why.
    /// </returns>
    public bool TryAdd(ReadOnlySpan<byte> canonicalRecord, Bytes32 secret)
    {
        if (!_record.TryRead(canonicalRecord, Rules))
        {
            return false;
        }

        TermsClaims? terms = _record.Kind == RecordKind.Sanction ? TermsClaims.Read(_record, _findPack) : null;
        if (_record.Kind == RecordKind.Sanction && terms is null)
        {
            return false;
        }

        if (_commitments.Count == RecordsAtOnce)
        {
            Compute();
        }

        _kinds.Add(_record.Kind);
        AddText(_record.Id);
        AddText(_record.Issuer);
        AddText(_record.Subject);
        AddText(_record.Supersedes);
        AddMembers(secret);
        if (terms is not null)
        {
            _terms.Add(terms, AuthorityOf(_record.Slice(_record.Issuer)), Subject(Count - 1), secret);
        }

        return true;
    }

    /// <summary>Computes the entries of all records that were added.</summary>
    public void Compute()
    {
        int first = Count - _commitments.Count;
        if (_entries.Length < Count * LogEntry.Length)
        {
            Array.Resize(ref _entries, Math.Max(Count * LogEntry.Length, 2 * _entries.Length));
        }

        _commitments.Compute();
        _terms.Compute();
        int sanctions = 0;
        for (int i = 0; i < _commitments.Count; i++)
        {
            RecordKind kind = _kinds[first + i];
            Bytes32 termsDigest = kind == RecordKind.Sanction ? _terms.Digests[sanctions++] : Bytes32.Zero;
            LogEntry.Write(
                kind, _commitments.RecordDigests[i], termsDigest, _entries.AsSpan((first + i) * LogEntry.Length, LogEntry.Length));
        }

        _computed = Count;
        _commitments.Clear();
        _terms.Clear();
    }

    /// <summary>What a record states.</summary>
    public RecordKind Kind(int record) => _kinds[record];

    /// <summary>A record's id in UTF-8, without escapes. Valid until the next call of <see cref="TryAdd"/> or <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Id(int record) => _texts[TextsOfRecord * record];

    /// <summary>A record's issuer in ASCII, valid as <see cref="Id"/> is.</summary>
    public ReadOnlySpan<byte> Issuer(int record) => _texts[(TextsOfRecord * record) + 1];

    /// <summary>A record's subject in UTF-8, without escapes, valid as <see cref="Id"/> is.</summary>
    public ReadOnlySpan<byte> Subject(int record) => _texts[(TextsOfRecord * record) + 2];

    /// <summary>The id of the record that a record supersedes, in UTF-8, without escapes; empty where there is none. Valid as <see cref="Id"/> is.</summary>
    public ReadOnlySpan<byte> Supersedes(int record) => _texts[(TextsOfRecord * record) + 3];

    private void AddMembers(Bytes32 secret)
    {
        _commitments.AddRecord(_record.Kind, _record.Slice(_record.Issuer), secret);
        AddString("id"u8, _record.Id);
        AddString("subject"u8, _record.Subject);
        AddString("issuedAt"u8, _record.IssuedAt);
        if (_record.HasSupersedes)
        {
            AddString("supersedes"u8, _record.Supersedes);
        }

        foreach (SlicedClaim claim in _record.Claims)
        {
            ReadOnlySpan<byte> name = _record.Slice(claim.Name);
            ReadOnlySpan<byte> plainName = _record.HasEscapes && name.Contains((byte)'\\') ? CanonicalScanner.Unescape(name) : name;
            _commitments.AddMember(putClaimPrefix: true, plainName, name, _record.Slice(claim.Value));
        }
    }

    private void AddString(ReadOnlySpan<byte> name, TextRange text) => _commitments.AddMember(putClaimPrefix: false, name, name, _record.SliceQuoted(text));

    private void AddText(TextRange range)
    {
        ReadOnlySpan<byte> escaped = _record.Slice(range);
        ReadOnlySpan<byte> plain = _record.HasEscapes && escaped.Contains((byte)'\\') ? CanonicalScanner.Unescape(escaped) : escaped;
        plain.CopyTo(_texts.Add(plain.Length));
    }

    private RulePack? FindPack(ReadOnlySpan<byte> id)
    {
        if (_packs.TryFind(id, out RulePack? known))
        {
            return known;
        }

        RulePack? pack = _source.Find(Encoding.UTF8.GetString(id));
        if (pack is not null)
        {
            _packs.Add(id, pack);
        }

        return pack;
    }

    private Bytes32 AuthorityOf(ReadOnlySpan<byte> issuer)
    {
        if (!_authorities.TryFind(issuer, out Bytes32 authority))
        {
            authority = SanctionTerms.AuthorityOf(Encoding.ASCII.GetString(issuer));
            _authorities.Add(issuer, authority);
        }

        return authority;
    }
}
