using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;

namespace LedgerCredit.Log.Tests;

[TestClass]
public sealed class CosignatureV1Tests
{
    // A checkpoint that a public log published, with the line of one of its witnesses.
    private const string PublishedKey = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";

    private const string PublishedText = "arche2025h1.staging.ct.transparency.dev\n1432088532\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n";

    private const string PublishedLine =
        "\u2014 remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n";

    // The specification's example, whose public key is not published: its name, key id and time.
    private const string SpecificationLine =
        "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

    private static readonly byte[] Seed = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [TestMethod]
    public void Verify_PublishedCosignature_IsAccepted()
    {
        Assert.IsTrue(WitnessKey.TryParse(PublishedKey, out WitnessKey? key, out _));
        NoteSignature line = Line(PublishedLine);

        Assert.IsTrue(key.Verify(PublishedText, line));
        Assert.IsTrue(CosignatureV1.TryReadTimestamp(line.Signature.Span, out ulong timestamp));
        Assert.AreEqual(0x6A122120UL, timestamp);
        Assert.AreEqual(PublishedKey, key.ToString());
        Assert.AreEqual(PublishedLine, line.Format());
    }

    [TestMethod]
    public void TryReadTimestamp_SpecificationExample_IsItsTime()
    {
        NoteSignature line = Line(SpecificationLine);

        Assert.AreEqual("witness.example.com/w1", line.KeyName);
        Assert.AreEqual(0x8D66CF3FU, line.KeyId);
        Assert.IsTrue(CosignatureV1.TryReadTimestamp(line.Signature.Span, out ulong timestamp));
        Assert.AreEqual(1679315147UL, timestamp);
    }

    [TestMethod]
    public void Verify_AnyByteOfThePublishedLineChanged_IsRefused()
    {
        Assert.IsTrue(WitnessKey.TryParse(PublishedKey, out WitnessKey? key, out _));
        byte[] line = Encoding.UTF8.GetBytes(PublishedLine);
        int parsed = 0;
        for (int i = 0; i < line.Length; i++)
        {
            foreach (byte value in new byte[] { (byte)(line[i] ^ 1), (byte)(line[i] ^ 0x20), 0, (byte)'A', (byte)'\n' })
            {
                byte[] changed = [.. line];
                changed[i] = value;
                if (!changed.AsSpan().SequenceEqual(line) && SignedNote.TryParseLines(changed, out IReadOnlyList<NoteSignature>? lines, out _))
                {
                    parsed++;
                    Assert.IsFalse(lines.All(other => key.Verify(PublishedText, other)), $"byte {i} = {value}");
                }
            }
        }

        Assert.IsGreaterThan(100, parsed);
    }

    [TestMethod]
    public void Verify_AnyByteOfTheTextChanged_IsRefused()
    {
        Assert.IsTrue(WitnessKey.TryParse(PublishedKey, out WitnessKey? key, out _));
        for (int i = 0; i < PublishedText.Length; i++)
        {
            string changed = PublishedText[..i] + (PublishedText[i] == 'x' ? 'y' : 'x') + PublishedText[(i + 1)..];
            Assert.IsFalse(key.Verify(changed, Line(PublishedLine)), $"character {i}");
        }
    }

    [TestMethod]
    public void Cosign_Checkpoint_IsWhatTheSpecificationSaysToSign()
    {
        using WitnessSigner signer = new("witness.example/w1", Seed);
        Checkpoint checkpoint = new("log.example/a", 7, Sha256.Hash("root"u8));
        foreach (ulong time in new ulong[] { 0, 1, 1_679_315_147, CosignatureV1.MaxTimestamp })
        {
            NoteSignature line = signer.Cosign(checkpoint, time);

            // Put together by hand, apart from the implementation.
            byte[] message = Encoding.ASCII.GetBytes(
                "cosignature/v1" + "\n" + "time " + time.ToString(CultureInfo.InvariantCulture) + "\n"
                + "log.example/a\n7\n" + Convert.ToBase64String(Sha256.Hash("root"u8).AsSpan()) + "\n");
            byte[] idInput = [.. Encoding.ASCII.GetBytes("witness.example/w1\n"), 4, .. signer.Key.PublicKey.AsSpan()];
            Assert.AreEqual(BinaryPrimitives.ReadUInt32BigEndian(System.Security.Cryptography.SHA256.HashData(idInput)), line.KeyId);
            Assert.AreEqual(time, BinaryPrimitives.ReadUInt64BigEndian(line.Signature.Span));
            Assert.IsTrue(Ed25519.Verify(signer.Key.PublicKey, message, line.Signature.Span[8..]));
            Assert.IsTrue(signer.Key.Verify(checkpoint.Format(), line));
        }
    }

