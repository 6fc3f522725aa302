using LedgerCredit.Log;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Verification.Tests;

/// <summary>What is remembered of other files changes no report, whatever these files were.</summary>
[TestClass]
public sealed class VerificationMemoryTests
{
    [TestMethod]
    [DataRow(ConsensusType.Pinned, false)]
    [DataRow(ConsensusType.Pinned, true)]
    [DataRow(ConsensusType.Qbft, false)]
    [DataRow(ConsensusType.Clique, false)]
    public void Verify_WithMemoryOfTheUnalteredFile_SaysOfEveryMutationWhatItSaysWithout(ConsensusType consensus, bool pinsQbftBlocks)
    {
        const int Stride = 61;
        EvidenceBuilder built = new EvidenceBuilder { Consensus = consensus, PinsQbftBlocks = pinsQbftBlocks }.Build();
        VerificationOptions remembering = EvidenceBuilder.Options with { Memory = new VerificationMemory() };
        Assert.AreEqual(Verdict.Valid, EvidenceVerifier.Verify(built.File, built.Policy, remembering).Verdict);
        Assert.IsTrue(StrictJson.TryParse(built.File.ToUtf8(), JsonLimits.Document, out JsonValue? document, out _));

        int count = 0;
        foreach (JsonMutation mutation in JsonMutations.Of(document, Stride))
        {
            count++;
            byte[] altered = JsonText.WriteLine(mutation.Document);
            string expected = Report(altered, built.Policy, EvidenceBuilder.Options);
            Assert.AreEqual(expected, Report(altered, built.Policy, remembering), $"{mutation.Path}: {mutation.What}");
        }

        Assert.IsGreaterThan(500, count);
        Assert.AreEqual(Verdict.Valid, EvidenceVerifier.Verify(built.File, built.Policy, remembering).Verdict);
    }

    [TestMethod]
    public void Verify_UnderAnotherPolicyWithTheSameMemory_SaysWhatItSaysWithout()
    {
        EvidenceBuilder built = new EvidenceBuilder { Consensus = ConsensusType.Qbft }.Build();
        VerificationOptions remembering = EvidenceBuilder.Options with { Memory = new VerificationMemory() };
        Assert.AreEqual(Verdict.Valid, EvidenceVerifier.Verify(built.File, built.Policy, remembering).Verdict);
        TrustedLog log = built.Policy.Logs[EvidenceBuilder.Issuer];
        using NoteSigner stranger = new(log.Origin, new byte[32]);
        TrustPolicy[] others =
        [
            built.Policy with { Logs = new Dictionary<string, TrustedLog> { [EvidenceBuilder.Issuer] = log with { Key = stranger.VerifierKey } } },
            built.Policy with { EvidenceLog = TestLedger.Account(0x77) },
            built.Policy with { Consensus = built.Policy.Consensus with { Validators = [new ValidatorRange(0, null, [TestLedger.Account(0x78)])] } },
            built.Policy with { Logs = new Dictionary<string, TrustedLog>() },
        ];
        foreach (TrustPolicy other in others)
        {
            VerificationReport report = EvidenceVerifier.Verify(built.File, other, remembering);
            Assert.AreEqual(Verdict.Invalid, report.Verdict);
            Assert.AreEqual(
                Text(EvidenceVerifier.Verify(built.File, other, EvidenceBuilder.Options)),
                Text(report));
        }
    }

    [TestMethod]
    public void Verify_SecondFileOfTheSameAnchor_ComputesNothingAnew()
    {
        EvidenceBuilder built = new EvidenceBuilder { Consensus = ConsensusType.Qbft }.Build();
        VerificationMemory memory = new();
        VerificationOptions remembering = EvidenceBuilder.Options with { Memory = memory };
        EvidenceVerifier.Verify(built.File, built.Policy, remembering);
        int first = memory.Count;

        EvidenceVerifier.Verify(built.File.ToUtf8(), built.Policy, remembering);

        Assert.AreEqual(first, memory.Count);

        // The note; two headers; the anchor's account and slot, and the account of the status.
        Assert.AreEqual(6, first);
    }

    [TestMethod]
    public void Recall_MoreThanTheBound_ForgetsAndStaysRight()
    {
        VerificationMemory memory = new();
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < VerificationMemory.MaxAnswers + 10; i++)
            {
                int answer = VerificationMemory.Recall(memory, RememberedFunction.NoteSignature, [BitConverter.GetBytes(i)], () => i);
                Assert.AreEqual(i, answer);
                Assert.IsLessThanOrEqualTo(VerificationMemory.MaxAnswers, memory.Count);
            }
        }
    }

    [TestMethod]
    public void Recall_SameBytesInOtherPartsOrOtherFunction_AreOtherQuestions()
    {
        VerificationMemory memory = new();
        Assert.AreEqual(1, VerificationMemory.Recall(memory, RememberedFunction.AccountProof, [new byte[] { 1, 2 }, new byte[] { 3 }], () => 1));
        Assert.AreEqual(2, VerificationMemory.Recall(memory, RememberedFunction.AccountProof, [new byte[] { 1 }, new byte[] { 2, 3 }], () => 2));
        Assert.AreEqual(3, VerificationMemory.Recall(memory, RememberedFunction.StorageProof, [new byte[] { 1, 2 }, new byte[] { 3 }], () => 3));
        Assert.AreEqual(4, VerificationMemory.Recall(memory, RememberedFunction.AccountProof, [new byte[] { 1, 2, 3 }], () => 4));
        Assert.AreEqual(1, VerificationMemory.Recall(memory, RememberedFunction.AccountProof, [new byte[] { 1, 2 }, new byte[] { 3 }], () => 5));
    }

    [TestMethod]
    public void Recall_QuestionTooLong_IsAnsweredAndForgotten()
    {
        VerificationMemory memory = new();
        byte[] question = new byte[VerificationMemory.MaxQuestionBytes];
        Assert.AreEqual(1, VerificationMemory.Recall(memory, RememberedFunction.AccountProof, [question], () => 1));
        Assert.AreEqual(2, VerificationMemory.Recall(memory, RememberedFunction.AccountProof, [question], () => 2));
        Assert.AreEqual(0, memory.Count);
    }

    private static string Report(byte[] file, TrustPolicy policy, VerificationOptions options) =>
        Text(EvidenceVerifier.Verify(file, policy, options));

    private static string Text(VerificationReport report) =>
        System.Text.Encoding.UTF8.GetString(JsonText.WriteLine(VerificationReportJson.Write(report)));
}
