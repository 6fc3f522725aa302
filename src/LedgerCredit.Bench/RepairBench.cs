using System.Globalization;
using System.Text;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Devnets;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Bench;

/// <summary>What the steps of a repair cost on the devnet: gas, and the time from signing to the block.</summary>
/// <remarks>
/// The sanctions stand in a log of 2^20 entries, so that opening a case brings a path of 20 hashes. Times hardly say more than how often
/// the devnet makes a block; gas is the same on every ledger.
/// </remarks>
public sealed class RepairBench : IBench
{
    private const string Reviewer = "bench-reviewer";
    private const string SecondReviewer = "bench-reviewer-2";
    private const string Enterprise = "bench-enterprise";
    private const string Arbiter = "bench-arbiter";
    private const string SecondOfficial = "second";
    private const int TreeHeight = 20;
    private const double MostGasToOpen = 250_000;
    private const double MostGasOfLaterStep = 120_000;
    private const byte Score = 0;

    private readonly string _parent;
    private readonly List<(BenchMeasure Gas, BenchMeasure Seconds)> _steps = [];
    private readonly Dictionary<string, Secp256k1Key> _keys = new(StringComparer.Ordinal);

    private BenchWorkspace? _workspace;
    private LedgerSession? _session;
    private LedgerTransactions? _transactions;
    private RulePack? _pack;
    private TreeProofs? _proofs;
    private Bytes32 _logId;
    private RepairSanction[] _sanctions = [];
    private ulong _case;

    /// <summary>Makes the bench.</summary>
    /// <param name="parent">Where to make files.</param>
    public RepairBench(string parent)
    {
        _parent = parent;
    }

