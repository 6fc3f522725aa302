using System.Text;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Testing;

namespace LedgerCredit.Verification.Tests;

/// <summary>Builds a complete valid evidence file and the policy under which it is valid, without a ledger.</summary>
internal sealed class EvidenceBuilder
{
    public const string Network = "test.ledgercredit";
    public const string Issuer = "demo-authority";
    public const ulong AnchorNumber = 120;
    public const ulong StatusNumber = 200;

    public static readonly Address EvidenceLog = TestLedger.Account(0xE1);
    public static readonly Address RepairDesk = TestLedger.Account(0xDE);
    public static readonly Bytes32 Secret = Sha256.Hash("secret"u8);
    public static readonly Bytes32 SubjectKey = Sha256.Hash("subject key"u8);

    public const string Sanction = """
        {"kind":"sanction","id":"S-2026-001","issuer":"demo-authority","subject":"lei:5493001KJTIIGC8Y1R12",
         "issuedAt":"2026-03-02T09:00:00+08:00",
         "claims":{"authorityName":"示范市市场监督管理局","grade":"general","decisionNo":"S-2026-001","violation":"虚假宣传",
         "basis":"广告法第五十五条","penalties":["fine"],"decidedOn":"2026-03-01","rulePack":"cn-ndrc-36-2025",
         "fineYuan":"20000.00","attachedTermUntil":"2026-09-30"}}
        """;

    public const string Rating = """
        {"kind":"rating","id":"R-7","issuer":"demo-authority","subject":"lei:5493001KJTIIGC8Y1R12","issuedAt":"2026-03-02T09:00:00Z",
         "claims":{"agency":"Demo Ratings","scale":"long-term","symbol":"BBB-","action":"downgrade","actedOn":"2026-03-01"}}
        """;

    public ConsensusType Consensus { get; init; } = ConsensusType.Pinned;

    /// <summary>Whether the blocks are of QBFT although the policy only pins their hashes.</summary>
    public bool PinsQbftBlocks { get; init; }

    public string RecordJson { get; init; } = Sanction;

    public bool WithStatus { get; init; } = true;

    /// <summary>The stored status; zero for a sanction that no repair was ever begun for.</summary>
    public Bytes32 StatusWord { get; init; } = TestLedger.StatusWord(2, TestLedger.TimeOf(190), 0);

    public Bytes32? AnchorWord { get; init; }

    public ulong TreeSize { get; init; } = 11;

    public EvidenceFile File { get; private set; } = null!;

    public TrustPolicy Policy { get; private set; } = null!;

    public CreditRecord Record { get; private set; } = null!;

    public static VerificationOptions Options { get; } = new()
    {
        Clock = new ManualTimeProvider(DateTimeOffset.FromUnixTimeSeconds((long)TestLedger.TimeOf(1000))),
        SubjectKey = SubjectKey,
    };

