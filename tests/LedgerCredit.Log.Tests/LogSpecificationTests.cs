using LedgerCredit.Primitives;
using LedgerCredit.Testing;

namespace LedgerCredit.Log.Tests;

/// <summary>Recomputes the worked example of <c>docs/spec/log.md</c>: each value must stand there as a line of its own.</summary>
[TestClass]
public sealed class LogSpecificationTests
{
    private const string Origin = "example.ledgercredit/demo-authority";

    [TestMethod]
    public void Specification_WorkedExample_IsWhatTheCodeComputes()
    {
        byte[][] entries = [Entry(0x01, 0x11, 0x12), Entry(0x03, 0x21, 0x00), Entry(0x01, 0x31, 0x32)];
        Bytes32[] leafHashes = [.. entries.Select(e => MerkleHash.Leaf(e))];
        TreeAppender appender = TreeAppender.CreateEmpty();
        appender.Append(leafHashes);
        IReadOnlyList<Tile> tiles = appender.TakeChangedTiles();
        MemoryTiles stored = new();
        stored.Store(tiles);
        TreeProofs proofs = new(stored, 3);
        using NoteSigner signer = new(Origin, [.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        using WitnessSigner witness = new("example.witness/w1", [.. Enumerable.Range(32, 32).Select(i => (byte)i)]);

        List<string> expected =
        [
            .. entries.Select(e => Convert.ToHexStringLower(e)),
            .. leafHashes.Select(Digits),
            .. Enumerable.Range(1, 3).Select(n => Digits(proofs.RootHash((ulong)n))),
            .. proofs.Inclusion(1, 3).Path.Select(Digits),
            .. proofs.Inclusion(2, 3).Path.Select(Digits),
            .. proofs.Consistency(2, 3).Path.Select(Digits),
            .. proofs.Consistency(1, 3).Path.Select(Digits),
            Digits(LogId.FromOrigin(Origin)),
            signer.VerifierKey.ToString(),
            .. signer.Sign(new Checkpoint(Origin, 3, appender.RootHash()).Format()).Format().Split('\n'),
            witness.Key.ToString(),
            witness.Cosign(new Checkpoint(Origin, 3, appender.RootHash()), 1_790_000_000).Format().TrimEnd('\n'),
            .. tiles.Select(t => TileLayout.Path(t.Id)),
            .. tiles.Select(t => Convert.ToHexStringLower(t.Hashes.Span)),
            TileLayout.EntriesPath(0, 3),
            Convert.ToHexStringLower(EntryBundle.Encode([.. entries.Select(e => (ReadOnlyMemory<byte>)e)])),
        ];

        HashSet<string> lines = [.. File.ReadAllLines(RepositoryFiles.Path("docs", "spec", "log.md"))];
        string[] missing = [.. expected.Where(e => !lines.Contains(e)).Distinct()];
        Assert.IsEmpty(missing, "Missing in docs/spec/log.md:\n" + string.Join('\n', missing));
    }

    private static byte[] Entry(byte kind, byte record, byte terms) =>
        [0x01, kind, .. Enumerable.Repeat(record, 32), .. Enumerable.Repeat(terms, 32)];

    private static string Digits(Bytes32 hash) => Convert.ToHexStringLower(hash.AsSpan());
}
