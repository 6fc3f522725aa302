using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LedgerCredit.Testing;

namespace LedgerCredit.Cli.Tests;

/// <summary><c>merkle verify-*</c> against published proofs and against proofs made by the recursion of RFC 9162.</summary>
[TestClass]
public sealed class MerkleTests
{
    private const int Sizes = 12;

    [TestMethod]
    public async Task VerifyInclusion_PublishedProofs_AreJudgedAsExpected()
    {
        string[] lines = File.ReadAllLines(SharedFiles.Require("vectors", "rfc6962-inclusion.ndjson"));

        CommandRun run = await CommandRun.RunAsync(["merkle", "verify-inclusion"], Encoding.UTF8.GetBytes(string.Join('\n', lines)), CancellationToken.None);

        string[] verdicts = run.Out.TrimEnd().Split('\n');
        Assert.HasCount(lines.Length, verdicts);
        for (int i = 0; i < lines.Length; i++)
        {
            bool isValid = JsonDocument.Parse(verdicts[i]).RootElement.GetProperty("valid").GetBoolean();
            Assert.AreNotEqual(JsonDocument.Parse(lines[i]).RootElement.GetProperty("wantErr").GetBoolean(), isValid, lines[i]);
        }

        Assert.AreNotEqual(ExitCode.Done, run.ExitCode);
        Assert.AreEqual("", run.Error);
    }

    [TestMethod]
    public async Task VerifyInclusion_EveryLeafOfSmallTrees_IsValid()
    {
        List<string> lines = [];
        for (int size = 1; size <= Sizes; size++)
        {
            byte[][] leaves = Leaves(size);
            lines.AddRange(Enumerable.Range(0, size).Select(index => Inclusion(index, size, Root(leaves), leaves[index], Path(index, leaves))));
        }

        await AssertVerdictsAsync("verify-inclusion", lines, isValid: true, ExitCode.Done);
    }

    [TestMethod]
    public async Task VerifyConsistency_AllPairsOfSmallTrees_AreValid()
    {
        List<string> lines = [];
        foreach ((int old, int size) in Pairs())
        {
            byte[][] leaves = Leaves(size);
            lines.Add(Consistency(old, size, Root(leaves[..old]), Root(leaves), Proof(old, leaves)));
        }

        await AssertVerdictsAsync("verify-consistency", lines, isValid: true, ExitCode.Done);
    }

    [TestMethod]
    public async Task VerifyConsistency_EachChangedInOnePlace_IsNotValid()
    {
        List<string> lines = [];
        foreach ((int old, int size) in Pairs())
        {
            byte[][] leaves = Leaves(size);
            byte[] oldRoot = Root(leaves[..old]);
            byte[] root = Root(leaves);
            byte[][] proof = Proof(old, leaves);
            lines.Add(Consistency(old, size, Flip(oldRoot), root, proof));
            lines.Add(Consistency(old, size, oldRoot, Flip(root), proof));
            lines.Add(Consistency(old, size, oldRoot, root, [.. proof, root]));
            lines.Add(Consistency(0, size, oldRoot, root, proof));
            if (old != size)
            {
                lines.Add(Consistency(size, old, oldRoot, root, proof));
                lines.Add(Consistency(old, size, oldRoot, root, proof[..^1]));
                lines.AddRange(Enumerable.Range(0, proof.Length).Select(i => Consistency(old, size, oldRoot, root, [.. proof[..i], Flip(proof[i]), .. proof[(i + 1)..]])));
            }
        }

        await AssertVerdictsAsync("verify-consistency", lines, isValid: false, ExitCode.VerificationFailed);
    }

