using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Hashing;

namespace LedgerCredit.Bench;

/// <summary>What hashing costs: nodes of the tree, disclosures, salts, and a whole tree of them.</summary>
/// <remarks>
/// The peer is the framework's function, called for each message. The ceiling of a hash is the framework at work on long
/// messages with as many blocks in all: what the processor does where no call costs anything. Input is made by a fixed rule.
/// </remarks>
public sealed class HashBench : IBench
{
    // As much as stays in the processor's caches, hashed again and again: memory is not what is measured.
    private const int MostMessages = 16_384;

    private const int NodeBytes = 2 * Bytes32.Length;
    private const byte NodePrefix = 1;
    private const int BlockBytes = 64;
    private const int NodeBlocks = 2;
    private const int LongMessageBlocks = 16_384;

    // Disclosures of realistic records: base64url of 50 to 130 bytes of JSON. Names behind the label that salts are made of.
    private const int ShortestDisclosure = 67;
    private const int LongestDisclosure = 174;
    private const int ShortestLabel = 22;
    private const int LongestLabel = 40;
    private const int MembersOfRecord = 14;

    private readonly long _records;
    private readonly int _messages;
    private readonly int _threads;
    private readonly byte[] _nodes;
    private readonly int[] _disclosureLengths;
    private readonly byte[] _disclosures;
    private readonly int[] _labelLengths;
    private readonly byte[] _labels;
    private readonly int[] _keyOf;
    private readonly Bytes32[] _keys;
    private readonly Bytes32[] _leaves;
    private readonly byte[] _longMessage;

    /// <summary>Makes the input.</summary>
    /// <param name="records">How many hashes of each kind a round makes, and how many leaves the tree has.</param>
    public HashBench(int records)
    {
        _messages = Math.Min(records, MostMessages);
        _records = records;
        _threads = Environment.ProcessorCount;
        _nodes = Bytes(_messages * NodeBytes);
        _disclosureLengths = Lengths(_messages, ShortestDisclosure, LongestDisclosure);
        _disclosures = Bytes(_disclosureLengths.Sum());
        _labelLengths = Lengths(_messages, ShortestLabel, LongestLabel);
        _labels = Bytes(_labelLengths.Sum());
        _keyOf = [.. Enumerable.Range(0, _messages).Select(i => i / MembersOfRecord)];
        _keys = new Bytes32[_keyOf[^1] + 1];
        Bytes(_keys.Length * Bytes32.Length).CopyTo(MemoryMarshal.AsBytes(_keys.AsSpan()));
        _leaves = new Bytes32[records];
        Bytes(records * Bytes32.Length).CopyTo(MemoryMarshal.AsBytes(_leaves.AsSpan()));
        _longMessage = Bytes(LongMessageBlocks * BlockBytes);
        Figures = MakeFigures();
    }

