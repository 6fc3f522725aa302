using LedgerCredit.Primitives;

namespace LedgerCredit.Log.Tests;

[TestClass]
public sealed class CheckpointTests
{
    // The example of C2SP tlog-checkpoint.
    private const string Published =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    private const string Root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

    [TestMethod]
    public void TryParse_PublishedCheckpoint_IsRead()
    {
        string text = Published
            + "\n\u2014 example.com/behind-the-sofa "
            + "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

        Assert.IsTrue(SignedNote.TryParse(text, out SignedNote? note, out _));
        Assert.IsTrue(Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out _));

        Assert.AreEqual("example.com/behind-the-sofa", checkpoint.Origin);
        Assert.AreEqual(20852163UL, checkpoint.Size);
        Assert.AreEqual("0x0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62", checkpoint.RootHash.ToString());
        Assert.AreEqual(Published, checkpoint.Format());
        Assert.AreEqual(text, note.Format());
    }

    [TestMethod]
    [DataRow("", "checkpoint-syntax", DisplayName = "nothing")]
    [DataRow("a\n1\n", "checkpoint-syntax", DisplayName = "two lines")]
    [DataRow("a\n1\n" + Root, "checkpoint-syntax", DisplayName = "no final newline")]
    [DataRow("a\n1\n" + Root + "\nmore", "checkpoint-syntax", DisplayName = "unfinished line")]
    [DataRow("a\n1\n" + Root + "\nmore\n", "checkpoint-extension", DisplayName = "extension line")]
    [DataRow("a\n1\n" + Root + "\n\n", "checkpoint-extension", DisplayName = "empty line")]
    [DataRow("\n1\n" + Root + "\n", "checkpoint-origin", DisplayName = "empty origin")]
    [DataRow("a\tb\n1\n" + Root + "\n", "checkpoint-origin", DisplayName = "tab in origin")]
    [DataRow("a\n\n" + Root + "\n", "checkpoint-size", DisplayName = "empty size")]
    [DataRow("a\n01\n" + Root + "\n", "checkpoint-size", DisplayName = "leading zero")]
    [DataRow("a\n+1\n" + Root + "\n", "checkpoint-size", DisplayName = "plus sign")]
    [DataRow("a\n-1\n" + Root + "\n", "checkpoint-size", DisplayName = "minus sign")]
    [DataRow("a\n 1\n" + Root + "\n", "checkpoint-size", DisplayName = "space")]
    [DataRow("a\n1\0\n" + Root + "\n", "checkpoint-size", DisplayName = "zero character")]
    [DataRow("a\n1e3\n" + Root + "\n", "checkpoint-size", DisplayName = "exponent")]
    [DataRow("a\n\u0661\n" + Root + "\n", "checkpoint-size", DisplayName = "other digits")]
    [DataRow("a\n18446744073709551616\n" + Root + "\n", "checkpoint-size", DisplayName = "2^64")]
    [DataRow("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", "checkpoint-root", DisplayName = "unused bits set")]
    [DataRow("a\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n", "checkpoint-root", DisplayName = "URL alphabet")]
    [DataRow("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n", "checkpoint-root", DisplayName = "no padding")]
    [DataRow("a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n", "checkpoint-root", DisplayName = "31 bytes")]
    [DataRow("a\n1\n\n", "checkpoint-root", DisplayName = "empty root")]
    [DataRow("a\r\n1\r\n" + Root + "\r\n", "checkpoint-origin", DisplayName = "CRLF")]
    public void TryParse_OtherText_IsRefused(string text, string code)
    {
        Assert.IsFalse(Checkpoint.TryParse(text, out _, out ParseProblem? problem));
        Assert.AreEqual(code, problem.Code);
    }

    [TestMethod]
    [DataRow(0UL)]
    [DataRow(1UL)]
    [DataRow(ulong.MaxValue)]
    public void TryParse_FormattedCheckpoint_GivesItBack(ulong size)
    {
        Checkpoint checkpoint = new("net/issuer", size, Sha256.Hash([1]));

        Assert.IsTrue(Checkpoint.TryParse(checkpoint.Format(), out Checkpoint? parsed, out _));
        Assert.AreEqual(checkpoint, parsed);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("a\nb")]
    [DataRow("a\u0000")]
    public void Checkpoint_OtherOrigin_IsTheCallersFault(string origin)
    {
        Assert.ThrowsExactly<ArgumentException>(() => new Checkpoint(origin, 1, Bytes32.Zero));
    }

    [TestMethod]
    public void Checkpoint_LoneSurrogateInOrigin_IsTheCallersFault()
    {
        // Not a data row: attributes are stored as UTF-8, which has no lone surrogates.
        Assert.ThrowsExactly<ArgumentException>(() => new Checkpoint("a\uD800", 1, Bytes32.Zero));
    }

    [TestMethod]
    public void LogId_OfAnOrigin_IsItsKeccakHash()
    {
        // The well-known Keccak-256 of "abc".
        Assert.AreEqual(
            "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45", LogId.FromOrigin("abc").ToString());
    }
}