    [TestMethod]
    [DataRow("{", DisplayName = "not JSON")]
    [DataRow("[]", DisplayName = "not an object")]
    [DataRow("""{"size1":1,"size2":2}""", DisplayName = "members missing")]
    [DataRow("""{"size1":-1,"size2":2,"root1":"","root2":"","proof":[]}""", DisplayName = "negative size")]
    [DataRow("""{"size1":1,"size2":18446744073709551616,"root1":"","root2":"","proof":[]}""", DisplayName = "size of 2^64")]
    [DataRow("""{"size1":1,"size1":1,"size2":2,"root1":"","root2":"","proof":[]}""", DisplayName = "duplicate member")]
    public async Task Verify_MalformedLine_IsSaidAndTheRestIsStillRead(string line)
    {
        byte[][] leaves = Leaves(3);
        string valid = Consistency(2, 3, Root(leaves[..2]), Root(leaves), Proof(2, leaves));

        CommandRun run = await CommandRun.RunAsync(["merkle", "verify-consistency"], Encoding.UTF8.GetBytes($"{line}\n{valid}\n"), CancellationToken.None);

        string[] verdicts = run.Expect(ExitCode.BadInput).Out.TrimEnd().Split('\n');
        Assert.HasCount(2, verdicts);
        Assert.StartsWith("""{"valid":false,"reason":"malformed: """, verdicts[0]);
        Assert.StartsWith("""{"valid":true""", verdicts[1]);
    }

    [TestMethod]
    public async Task Verify_NoLine_SaysNothing()
    {
        CommandRun run = (await CommandRun.RunAsync("merkle", "verify-inclusion")).Expect(ExitCode.Done);

        Assert.AreEqual("", run.Out + run.Error);
    }

    private static async Task AssertVerdictsAsync(string verb, List<string> lines, bool isValid, int exitCode)
    {
        CommandRun run = await CommandRun.RunAsync(["merkle", verb], Encoding.UTF8.GetBytes(string.Join('\n', lines)), CancellationToken.None);

        string[] verdicts = run.Out.TrimEnd().Split('\n');
        Assert.HasCount(lines.Count, verdicts);
        for (int i = 0; i < verdicts.Length; i++)
        {
            JsonElement verdict = JsonDocument.Parse(verdicts[i]).RootElement;
            Assert.AreEqual(isValid, verdict.GetProperty("valid").GetBoolean(), lines[i]);
            Assert.AreEqual(isValid, verdict.GetProperty("reason").GetString() == "", lines[i]);
        }

        run.Expect(exitCode);
    }

    private static IEnumerable<(int Old, int Size)> Pairs() =>
        Enumerable.Range(1, Sizes).SelectMany(size => Enumerable.Range(1, size).Select(old => (old, size)));

    // RFC 9162, section 2.1, word for word.
    private static byte[][] Leaves(int size) => [.. Enumerable.Range(0, size).Select(i => SHA256.HashData([0, (byte)i]))];

    private static byte[] Root(byte[][] leaves) =>
        leaves.Length == 1 ? leaves[0] : SHA256.HashData([1, .. Root(leaves[..Split(leaves.Length)]), .. Root(leaves[Split(leaves.Length)..])]);

    private static byte[][] Path(int index, byte[][] leaves)
    {
        if (leaves.Length == 1)
        {
            return [];
        }

        int split = Split(leaves.Length);
        return index < split
            ? [.. Path(index, leaves[..split]), Root(leaves[split..])]
            : [.. Path(index - split, leaves[split..]), Root(leaves[..split])];
    }

    private static byte[][] Proof(int old, byte[][] leaves) => SubProof(old, leaves, isWhole: true);

    private static byte[][] SubProof(int old, byte[][] leaves, bool isWhole)
    {
        if (old == leaves.Length)
        {
            return isWhole ? [] : [Root(leaves)];
        }

        int split = Split(leaves.Length);
        return old <= split
            ? [.. SubProof(old, leaves[..split], isWhole), Root(leaves[split..])]
            : [.. SubProof(old - split, leaves[split..], isWhole: false), Root(leaves[..split])];
    }

    // The largest power of two below the size.
    private static int Split(int size) => 1 << (31 - int.LeadingZeroCount(size - 1));

    private static byte[] Flip(byte[] hash) => [(byte)(hash[0] ^ 1), .. hash[1..]];

    private static string Inclusion(int index, int size, byte[] root, byte[] leaf, byte[][] proof) =>
        JsonSerializer.Serialize(new { leafIdx = index, treeSize = size, root, leafHash = leaf, proof });

    private static string Consistency(int old, int size, byte[] oldRoot, byte[] root, byte[][] proof) =>
        JsonSerializer.Serialize(new { size1 = old, size2 = size, root1 = oldRoot, root2 = root, proof });
}
