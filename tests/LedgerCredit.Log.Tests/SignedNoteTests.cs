namespace LedgerCredit.Log.Tests;

[TestClass]
public sealed class SignedNoteTests
{
    // The example of Go's golang.org/x/mod/sumdb/note package.
    private const string PublishedKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    private const string PublishedNote =
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        + "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    [TestMethod]
    public void Verify_PublishedNote_IsAccepted()
    {
        Assert.IsTrue(NoteVerifierKey.TryParse(PublishedKey, out NoteVerifierKey? key, out _));
        Assert.IsTrue(SignedNote.TryParse(PublishedNote, out SignedNote? note, out _));

        Assert.AreEqual(NoteFailure.None, note.Verify(key));
        Assert.AreEqual(NoteFailure.None, note.VerifyOnly(key));
        Assert.AreEqual(PublishedNote, note.Format());
        Assert.AreEqual(PublishedKey, key.ToString());
    }
}