    [TestMethod]
    public void Verify_TimeBeyondTheBound_IsRefusedThoughTheKeySignedIt()
    {
        using Ed25519Key key = new(Seed);
        WitnessKey witness = new("w", key.PublicKey);
        foreach ((ulong time, bool expected) in new[] { (CosignatureV1.MaxTimestamp, true), (CosignatureV1.MaxTimestamp + 1, false), (ulong.MaxValue, false) })
        {
            byte[] signature = new byte[72];
            BinaryPrimitives.WriteUInt64BigEndian(signature, time);
            key.Sign(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {time}\na\n1\nAAAA\n"))).CopyTo(signature, 8);

            Assert.AreEqual(expected, witness.Verify("a\n1\nAAAA\n", new NoteSignature("w", witness.KeyId, signature)));
            Assert.AreEqual(expected, CosignatureV1.TryReadTimestamp(signature, out _));
        }
    }

    [TestMethod]
    public void Verify_PlainSignatureOfTheSameKey_IsRefusedAndTheOtherWayRound()
    {
        // One key under both signature types: neither signature passes for the other.
        using NoteSigner note = new("w", Seed);
        using WitnessSigner witness = new("w", Seed);
        Checkpoint checkpoint = new("w", 1, Sha256.Hash("root"u8));
        SignedNote signed = note.Sign(checkpoint.Format());
        NoteSignature cosignature = witness.Cosign(checkpoint, 5);

        Assert.AreNotEqual(note.VerifierKey.KeyId, witness.Key.KeyId);
        Assert.IsFalse(witness.Key.Verify(signed.Text, signed.Signatures[0] with { KeyId = witness.Key.KeyId }));
        Assert.IsFalse(witness.Key.Verify(signed.Text, cosignature with { Signature = cosignature.Signature[8..] }));
        Assert.IsFalse(note.VerifierKey.Verify(Encoding.UTF8.GetBytes(signed.Text), cosignature.Signature.Span[8..]));
        Assert.IsFalse(WitnessKey.TryParse(note.VerifierKey.ToString(), out _, out ParseProblem? type));
        Assert.AreEqual("note-key-type", type.Code);
        Assert.IsFalse(NoteVerifierKey.TryParse(witness.Key.ToString(), out _, out type));
        Assert.AreEqual("note-key-type", type.Code);
    }

    [TestMethod]
    [DataRow("", DisplayName = "nothing")]
    [DataRow("name", DisplayName = "name only")]
    [DataRow("+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2", DisplayName = "no name")]
    [DataRow("remora.n621.de+da77ade8+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2", DisplayName = "other id")]
    [DataRow("remora.n621.de+DA77ADE7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2", DisplayName = "upper case")]
    [DataRow("remora.n621.dE+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2", DisplayName = "other name")]
    [DataRow("remora.n621.de+da77ade7+BuvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2", DisplayName = "other type")]
    [DataRow("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw=", DisplayName = "short key")]
    public void TryParse_OtherKeyText_IsRefused(string text)
    {
        Assert.IsFalse(WitnessKey.TryParse(text, out WitnessKey? key, out ParseProblem? problem));
        Assert.IsNull(key);
        Assert.StartsWith("note-key-", problem.Code);
    }

    [TestMethod]
    [DataRow("", DisplayName = "nothing")]
    [DataRow("\n", DisplayName = "empty line")]
    [DataRow("\u2014 w AAAAAQI=", DisplayName = "no newline")]
    [DataRow("\u2014 w AAAAAQI=\n\n", DisplayName = "empty line behind")]
    [DataRow("\n\u2014 w AAAAAQI=\n", DisplayName = "empty line before")]
    [DataRow("text\n\n\u2014 w AAAAAQI=\n", DisplayName = "a whole note")]
    public void TryParseLines_OtherThanLines_IsRefused(string text)
    {
        Assert.IsFalse(SignedNote.TryParseLines(Encoding.UTF8.GetBytes(text), out IReadOnlyList<NoteSignature>? lines, out ParseProblem? problem));
        Assert.IsNull(lines);
        Assert.StartsWith("note-", problem.Code);
    }

    [TestMethod]
    public void With_LinesOfWitnesses_MakesANoteThatLogAndWitnessesVerify()
    {
        using NoteSigner log = new("log.example/a", Seed);
        using WitnessSigner first = new("w1", [.. Seed.Reverse()]);
        using WitnessSigner second = new("w2", new byte[32]);
        Checkpoint checkpoint = new("log.example/a", 3, Sha256.Hash("root"u8));
        SignedNote cosigned = log.Sign(checkpoint.Format()).With([first.Cosign(checkpoint, 1), second.Cosign(checkpoint, 2)]);

        Assert.IsTrue(SignedNote.TryParse(cosigned.Format(), out SignedNote? read, out _));
        Assert.AreEqual(cosigned.Format(), read.Format());
        Assert.AreEqual(NoteFailure.None, read.Verify(log.VerifierKey));
        Assert.IsTrue(first.Key.Verify(read.Text, read.Signatures[1]));
        Assert.IsTrue(second.Key.Verify(read.Text, read.Signatures[2]));
        Assert.IsFalse(first.Key.Verify(read.Text, read.Signatures[2]));
        Assert.ThrowsExactly<ArgumentException>(() => cosigned.With(Enumerable.Repeat(read.Signatures[1], 98)));
    }

    private static NoteSignature Line(string line)
    {
        Assert.IsTrue(SignedNote.TryParseLines(Encoding.UTF8.GetBytes(line), out IReadOnlyList<NoteSignature>? lines, out ParseProblem? problem), problem?.ToString());
        return lines[0];
    }
}