    /// <inheritdoc/>
    public string Name => "repair";

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, string Value)> Settings =>
    [
        ("path", TreeHeight.ToString(CultureInfo.InvariantCulture)),
        ("ledger", "devnet, a block a second"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<BenchFigure> Figures => [new BenchFigure("whole life of a case", "cases", new BenchWork("from opening to revocation", 1, RunCaseAsync), null, null)];

    /// <inheritdoc/>
    public IReadOnlyList<BenchMeasure> Measures => [.. _steps.Select(step => step.Gas), .. _steps.Select(step => step.Seconds)];

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _workspace = BenchWorkspace.Create(_parent);
        MemberRegistry members = new(_workspace.Workspace, _workspace.Keys);
        members.AddAccount(SyntheticRecords.Authority, SecondOfficial, [ConsortiumRole.Authority]);
        members.AddLocal(Reviewer, [ConsortiumRole.Reviewer]);
        members.AddLocal(SecondReviewer, [ConsortiumRole.Reviewer]);
        members.AddLocal(Enterprise, [ConsortiumRole.Enterprise]);
        members.AddLocal(Arbiter, [ConsortiumRole.Arbiter]);
        await _workspace.StartLedgerAsync(cancellationToken);
        _session = await _workspace.ConnectAsync(cancellationToken);
        _transactions = new LedgerTransactions(_session, TimeProvider.System);
        foreach (string name in (string[])[SyntheticRecords.Authority, SyntheticRecords.Agency, ActingAccount.KeyNameOf(SyntheticRecords.Authority, SecondOfficial), Reviewer, SecondReviewer, Enterprise, Arbiter])
        {
            _keys.Add(name, _workspace.Keys.OpenAccount(name));
        }

        _pack = _workspace.Workspace.LoadRulePacks().Find("demo") ?? throw new InvalidOperationException("There is no rule pack for demonstrations.");
        await new RulePackRegistry(_session, _workspace.Keys, TimeProvider.System).AddAsync(_pack, [], cancellationToken);
        await AnchorSanctionsAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task BeginRoundAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task EndRoundAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (Secp256k1Key key in _keys.Values)
        {
            key.Dispose();
        }

        _session?.Dispose();
        if (_workspace is BenchWorkspace workspace)
        {
            _workspace = null;
            await workspace.DisposeAsync();
        }
    }

    // The sanctions first, one for each round, and entries that nobody asks for behind them.
    private async Task AnchorSanctionsAsync(CancellationToken cancellationToken)
    {
        const int MostRounds = 1000;
        Bytes32 subjectKey = _workspace!.Keys.OpenSubjectKey();
        Bytes32[] leaves = new Bytes32[1 << TreeHeight];
        _sanctions = new RepairSanction[MostRounds];
        for (int i = 0; i < leaves.Length; i++)
        {
            leaves[i] = Bytes32.FromUInt64((ulong)i);
        }

        for (int i = 0; i < MostRounds; i++)
        {
            (_sanctions[i], LogEntry entry) = MakeSanction(i, subjectKey);
            leaves[i] = MerkleHash.Leaf(entry.Encode());
        }

        TreeAppender tree = TreeAppender.CreateEmpty();
        tree.Append(leaves);
        _proofs = new TreeProofs(new Tiles(tree.TakeChangedTiles()), tree.Size);
        MemberConfig authority = _workspace.Workspace.Config.FindMember(SyntheticRecords.Authority)!;
        _logId = LogId.FromOrigin(authority.Origin);
        byte[] anchor = EvidenceLogContract.EncodeAnchor(_logId, tree.Size, tree.RootHash(), []);
        await _transactions!.RunAsync(_keys[SyntheticRecords.Authority], _session!.Contracts.EvidenceLog, anchor, cancellationToken);
    }

    private (RepairSanction Sanction, LogEntry Entry) MakeSanction(int number, Bytes32 subjectKey)
    {
        string json = $$"""
            {"kind":"sanction","id":"{{number}}","issuer":"{{SyntheticRecords.Authority}}","subject":"{{SubjectOf(number)}}","issuedAt":"2026-01-06T09:00:00+08:00",
             "claims":{"authorityName":"Bench","grade":"minor","decisionNo":"{{number}}","violation":"v","basis":"b","penalties":["warning"],"decidedOn":"2026-01-05","rulePack":"{{_pack!.Id}}"}
            }
            """;
        if (!CreditRecord.TryParse(Encoding.UTF8.GetBytes(json), new RecordRules(), out CreditRecord? record, out IReadOnlyList<RecordProblem> problems))
        {
            throw new InvalidOperationException(string.Join(' ', problems));
        }

        Bytes32 secret = Sha256.Hash(BitConverter.GetBytes(number));
        if (!SanctionTerms.TryCreate(record, _workspace!.Workspace.LoadRulePacks(), subjectKey, secret, out SanctionTerms? terms, out RecordProblem? problem)
            || !RepairTerms.TryDecode(terms.Encode(), out RepairTerms? presented))
        {
            throw new InvalidOperationException("The terms of a sanction of the bench cannot be computed.");
        }

        Bytes32 digest = RecordCommitment.Create(record, secret).RecordDigest;
        return (new RepairSanction(digest, presented), new LogEntry(RecordKind.Sanction, digest, terms.Digest()));
    }

    private static string SubjectOf(int number) => string.Create(CultureInfo.InvariantCulture, $"x-bench:{number}");

    private async Task RunCaseAsync(BenchClock clock, CancellationToken cancellationToken)
    {
        int round = (int)_case;
        RepairSanction sanction = _sanctions[round];
        Address applicant = Address.FromPublicKey(_keys[Enterprise].PublicKey);
        await _transactions!.RunAsync(
            _keys[SyntheticRecords.Authority], _session!.Contracts.Consortium, ConsortiumContract.EncodeAppointRepresentative(sanction.Terms.SubjectTag, applicant), cancellationToken);
        InclusionProof path = _proofs!.Inclusion((ulong)round, 1UL << TreeHeight);
        AnchoredEntry entry = new(_logId, _proofs.RootHash(1UL << TreeHeight), path.LeafIndex, path.Path);
        RulePackParameters parameters = RulePackRegistry.ParametersOf(_pack!);
        List<RepairMaterial> materials = [.. Enumerable.Range(0, 64).Where(kind => (parameters.RequiredMaterials >> kind & 1) == 1).Select(kind => new RepairMaterial((byte)kind, Digest(round, kind)))];
        RepairDeskContract desk = new(_session.Client, _session.Contracts.RepairDesk);
        byte askedFor = materials[^1].Kind;

        int step = 0;
        await RunStepAsync("open", Enterprise, RepairDeskContract.EncodeOpen(sanction, entry, materials));
        _case = await desk.FetchCaseCountAsync(cancellationToken);
        ulong id = _case;
        await RunStepAsync("ask for a supplement", SyntheticRecords.Authority, RepairDeskContract.EncodeAskSupplement(id, 1UL << askedFor, Digest(round, 101)));
        await RunStepAsync("supplement", Enterprise, RepairDeskContract.EncodeSupplement(id, [new RepairMaterial(askedFor, Digest(round, 102))]));
        await RunStepAsync("accept", SyntheticRecords.Authority, RepairDeskContract.EncodeAccept(id));
        await RunStepAsync("confirm", SyntheticRecords.Authority, RepairDeskContract.EncodeConfirm(id, isPerformed: true, Digest(round, 103)));
        Bytes32 reviewed = (await desk.FetchCaseAsync(id, cancellationToken)).MaterialsHash;
        await RunStepAsync("approve", Reviewer, RepairDeskContract.EncodeApprove(id, reviewed, Score));
        await RunStepAsync("approve, the last needed", SecondReviewer, RepairDeskContract.EncodeApprove(id, reviewed, Score));
        await RunStepAsync("object", SyntheticRecords.Agency, RepairDeskContract.EncodeObject(id, Digest(round, 104)));
        await RunStepAsync("dismiss the objection", Arbiter, RepairDeskContract.EncodeResolve(id, ConsortiumContract.OrganisationId(SyntheticRecords.Agency), isUpheld: false, Digest(round, 105)));
        clock.Pause();
        await new Devnet(_workspace!.Workspace).AdvanceAsync((uint)parameters.ObjectionWindow + 1, cancellationToken);
        clock.Resume();
        await RunStepAsync("trigger", Enterprise, RepairDeskContract.EncodeTrigger(id));
        await RunStepAsync("propose to revoke", SyntheticRecords.Authority, RepairDeskContract.EncodeRevoke(id, Digest(round, 106)));
        await RunStepAsync("revoke", ActingAccount.KeyNameOf(SyntheticRecords.Authority, SecondOfficial), RepairDeskContract.EncodeRevoke(id, Digest(round, 106)));

        async Task RunStepAsync(string name, string account, byte[] call)
        {
            if (_steps.Count == step)
            {
                double most = step == 0 ? MostGasToOpen : MostGasOfLaterStep;
                _steps.Add((new BenchMeasure(name, "gas") { AtMost = most }, new BenchMeasure(name, "s")));
            }

            long started = TimeProvider.System.GetTimestamp();
            TransactionReceipt receipt = await _transactions.RunAsync(_keys[account], _session.Contracts.RepairDesk, call, cancellationToken);
            _steps[step].Gas.Add(receipt.GasUsed);
            _steps[step].Seconds.Add(TimeProvider.System.GetElapsedTime(started).TotalSeconds);
            step++;
        }
    }

    private static Bytes32 Digest(int round, int number) => Sha256.Hash(BitConverter.GetBytes(((long)round << 32) | (uint)number));

    private sealed class Tiles(IReadOnlyList<Tile> tiles) : ITileReader
    {
        private readonly Dictionary<TileId, ReadOnlyMemory<byte>> _tiles = tiles.ToDictionary(tile => tile.Id, tile => tile.Hashes);

        public ReadOnlyMemory<byte> ReadTile(TileId tile) => _tiles[tile];
    }
}
