using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Hashing;
using LedgerCredit.Storage;

namespace LedgerCredit.Bench;

/// <summary>What an audit of the whole store costs, compared with its ledger.</summary>
/// <remarks>
/// The ceiling is the slower of two: one scan of the rows of all entries, and all hashes of the audit on all threads with nothing else: salts,
/// disclosures, payloads, terms, entries, tree. Their input lies ready and is that of the first records, again and again.
/// </remarks>
/// <param name="records">Records in the store.</param>
/// <param name="parent">Where to make files.</param>
public sealed class AuditBench(int records, string parent) : IBench
{
    private const double MustReachOfCeiling = 0.6;
    private const double MostMegabytes = 500;
    private const int SampledRecords = 2048;
    private const int MostPeerRecords = 100_000;

    // Bytes of the label of a member's salt before its name, of the mac of terms and of their encoding: docs/spec/records.md sections 5 and 7.
    private const int SaltLabelBytes = 20;
    private const int TermsMacBytes = 25;

    private readonly BenchMeasure _processors = new("processors busy", "");
    private readonly BenchMeasure _memory = new("most memory resident", "MB") { AtMost = MostMegabytes };
    private readonly BenchMeasure _scan = new("one scan of the rows", "records/s");
    private readonly BenchMeasure _hashes = new("the hashes alone, all threads", "records/s");

    private AnchoredRecords? _records;
    private LedgerSession? _session;
    private HashInput? _input;

    private int PeerRecords => Math.Min(MostPeerRecords, records);