    public EvidenceBuilder Build()
    {
        Assert.IsTrue(
            CreditRecord.TryParse(Encoding.UTF8.GetBytes(RecordJson), RecordRules.Default, out CreditRecord? record, out IReadOnlyList<RecordProblem> problems),
            string.Join('\n', problems));
        Record = record;
        RecordCommitment commitment = RecordCommitment.Create(record, Secret);
        SanctionTerms? terms = null;
        if (record.Kind == RecordKind.Sanction)
        {
            Assert.IsTrue(SanctionTerms.TryCreate(record, RulePackCatalog.Shipped, SubjectKey, Secret, out terms, out _));
        }

        byte[] entry = new LogEntry(record.Kind, commitment.RecordDigest, terms?.Digest() ?? Bytes32.Zero).Encode();
        Bytes32 leafHash = MerkleHash.Leaf(entry);
        const ulong LeafIndex = 6;
        InclusionProof inclusion = Inclusion(leafHash, LeafIndex, out Bytes32 root);

        string origin = $"{Network}/{Issuer}";
        using NoteSigner signer = new(origin, [.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        Bytes32 logId = LogId.FromOrigin(origin);
        TestLedger ledger = new();
        Bytes32 anchorSlot = TestLedger.Slot(root, TestLedger.Slot(logId, Bytes32.Zero));
        Bytes32 statusSlot = TestLedger.Slot(leafHash, Bytes32.Zero);
        for (ulong i = 1; i < 60; i++)
        {
            ledger.Store(EvidenceLog, Bytes32.FromUInt64(i), Bytes32.FromUInt64(i));
            ledger.Store(RepairDesk, Bytes32.FromUInt64(i), Bytes32.FromUInt64(i));
        }

        ledger.Store(EvidenceLog, anchorSlot, AnchorWord ?? TestLedger.AnchorWord(TreeSize, TestLedger.TimeOf(110)));
        ledger.Store(RepairDesk, statusSlot, StatusWord);

        EvidenceBlock anchorBlock = Block(AnchorNumber, ledger.StateRoot);
        EvidenceBlock statusBlock = Block(StatusNumber, ledger.StateRoot);
        File = new EvidenceFile
        {
            Record = new EvidenceRecord(
                record.Kind.ToName(), record.Issuer, commitment.Payload, [.. commitment.Disclosures.Select(d => d.Encoded)], terms?.Encode()),
            Entry = entry,
            Inclusion = inclusion,
            Checkpoint = signer.Sign(new Checkpoint(origin, TreeSize, root).Format()).Format(),
            Anchor = new EvidenceAnchor(
                31700, EvidenceLog, logId, root, anchorBlock, ledger.ProveAccount(EvidenceLog), ledger.ProveSlot(EvidenceLog, anchorSlot)),
            Status = WithStatus && record.Kind == RecordKind.Sanction
                ? new EvidenceStatus(
                    RepairDesk, statusBlock, ledger.ProveAccount(RepairDesk), ledger.ProveSlot(RepairDesk, statusSlot), StatusWord)
                : null,
        };
        Policy = MakePolicy(origin, signer.VerifierKey, anchorBlock, statusBlock);
        return this;
    }

    public VerificationReport Verify() => EvidenceVerifier.Verify(File.ToUtf8(), Policy, Options);

    private InclusionProof Inclusion(Bytes32 leafHash, ulong leafIndex, out Bytes32 root)
    {
        TreeAppender appender = TreeAppender.CreateEmpty();
        for (ulong i = 0; i < TreeSize; i++)
        {
            appender.Append(i == leafIndex ? leafHash : Sha256.Hash(Bytes32.FromUInt64(i).AsSpan()));
        }

        root = appender.RootHash();
        return new TreeProofs(new OneTile(appender.TakeChangedTiles()), TreeSize).Inclusion(leafIndex, TreeSize);
    }

    private EvidenceBlock Block(ulong number, Bytes32 stateRoot)
    {
        Bytes32 parent = Sha256.Hash(Bytes32.FromUInt64(number).AsSpan());
        switch (PinsQbftBlocks ? ConsensusType.Qbft : Consensus)
        {
            case ConsensusType.Qbft:
                BlockHeader qbft = TestLedger.Qbft(number, parent, stateRoot, [0, 1, 2]);
                Assert.IsTrue(Qbft.TryComputeBlockHash(qbft, out Bytes32 hash, out _));
                return new EvidenceBlock(number, hash, qbft.Encode(), []);
            case ConsensusType.Clique:
                BlockHeader clique = TestLedger.Clique(number, parent, stateRoot, 0);
                List<BlockHeader> descendants = TestLedger.CliqueChain(clique, 2, 1);
                return new EvidenceBlock(
                    number, clique.KeccakHash(), clique.Encode(), [.. descendants.Select(d => (ReadOnlyMemory<byte>)d.Encode())]);
            default:
                BlockHeader plain = TestLedger.Header(number, parent, stateRoot, new byte[] { 1, 2, 3 });
                return new EvidenceBlock(number, plain.KeccakHash(), plain.Encode(), []);
        }
    }

    private TrustPolicy MakePolicy(string origin, NoteVerifierKey key, EvidenceBlock anchor, EvidenceBlock status)
    {
        bool isPinned = Consensus == ConsensusType.Pinned;
        Dictionary<ulong, Bytes32> blocks = [];
        if (isPinned)
        {
            blocks.Add(anchor.Number, anchor.Hash);
            blocks.Add(status.Number, status.Hash);
        }

        return new TrustPolicy
        {
            Network = Network,
            ChainId = 31700,
            EvidenceLog = EvidenceLog,
            RepairDesk = RepairDesk,
            Logs = new Dictionary<string, TrustedLog> { [Issuer] = new(origin, key) },
            Consensus = new ConsensusPolicy(
                Consensus,
                Consensus == ConsensusType.Qbft || PinsQbftBlocks ? BlockHashRule.Qbft : BlockHashRule.Keccak,
                isPinned ? [] : [new ValidatorRange(0, null, [.. TestLedger.Validators.Select(v => v.Address)])],
                blocks),
            RulePacks = RulePackCatalog.Shipped,
            StatusMaxAgeSeconds = 86_400,
            Require = StepCodes.AlwaysRequired,
        };
    }

    private sealed class OneTile(IReadOnlyList<Tile> tiles) : ITileReader
    {
        public ReadOnlyMemory<byte> ReadTile(TileId tile) => tiles.Single(t => t.Id == tile).Hashes;
    }
}
