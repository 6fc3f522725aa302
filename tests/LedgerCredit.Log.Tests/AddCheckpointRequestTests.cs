using System.Text;
using LedgerCredit.Primitives;

namespace LedgerCredit.Log.Tests;

[TestClass]
public sealed class AddCheckpointRequestTests
{
    // The specification's example.
    private const string Published =
        "old 20852014\n"
        + "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
        + "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
        + "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
        + "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
        + "\n"
        + "example.com/behind-the-sofa\n"
        + "20852163\n"
        + "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        + "\n"
        + "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        + "\u2014 example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";

    private const string Hash = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n";
    private const string Note = "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u2014 a AAAAAQI=\n";

    [TestMethod]
    public void TryParse_SpecificationExample_IsRead()
    {
        AddCheckpointRequest request = Parse(Published);

        Assert.AreEqual(20852014UL, request.OldSize);
        Assert.HasCount(4, request.Path);
        Assert.HasCount(2, request.Note.Signatures);
        Assert.IsTrue(Checkpoint.TryParse(request.Note.Text, out Checkpoint? checkpoint, out _));
        Assert.AreEqual(20852163UL, checkpoint.Size);
        Assert.AreEqual(Published, Encoding.UTF8.GetString(request.Format()));
    }

    [TestMethod]
    public void TryParse_ProofsOfAllLengths_AreReadUpToTheBound()
    {
        for (int hashes = 0; hashes <= AddCheckpointRequest.MaxHashes; hashes++)
        {
            string text = "old 0\n" + string.Concat(Enumerable.Repeat(Hash, hashes)) + "\n" + Note;
            Assert.HasCount(hashes, Parse(text).Path);
        }

        string tooMany = "old 0\n" + string.Concat(Enumerable.Repeat(Hash, AddCheckpointRequest.MaxHashes + 1)) + "\n" + Note;
        Assert.IsFalse(AddCheckpointRequest.TryParse(Encoding.UTF8.GetBytes(tooMany), out _, out ParseProblem? problem));
        Assert.AreEqual("witness-request-proof", problem.Code);
    }

    [TestMethod]
    [DataRow("", DisplayName = "nothing")]
    [DataRow("old 1", DisplayName = "no newline")]
    [DataRow("old 1\n", DisplayName = "one line")]
    [DataRow("old 1\n\n", DisplayName = "no note")]
    [DataRow("old 01\n\n" + Note, DisplayName = "leading zero")]
    [DataRow("old -1\n\n" + Note, DisplayName = "sign")]
    [DataRow("old +1\n\n" + Note, DisplayName = "plus")]
    [DataRow("old 1\0\n\n" + Note, DisplayName = "zero character")]
    [DataRow("old  1\n\n" + Note, DisplayName = "two spaces")]
    [DataRow("old 1 \n\n" + Note, DisplayName = "space behind")]
    [DataRow("old \n\n" + Note, DisplayName = "no size")]
    [DataRow("old 18446744073709551616\n\n" + Note, DisplayName = "2^64")]
    [DataRow("Old 1\n\n" + Note, DisplayName = "upper case")]
    [DataRow("1\n\n" + Note, DisplayName = "no word")]
    [DataRow("old \u0661\n\n" + Note, DisplayName = "other digits")]
    [DataRow("old 1\r\n\r\n" + Note, DisplayName = "CRLF")]
    [DataRow("old 1\nAAAA\n\n" + Note, DisplayName = "short hash")]
    [DataRow("old 1\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkax=\n\n" + Note, DisplayName = "unused bits set")]
    [DataRow("old 1\n" + Hash + Note, DisplayName = "no empty line")]
    [DataRow("old 1\n\n\n" + Note, DisplayName = "two empty lines, so that the note begins with one")]
    [DataRow("old 1\n\n" + Note + "\n", DisplayName = "empty line behind")]
    public void TryParse_OtherText_IsRefused(string text)
    {
        bool parsed = AddCheckpointRequest.TryParse(Encoding.UTF8.GetBytes(text), out AddCheckpointRequest? request, out ParseProblem? problem);

        // An empty line in front belongs to the note's text; there it is no checkpoint.
        Assert.IsFalse(parsed && Checkpoint.TryParse(request!.Note.Text, out _, out problem));
        Assert.IsNotNull(problem);
    }

    [TestMethod]
    public void TryParse_TooLarge_IsRefused()
    {
        byte[] large = new byte[AddCheckpointRequest.MaxBytes + 1];
        Assert.IsFalse(AddCheckpointRequest.TryParse(large, out _, out ParseProblem? problem));
        Assert.AreEqual("witness-request-too-large", problem.Code);
    }

    [TestMethod]
    public void TryParse_EveryTruncation_IsRefusedOrIsTheSameText()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Published);
        for (int length = 0; length < whole.Length; length++)
        {
            if (AddCheckpointRequest.TryParse(whole.AsSpan(0, length), out AddCheckpointRequest? request, out _))
            {
                Assert.AreSequenceEqual(whole[..length], request.Format());
            }
        }
    }

    private static AddCheckpointRequest Parse(string text)
    {
        Assert.IsTrue(AddCheckpointRequest.TryParse(Encoding.UTF8.GetBytes(text), out AddCheckpointRequest? request, out ParseProblem? problem), problem?.ToString());
        return request;
    }
}