    /// <inheritdoc/>
    public string Name => "hash";

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, string Value)> Settings => [("records", _records.ToString(CultureInfo.InvariantCulture))];

    /// <inheritdoc/>
    public IReadOnlyList<BenchFigure> Figures { get; }

    /// <inheritdoc/>
    public IReadOnlyList<BenchMeasure> Measures => [];

    /// <inheritdoc/>
    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task BeginRoundAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task EndRoundAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private BenchFigure[] MakeFigures()
    {
        double disclosureBlocks = _disclosureLengths.Average(Blocks);

        // Two hashes, of which the one over the padded key and the label is longer; a key's blocks are shared by a record.
        double saltBlocks = _labelLengths.Average(length => Blocks(length) + 1) + (2.0 / MembersOfRecord);
        const double MustReachOfPeer = 4;
        const double TreeMustReachOfNodes = 0.7;
        BenchWork nodes = Work("vector lanes", 1, HashNodes);
        return
        [
            Figure("65-byte nodes, one thread", "hashes", 1, HashNodes, HashNodesByFramework, "SHA256.HashData", NodeBlocks, MustReachOfPeer),
            Figure("65-byte nodes, all threads", "hashes", _threads, HashNodes, HashNodesByFramework, "SHA256.HashData", NodeBlocks, MustReachOfPeer),
            Figure("disclosures, one thread", "hashes", 1, HashDisclosures, HashDisclosuresByFramework, "SHA256.HashData", disclosureBlocks, MustReachOfPeer),
            Figure("disclosures, all threads", "hashes", _threads, HashDisclosures, HashDisclosuresByFramework, "SHA256.HashData", disclosureBlocks, MustReachOfPeer),
            Figure("salts, one thread", "macs", 1, MakeSalts, MakeSaltsByFramework, "HMACSHA256.HashData", saltBlocks, null),
            Figure("salts, all threads", "macs", _threads, MakeSalts, MakeSaltsByFramework, "HMACSHA256.HashData", saltBlocks, null),
            new BenchFigure(
                "tree with its tiles, one thread",
                "leaves",
                BenchWork.Of("leaf hashes appended as one batch", _records, AppendTree),
                new BenchComparison(BenchWork.Of("SHA256.HashData, node by node", _records, AppendTreeByFramework), null),
                new BenchComparison(nodes with { Name = "its nodes alone, the first figure" }, TreeMustReachOfNodes)),
        ];
    }

    private BenchFigure Figure(
        string what, string unit, int threads, Action<Bytes32[]> ours, Action<Bytes32[]> peer, string peerName, double blocks, double? mustReach) =>
        new(
            what,
            unit,
            Work("vector lanes", threads, ours),
            new BenchComparison(Work(peerName, threads, peer), mustReach),
            new BenchComparison(LongMessages(blocks, threads), null));

    // Every thread does its share of the runs over the same input, with its own room for hashes.
    private BenchWork Work(string name, int threads, Action<Bytes32[]> run)
    {
        int runs = (int)Math.Max(1, _records / _messages / threads);
        Bytes32[][] hashes = [.. Enumerable.Range(0, threads).Select(_ => new Bytes32[_messages])];
        return BenchWork.Of(name, (long)runs * threads * _messages, () => OnThreads(threads, thread =>
        {
            for (int i = 0; i < runs; i++)
            {
                run(hashes[thread]);
            }
        }));
    }

    private BenchWork LongMessages(double blocks, int threads)
    {
        int runs = (int)Math.Max(1, Math.Round(_records * blocks / LongMessageBlocks / threads));
        return BenchWork.Of(
            "the same blocks as 1 MiB messages by the framework",
            (long)((double)runs * threads * LongMessageBlocks / blocks),
            () => OnThreads(threads, _ =>
            {
                for (int i = 0; i < runs; i++)
                {
                    Sha256.Hash(_longMessage);
                }
            }));
    }

    private static void OnThreads(int threads, Action<int> run)
    {
        if (threads == 1)
        {
            run(0);
        }
        else
        {
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, run);
        }
    }

    private void HashNodes(Bytes32[] hashes) => MerkleHash.Nodes(MemoryMarshal.Cast<byte, Bytes32>(_nodes), hashes);

    private void HashNodesByFramework(Bytes32[] hashes)
    {
        Span<byte> node = stackalloc byte[1 + NodeBytes];
        node[0] = NodePrefix;
        for (int i = 0; i < hashes.Length; i++)
        {
            _nodes.AsSpan(i * NodeBytes, NodeBytes).CopyTo(node[1..]);
            SHA256.HashData(node, hashes[i]);
        }
    }

    private void HashDisclosures(Bytes32[] hashes) => Sha256Batch.Hash(_disclosures, _disclosureLengths, hashes);

    private void HashDisclosuresByFramework(Bytes32[] hashes)
    {
        int start = 0;
        for (int i = 0; i < hashes.Length; i++)
        {
            SHA256.HashData(_disclosures.AsSpan(start, _disclosureLengths[i]), hashes[i]);
            start += _disclosureLengths[i];
        }
    }

    private void MakeSalts(Bytes32[] macs) => Sha256Batch.Hmac(_keys, _keyOf, _labels, _labelLengths, macs);

    private void MakeSaltsByFramework(Bytes32[] macs)
    {
        int start = 0;
        for (int i = 0; i < macs.Length; i++)
        {
            HMACSHA256.HashData(_keys[_keyOf[i]].AsSpan(), _labels.AsSpan(start, _labelLengths[i]), macs[i]);
            start += _labelLengths[i];
        }
    }

    private void AppendTree()
    {
        TreeAppender tree = TreeAppender.CreateEmpty();
        tree.Append(_leaves);
        tree.TakeChangedTiles();
        tree.RootHash();
    }

    // The compact range of the tree alone: two complete subtrees of a height become one of the next.
    private void AppendTreeByFramework()
    {
        Bytes32[] peaks = new Bytes32[64];
        for (long size = 0; size < _leaves.Length; size++)
        {
            Bytes32 hash = _leaves[size];
            int height = 0;
            for (; ((size >> height) & 1) == 1; height++)
            {
                hash = MerkleHash.Node(peaks[height], hash);
            }

            peaks[height] = hash;
        }
    }

    private static double Blocks(int bytes) => (bytes + 9 + BlockBytes - 1) / BlockBytes;

    private static int[] Lengths(int count, int shortest, int longest)
    {
        // A step without a common divisor with the range reaches every length, in an order that looks like none.
        const int Step = 41;
        return [.. Enumerable.Range(0, count).Select(i => shortest + (int)((long)i * Step % (longest - shortest + 1)))];
    }

    private static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)((((long)i * 167) >> 3) & 0xff);
        }

        return bytes;
    }
}
