using System.Text;
using LedgerCredit.Primitives;

namespace LedgerCredit.Log.Tests;

[TestClass]
public sealed class SignedNoteTests
{
    // The example of Go's golang.org/x/mod/sumdb/note package.
    private const string PublishedKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    private const string PublishedText =
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";

    private const string PublishedLine =
        "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    private const string OtherLine = "\u2014 somebody.else AAAAAQI=\n";

    private const string Sig = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";

    [TestMethod]
    public void Verify_PublishedNote_IsAccepted()
    {
        SignedNote note = Parse(PublishedText + "\n" + PublishedLine);

        Assert.AreEqual(NoteFailure.None, note.Verify(Key()));
        Assert.AreEqual(NoteFailure.None, note.VerifyOnly(Key()));
        Assert.AreEqual(PublishedText, note.Text);
        Assert.AreEqual(PublishedText + "\n" + PublishedLine, note.Format());
    }

    [TestMethod]
    public void Verify_LinesOfUnknownKeys_AreIgnoredUnlessAllMustBeChecked()
    {
        // A line that shares only the name or only the id with the key is somebody else's too.
        string sameName = "\u2014 PeterNeumann AAAAAQI=\n";
        string sameId = "\u2014 PeterNeumann2 " + Sig + "\n";
        foreach (string other in new[] { OtherLine, sameName, sameId })
        {
            foreach (string lines in new[] { other + PublishedLine, PublishedLine + other })
            {
                SignedNote note = Parse(PublishedText + "\n" + lines);

                Assert.AreEqual(NoteFailure.None, note.Verify(Key()));
                Assert.AreEqual(NoteFailure.OtherLines, note.VerifyOnly(Key()));
            }

            Assert.AreEqual(NoteFailure.NotSigned, Parse(PublishedText + "\n" + other).Verify(Key()));
            Assert.AreEqual(NoteFailure.NotSigned, Parse(PublishedText + "\n" + other).VerifyOnly(Key()));
        }
    }

    [TestMethod]
    public void Verify_SameLineTwice_IsAcceptedUnlessAllMustBeChecked()
    {
        SignedNote note = Parse(PublishedText + "\n" + PublishedLine + PublishedLine);

        Assert.AreEqual(NoteFailure.None, note.Verify(Key()));
        Assert.AreEqual(NoteFailure.OtherLines, note.VerifyOnly(Key()));
    }

    [TestMethod]
    public void Verify_AnyBitOfTheSignatureChanged_IsRefused()
    {
        Assert.IsTrue(Base64Text.TryDecode(Sig, out byte[]? bytes));
        for (int bit = 32; bit < bytes.Length * 8; bit++)
        {
            byte[] changed = [.. bytes];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            string line = $"\u2014 PeterNeumann {Base64Text.Encode(changed)}\n";

            Assert.AreEqual(NoteFailure.BadSignature, Parse(PublishedText + "\n" + line).Verify(Key()), $"bit {bit}");
            Assert.AreEqual(NoteFailure.BadSignature, Parse(PublishedText + "\n" + PublishedLine + line).Verify(Key()));
        }
    }

    [TestMethod]
    public void Verify_AnyCharacterOfTheTextChanged_IsRefused()
    {
        for (int i = 0; i < PublishedText.Length - 1; i++)
        {
            string changed = PublishedText[..i] + (PublishedText[i] == 'x' ? 'y' : 'x') + PublishedText[(i + 1)..];
            Assert.AreEqual(NoteFailure.BadSignature, Parse(changed + "\n" + PublishedLine).Verify(Key()));
        }
    }

    [TestMethod]
    public void Verify_SignatureOfAnotherLength_IsRefused()
    {
        Assert.IsTrue(Base64Text.TryDecode(Sig, out byte[]? bytes));
        foreach (byte[] changed in new byte[][] { [.. bytes, 0], bytes[..^1], bytes[..5] })
        {
            string line = $"\u2014 PeterNeumann {Base64Text.Encode(changed)}\n";
            Assert.AreEqual(NoteFailure.BadSignature, Parse(PublishedText + "\n" + line).Verify(Key()));
        }
    }

