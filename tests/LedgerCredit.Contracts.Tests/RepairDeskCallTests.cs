namespace LedgerCredit.Contracts.Tests;

/// <summary>What is read of call data is what was written, and nothing else is read.</summary>
[TestClass]
public sealed class RepairDeskCallTests
{
    private const ulong Case = 7;

    private static readonly Bytes32 Statement = Keccak256.Hash("statement");
    private static readonly Bytes32 Objector = Keccak256.Hash("objector");
    private static readonly RepairSanction Sanction = new(
        Keccak256.Hash("record"), new RepairTerms(Keccak256.Hash("tag"), Keccak256.Hash("authority"), Keccak256.Hash("pack"), 2, true, 1, 2, 3, 4, Keccak256.Hash("salt")));

    private static readonly AnchoredEntry Entry = new(Keccak256.Hash("log"), Keccak256.Hash("root"), 5, [Keccak256.Hash("left"), Keccak256.Hash("right")]);
    private static readonly RepairMaterial[] Materials = [new(1, Keccak256.Hash("one")), new(63, Keccak256.Hash("two"))];

    public static IEnumerable<object?[]> Calls =>
    [
        [RepairDeskStep.Open, RepairDeskContract.EncodeOpen(Sanction, Entry, Materials), null, false],
        [RepairDeskStep.Supplement, RepairDeskContract.EncodeSupplement(Case, Materials), Case, false],
        [RepairDeskStep.Withdraw, RepairDeskContract.EncodeWithdraw(Case), Case, false],
        [RepairDeskStep.AskSupplement, RepairDeskContract.EncodeAskSupplement(Case, 6, Statement), Case, true],
        [RepairDeskStep.Accept, RepairDeskContract.EncodeAccept(Case), Case, false],
        [RepairDeskStep.Confirm, RepairDeskContract.EncodeConfirm(Case, true, Statement), Case, true],
        [RepairDeskStep.Refuse, RepairDeskContract.EncodeRefuse(Case, Statement), Case, true],
        [RepairDeskStep.Approve, RepairDeskContract.EncodeApprove(Case, Statement, 80), Case, false],
        [RepairDeskStep.RaiseObjection, RepairDeskContract.EncodeObject(Case, Statement), Case, true],
        [RepairDeskStep.Resolve, RepairDeskContract.EncodeResolve(Case, Objector, false, Statement), Case, true],
        [RepairDeskStep.Trigger, RepairDeskContract.EncodeTrigger(Case), Case, false],
        [RepairDeskStep.Escalate, RepairDeskContract.EncodeEscalate(Case), Case, false],
        [RepairDeskStep.EscalateObjection, RepairDeskContract.EncodeEscalateObjection(Case, Objector), Case, false],
        [RepairDeskStep.Revoke, RepairDeskContract.EncodeRevoke(Case, Statement), Case, true],
        [RepairDeskStep.Annul, RepairDeskContract.EncodeAnnul(Sanction, Entry, Case, Statement), Case, true],
        [RepairDeskStep.Annul, RepairDeskContract.EncodeAnnul(Sanction, Entry, 0, Statement), null, true],
        [RepairDeskStep.Shield, RepairDeskContract.EncodeShield(Sanction, Entry, Statement), null, true],
        [RepairDeskStep.Unshield, RepairDeskContract.EncodeUnshield(Sanction, Statement), null, true],
    ];

    [TestMethod]
    [DynamicData(nameof(Calls))]
    public void TryDecode_EachStep_SaysWhatWasWritten(RepairDeskStep step, byte[] callData, ulong? caseId, bool hasStatement)
    {
        Assert.IsTrue(RepairDeskCall.TryDecode(callData, out RepairDeskCall? call));

        Assert.AreEqual(step, call.Step);
        Assert.AreEqual(caseId, call.CaseId);
        Assert.AreEqual(hasStatement ? Statement : null, call.Statement);
        Assert.AreEqual(step is RepairDeskStep.Resolve or RepairDeskStep.EscalateObjection ? Objector : null, call.Objector);
        Assert.AreEqual(step == RepairDeskStep.Confirm, call.IsPerformed);
    }

    [TestMethod]
    [DynamicData(nameof(Calls))]
    public void TryDecode_ShorterLongerOrOfAnotherEncoding_IsRefused(RepairDeskStep step, byte[] callData, ulong? caseId, bool hasStatement)
    {
        _ = (step, caseId, hasStatement);
        for (int length = 0; length < callData.Length; length++)
        {
            Assert.IsFalse(RepairDeskCall.TryDecode(callData.AsMemory(0, length), out _), $"{length}");
        }

        Assert.IsFalse(RepairDeskCall.TryDecode((byte[])[.. callData, 0], out _));
        Assert.IsFalse(RepairDeskCall.TryDecode((byte[])[.. callData, .. new byte[32]], out _));
    }

    [TestMethod]
    public void TryDecode_ConfirmationTakenBack_IsNoConfirmation()
    {
        Assert.IsTrue(RepairDeskCall.TryDecode(RepairDeskContract.EncodeConfirm(Case, false, Statement), out RepairDeskCall? call));
        Assert.IsFalse(call.IsPerformed);
    }

    [TestMethod]
    public void TryDecode_PauseResumeAndOthersFunctions_IsRefused()
    {
        Assert.IsFalse(RepairDeskCall.TryDecode(RepairDeskContract.EncodePause(), out _));
        Assert.IsFalse(RepairDeskCall.TryDecode(RepairDeskContract.EncodeResume(), out _));
        Assert.IsFalse(RepairDeskCall.TryDecode(ConsortiumContract.EncodeAppointRepresentative(Statement, default), out _));
    }
}