    /// <inheritdoc/>
    public string Name => "audit";

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, string Value)> Settings =>
    [
        ("records", records.ToString(CultureInfo.InvariantCulture)),
        .. BenchMachine.DescribeDisk(parent),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<BenchFigure> Figures =>
    [
        new BenchFigure(
            "whole store audited",
            "records",
            new BenchWork("every digest, salt, entry, index, tile, checkpoint and anchor", records, AuditAsync),
            new BenchComparison(BenchWork.Of("salts and disclosures alone by SHA256.HashData and HMACSHA256.HashData, all threads", PeerRecords, HashByFramework), null),
            new BenchComparison(new BenchWork("the slower of a scan of the rows and the hashes alone", records, Ceiling), MustReachOfCeiling)),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<BenchMeasure> Measures => [_scan, _hashes, _processors, _memory];

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _records = await AnchoredRecords.CreateAsync(records, parent, cancellationToken);
        _session = await _records.Workspace.ConnectAsync(cancellationToken);
        using Store store = _records.Workspace.Workspace.OpenStore(StoreAccess.Read);
        _input = HashInput.Of(store.Entries.ReadAll(store.Logs.Find(SyntheticRecords.Authority)!.Number).Take(SampledRecords));
    }

    /// <inheritdoc/>
    public Task BeginRoundAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task EndRoundAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _session?.Dispose();
        if (_records is AnchoredRecords made)
        {
            _records = null;
            await made.DisposeAsync();
        }
    }

    private async Task AuditAsync(BenchClock clock, CancellationToken cancellationToken)
    {
        clock.Pause();
        ProcessMeter meter = ProcessMeter.Start();
        clock.Resume();
        AuditReport report = await LogAudit.RunAsync(
            _records!.Workspace.Workspace, _records.RulePacks, new AuditKeys(_records.SubjectKey, MaterialKey: null), _session, notComparedBecause: null, progress: null, cancellationToken);
        clock.Pause();
        RequireSound(report);

        _processors.Add(meter.Processors(clock.Elapsed));
        if (ProcessMeter.PeakMegabytes() is double peak)
        {
            _memory.Add(peak);
        }
    }

    /// <summary>Refuses a figure that is of something else than a whole audit.</summary>
    internal static void RequireSound(AuditReport report)
    {
        if (report.Verdict != AuditVerdict.Sound)
        {
            string why = report.Findings.Count > 0 ? report.Findings[0].Message : report.NotComparedBecause ?? "";
            throw new InvalidOperationException($"The audit of the bench's store did not end as it should: {report.Verdict}. {why}");
        }
    }

    private Task Ceiling(BenchClock clock, CancellationToken cancellationToken)
    {
        clock.Pause();
        TimeSpan scan = Time(() => Scan(cancellationToken));
        TimeSpan hashes = Time(HashAll);
        _scan.Add(records / scan.TotalSeconds);
        _hashes.Add(records / hashes.TotalSeconds);
        clock.Count(scan > hashes ? scan : hashes);
        return Task.CompletedTask;
    }

    private static TimeSpan Time(Action run)
    {
        long started = TimeProvider.System.GetTimestamp();
        run();
        return TimeProvider.System.GetElapsedTime(started);
    }

    private void Scan(CancellationToken cancellationToken)
    {
        using Store store = _records!.Workspace.Workspace.OpenStore(StoreAccess.Read);
        long bytes = 0;
        foreach (StoredLog log in store.Logs.ReadAll())
        {
            foreach (StoredEntry entry in store.Entries.ReadAll(log.Number))
            {
                cancellationToken.ThrowIfCancellationRequested();
                bytes += entry.Record!.Length;
            }
        }

        if (bytes == 0)
        {
            throw new InvalidOperationException("The store of the bench is empty.");
        }
    }

    private void HashAll()
    {
        int runs = Math.Max(1, records / _input!.Records);
        Parallel.For(0, runs, () => _input.NewRoom(), (_, _, room) => room.Run(), _ => { });
    }

    private void HashByFramework() => Parallel.For(0, PeerRecords, record => _input!.HashByFramework(record % _input.Records));

    /// <summary>What the hashes of some records are over.</summary>
    private sealed class HashInput
    {
        private byte[] _labels = [];
        private int[] _labelLengths = [];
        private int[] _secretOf = [];
        private Bytes32[] _secrets = [];
        private byte[] _disclosures = [];
        private int[] _disclosureLengths = [];
        private byte[] _payloads = [];
        private int[] _payloadLengths = [];
        private byte[] _entries = [];

        // Of each record: its first member, and where that one's label and disclosure begin.
        private (int Member, int Label, int Disclosure)[] _starts = [];

        public int Records => _secrets.Length;

        public static HashInput Of(IEnumerable<StoredEntry> entries)
        {
            List<byte[]> labels = [];
            List<int> secretOf = [];
            List<Bytes32> secrets = [];
            List<byte[]> disclosures = [];
            List<byte[]> payloads = [];
            List<byte> entryBytes = [];
            List<(int Member, int Label, int Disclosure)> starts = [];
            int labelBytes = 0;
            int disclosureBytes = 0;
            foreach (StoredEntry entry in entries)
            {
                Bytes32 secret = Bytes32.FromBytes(entry.Secret);
                if (!CreditRecord.TryParse(entry.Record, new RecordRules(), out CreditRecord? record, out _))
                {
                    throw new InvalidOperationException("A record of the bench cannot be read.");
                }

                RecordCommitment commitment = RecordCommitment.Create(record, secret);
                starts.Add((labels.Count, labelBytes, disclosureBytes));
                labels.AddRange(commitment.Disclosures.Select(d => new byte[SaltLabelBytes + Encoding.UTF8.GetByteCount(d.Name)]));
                secretOf.AddRange(Enumerable.Repeat(secrets.Count, commitment.Disclosures.Count));
                disclosures.AddRange(commitment.Disclosures.Select(d => Encoding.ASCII.GetBytes(d.Encoded)));
                labelBytes += commitment.Disclosures.Sum(d => SaltLabelBytes + Encoding.UTF8.GetByteCount(d.Name));
                disclosureBytes += commitment.Disclosures.Sum(d => d.Encoded.Length);
                payloads.Add(commitment.PayloadBytes.ToArray());
                secrets.Add(secret);
                entryBytes.AddRange(entry.Entry);
            }

            return new HashInput
            {
                _labels = [.. labels.SelectMany(label => label)],
                _labelLengths = [.. labels.Select(label => label.Length)],
                _secretOf = [.. secretOf],
                _secrets = [.. secrets],
                _disclosures = [.. disclosures.SelectMany(disclosure => disclosure)],
                _disclosureLengths = [.. disclosures.Select(disclosure => disclosure.Length)],
                _payloads = [.. payloads.SelectMany(payload => payload)],
                _payloadLengths = [.. payloads.Select(payload => payload.Length)],
                _entries = [.. entryBytes],
                _starts = [.. starts],
            };
        }

        public Room NewRoom() => new(this);

        /// <summary>One record's salts and disclosures, each by a call of the framework.</summary>
        public void HashByFramework(int record)
        {
            Span<byte> hash = stackalloc byte[Bytes32.Length];
            (int member, int label, int disclosure) = _starts[record];
            for (; member < _secretOf.Length && _secretOf[member] == record; member++)
            {
                HMACSHA256.HashData(_secrets[record].AsSpan(), _labels.AsSpan(label, _labelLengths[member]), hash);
                SHA256.HashData(_disclosures.AsSpan(disclosure, _disclosureLengths[member]), hash);
                label += _labelLengths[member];
                disclosure += _disclosureLengths[member];
            }
        }

        /// <summary>Where one thread puts its hashes.</summary>
        public sealed class Room(HashInput input)
        {
            private readonly Bytes32[] _members = new Bytes32[input._disclosureLengths.Length];
            private readonly Bytes32[] _ofRecords = new Bytes32[input.Records];
            private readonly byte[] _terms = new byte[input.Records * SanctionTerms.Length];
            private readonly byte[] _termsLabels = new byte[input.Records * TermsMacBytes];
            private readonly int[] _termsLabelLengths = [.. Enumerable.Repeat(TermsMacBytes, input.Records)];
            private readonly int[] _eachRecord = [.. Enumerable.Range(0, input.Records)];

            public Room Run()
            {
                Sha256Batch.Hmac(input._secrets, input._secretOf, input._labels, input._labelLengths, _members);
                Sha256Batch.Hash(input._disclosures, input._disclosureLengths, _members);
                Sha256Batch.Hash(input._payloads, input._payloadLengths, _ofRecords);

                // Of terms: the mac of the subject, the salt, the encoding.
                Sha256Batch.Hmac(input._secrets, _eachRecord, _termsLabels, _termsLabelLengths, _ofRecords);
                Sha256Batch.Hmac(input._secrets, _eachRecord, _termsLabels, _termsLabelLengths, _ofRecords);
                Sha256Batch.HashFixed(0, _terms, SanctionTerms.Length, _ofRecords);
                MerkleHash.Leaves(input._entries, LogEntry.Length, _ofRecords);
                TreeAppender tree = TreeAppender.CreateEmpty();
                tree.Append(_ofRecords);
                return this;
            }
        }
    }
}
