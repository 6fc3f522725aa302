using LedgerCredit.Primitives;

namespace LedgerCredit.Log.Tests;

[TestClass]
public sealed class NoteKeyTests
{
    private const string Published = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    [TestMethod]
    public void TryParse_PublishedKey_HasItsNameAndId()
    {
        Assert.IsTrue(NoteVerifierKey.TryParse(Published, out NoteVerifierKey? key, out _));

        Assert.AreEqual("PeterNeumann", key.Name);
        Assert.AreEqual(0xc74f20a3U, key.KeyId);
        Assert.AreEqual(Published, key.ToString());
    }

    [TestMethod]
    [DataRow(null, "note-key-syntax", DisplayName = "null")]
    [DataRow("", "note-key-syntax", DisplayName = "nothing")]
    [DataRow("PeterNeumann", "note-key-syntax", DisplayName = "name only")]
    [DataRow("PeterNeumann+c74f20a3", "note-key-syntax", DisplayName = "no key")]
    [DataRow("+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "note-key-syntax", DisplayName = "no name")]
    [DataRow("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "note-key-syntax", DisplayName = "space")]
    [DataRow("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "note-key-id", DisplayName = "upper case")]
    [DataRow("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "note-key-id", DisplayName = "other id")]
    [DataRow("PeterNeumanm+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "note-key-id", DisplayName = "other name")]
    [DataRow("PeterNeumann+c74f20a3+AhpcQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWA", "note-key-type", DisplayName = "other type")]
    [DataRow("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q=", "note-key-type", DisplayName = "31 bytes")]
    [DataRow("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW ", "note-key-type", DisplayName = "trailing space")]
    [DataRow("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW+x", "note-key-type", DisplayName = "fourth part")]
    public void TryParse_OtherText_IsRefused(string? text, string code)
    {
        Assert.IsFalse(NoteVerifierKey.TryParse(text, out _, out ParseProblem? problem));
        Assert.AreEqual(code, problem.Code);
    }

    [TestMethod]
    public void TryParse_KeysOfSigners_GiveThemBack()
    {
        // Enough keys that Base64 with plus signs occurs.
        bool plusSeen = false;
        byte[] seed = new byte[32];
        for (int i = 0; i < 64; i++)
        {
            seed[0] = (byte)i;
            using NoteSigner signer = new($"net/issuer-{i}", seed);
            string text = signer.VerifierKey.ToString();
            plusSeen |= text.Count(c => c == '+') > 2;

            Assert.IsTrue(NoteVerifierKey.TryParse(text, out NoteVerifierKey? key, out _));
            Assert.AreEqual(signer.VerifierKey.PublicKey, key.PublicKey);
        }

        Assert.IsTrue(plusSeen);
    }

    [TestMethod]
    public void Sign_AnyText_IsVerifiedByItsKeyOnly()
    {
        using NoteSigner signer = new("net/issuer", new byte[32]);
        using NoteSigner other = new("net/issuer", [1, .. new byte[31]]);
        SignedNote note = signer.Sign("text with \u4E2D\u6587\n\nand an empty line\n");

        Assert.IsTrue(SignedNote.TryParse(note.Format(), out SignedNote? parsed, out _));
        Assert.AreEqual(NoteFailure.None, parsed.VerifyOnly(signer.VerifierKey));
        Assert.AreEqual(NoteFailure.NotSigned, parsed.VerifyOnly(other.VerifierKey));
        Assert.AreEqual(note.Format(), signer.Sign(note.Text).Format());
    }

    [TestMethod]
    public void Sign_OtherText_IsTheCallersFault()
    {
        using NoteSigner signer = new("net/issuer", new byte[32]);

        Assert.ThrowsExactly<ArgumentException>(() => signer.Sign(""));
        Assert.ThrowsExactly<ArgumentException>(() => signer.Sign("no newline"));
        Assert.ThrowsExactly<ArgumentException>(() => signer.Sign("a\tb\n"));
        Assert.ThrowsExactly<ArgumentException>(() => new NoteSigner("a b", new byte[32]));
        Assert.ThrowsExactly<ArgumentException>(() => new NoteSigner("a+b", new byte[32]));
        Assert.ThrowsExactly<ArgumentException>(() => new NoteSigner("a", new byte[31]));
    }

    [TestMethod]
    public void Sign_Disposed_IsTheCallersFault()
    {
        NoteSigner signer = new("net/issuer", new byte[32]);
        signer.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => signer.Sign("text\n"));
    }
}