    [TestMethod]
    [DataRow("", DisplayName = "nothing")]
    [DataRow("text\n", DisplayName = "no signatures")]
    [DataRow("text\n\n", DisplayName = "no signature line")]
    [DataRow("text\n\n\n", DisplayName = "empty signature line")]
    [DataRow("text\n\u2014 a AAAAAQI=\n", DisplayName = "no empty line")]
    [DataRow("\n\u2014 a AAAAAQI=\n", DisplayName = "no text")]
    [DataRow("text\n\n\u2014 a AAAAAQI=", DisplayName = "no final newline")]
    [DataRow("text\n\n- a AAAAAQI=\n", DisplayName = "hyphen")]
    [DataRow("text\n\n\u2014a AAAAAQI=\n", DisplayName = "no space after the dash")]
    [DataRow("text\n\n\u2014  AAAAAQI=\n", DisplayName = "empty name")]
    [DataRow("text\n\n\u2014 a+b AAAAAQI=\n", DisplayName = "plus in name")]
    [DataRow("text\n\n\u2014 a\u00A0b AAAAAQI=\n", DisplayName = "no-break space in name")]
    [DataRow("text\n\n\u2014 a\u3000b AAAAAQI=\n", DisplayName = "ideographic space in name")]
    [DataRow("text\n\n\u2014 a  AAAAAQI=\n", DisplayName = "two spaces")]
    [DataRow("text\n\n\u2014 a AAAAAQI= \n", DisplayName = "trailing space")]
    [DataRow("text\n\n\u2014 a AAAAAQI= x\n", DisplayName = "third part")]
    [DataRow("text\n\n\u2014 a AAAAAQJ=\n", DisplayName = "unused bits set")]
    [DataRow("text\n\n\u2014 a AAAAAQI\n", DisplayName = "no padding")]
    [DataRow("text\n\n\u2014 a AAAAAQ==\n", DisplayName = "key id only")]
    [DataRow("text\n\n\u2014 a \n", DisplayName = "no signature")]
    [DataRow("text\n\n\u2014 a\n", DisplayName = "no second part")]
    [DataRow("text\n\n\u2014 a AAAAAQI=\nmore\n", DisplayName = "other line")]
    [DataRow("te\txt\n\n\u2014 a AAAAAQI=\n", DisplayName = "tab")]
    [DataRow("te\0xt\n\n\u2014 a AAAAAQI=\n", DisplayName = "zero")]
    [DataRow("text\r\n\r\n\u2014 a AAAAAQI=\r\n", DisplayName = "CRLF")]
    [DataRow("\uFEFFtext\n\u2014 a AAAAAQI=\n", DisplayName = "byte order mark, no empty line")]
    public void TryParse_OtherText_IsRefused(string text)
    {
        Assert.IsFalse(SignedNote.TryParse(text, out _, out ParseProblem? problem));
        Assert.StartsWith("note-", problem.Code);
        Assert.IsFalse(SignedNote.TryParse(Encoding.UTF8.GetBytes(text), out _, out _));
    }

    [TestMethod]
    public void TryParse_EmptyLinesInTheText_BelongToTheText()
    {
        SignedNote note = Parse("a\n\nb\n\n" + OtherLine);

        Assert.AreEqual("a\n\nb\n", note.Text);
        Assert.HasCount(1, note.Signatures);
        Assert.AreEqual("somebody.else", note.Signatures[0].KeyName);
        Assert.AreEqual(1U, note.Signatures[0].KeyId);
    }

    [TestMethod]
    public void TryParse_LoneSurrogateOrInvalidUtf8_IsRefused()
    {
        Assert.IsFalse(SignedNote.TryParse("a\uD800b\n\n" + OtherLine, out _, out _));
        Assert.IsFalse(SignedNote.TryParse("ab\uDC00\n\n" + OtherLine, out _, out _));
        Assert.IsFalse(SignedNote.TryParse("ab\n\n\u2014 a\uD800 AAAAAQI=\n", out _, out _));
        Assert.IsFalse(SignedNote.TryParse([0xFF, 0x0A, 0x0A, .. Encoding.UTF8.GetBytes(OtherLine)], out _, out ParseProblem? problem));
        Assert.AreEqual("note-utf8", problem.Code);
        Assert.IsTrue(SignedNote.TryParse("\uD83D\uDE00\n\n" + OtherLine, out _, out _));
    }

    [TestMethod]
    public void TryParse_BeyondTheBounds_IsRefused()
    {
        string many = "a\n\n" + string.Concat(Enumerable.Repeat(OtherLine, SignedNote.MaxSignatures));
        Assert.IsTrue(SignedNote.TryParse(many, out _, out _));
        Assert.IsFalse(SignedNote.TryParse(many + OtherLine, out _, out ParseProblem? tooMany));
        Assert.AreEqual("note-too-many-signatures", tooMany.Code);

        string large = new string('a', SignedNote.MaxBytes) + "\n\n" + OtherLine;
        Assert.IsFalse(SignedNote.TryParse(large, out _, out ParseProblem? tooLarge));
        Assert.AreEqual("note-too-large", tooLarge.Code);
        Assert.IsFalse(SignedNote.TryParse(Encoding.UTF8.GetBytes(large), out _, out _));
    }

    [TestMethod]
    public void TryParse_ArbitraryChanges_NeverThrowAndFormatTheSame()
    {
        byte[] published = Encoding.UTF8.GetBytes(PublishedText + "\n" + PublishedLine);
        Random random = new(42);
        int accepted = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] changed = [.. published];
            for (int n = random.Next(1, 4); n > 0; n--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            if (SignedNote.TryParse(changed, out SignedNote? note, out _))
            {
                accepted++;
                Assert.AreSequenceEqual(changed, Encoding.UTF8.GetBytes(note.Format()));
                Assert.AreNotEqual(changed.AsSpan().SequenceEqual(published) ? NoteFailure.BadSignature : NoteFailure.None, note.Verify(Key()));
            }
        }

        Assert.IsGreaterThan(1000, accepted);
    }

    private static NoteVerifierKey Key()
    {
        Assert.IsTrue(NoteVerifierKey.TryParse(PublishedKey, out NoteVerifierKey? key, out _));
        return key;
    }

    private static SignedNote Parse(string text)
    {
        Assert.IsTrue(SignedNote.TryParse(text, out SignedNote? note, out ParseProblem? problem), problem?.ToString());
        return note;
    }
}
