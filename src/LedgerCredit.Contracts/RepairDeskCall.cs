using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Contracts;

/// <summary>A step of a case or of a sanction, as call data of the repair desk say it.</summary>
/// <param name="Step">Which step.</param>
public sealed record RepairDeskCall(RepairDeskStep Step)
{
    // The longest paths and lists that anybody sends; the call data's own bound is below them.
    private const int MaxPath = 64;

    /// <summary>The case; null for steps that name a sanction and no case.</summary>
    public ulong? CaseId { get; private init; }

    /// <summary>Of a confirmation: whether the obligations are performed. False for other steps.</summary>
    public bool IsPerformed { get; private init; }

    /// <summary>Of a decision on an objection: the organisation whose it is; null for other steps.</summary>
    public Bytes32? Objector { get; private init; }

    /// <summary>The digest of the statement that goes with the step; null where none does.</summary>
    public Bytes32? Statement { get; private init; }

    /// <summary>Reads call data in their canonical encoding.</summary>
    /// <param name="callData">The data; foreign bytes.</param>
    /// <param name="call">The step, or null.</param>
    /// <returns><see langword="false"/> for data that are none of the steps, the pause of the desk among them, or of another encoding.</returns>
    public static bool TryDecode(ReadOnlyMemory<byte> callData, [NotNullWhen(true)] out RepairDeskCall? call)
    {
        call = null;
        if (!AbiSelector.TrySplit(callData, out AbiSelector selector, out ReadOnlyMemory<byte> arguments)
            || FindStep(selector) is not RepairDeskStep step)
        {
            return false;
        }

        AbiReader reader = new(arguments);
        RepairDeskCall read = Read(step, reader);
        call = reader.TryEnd(out _) ? read : null;
        return call is not null;
    }

    private static RepairDeskStep? FindStep(AbiSelector selector) => selector switch
    {
        _ when selector == RepairDeskContract.Open => RepairDeskStep.Open,
        _ when selector == RepairDeskContract.Supplement => RepairDeskStep.Supplement,
        _ when selector == RepairDeskContract.Withdraw => RepairDeskStep.Withdraw,
        _ when selector == RepairDeskContract.AskSupplement => RepairDeskStep.AskSupplement,
        _ when selector == RepairDeskContract.Accept => RepairDeskStep.Accept,
        _ when selector == RepairDeskContract.Confirm => RepairDeskStep.Confirm,
        _ when selector == RepairDeskContract.Refuse => RepairDeskStep.Refuse,
        _ when selector == RepairDeskContract.Approve => RepairDeskStep.Approve,
        _ when selector == RepairDeskContract.Object => RepairDeskStep.RaiseObjection,
        _ when selector == RepairDeskContract.Resolve => RepairDeskStep.Resolve,
        _ when selector == RepairDeskContract.Trigger => RepairDeskStep.Trigger,
        _ when selector == RepairDeskContract.Escalate => RepairDeskStep.Escalate,
        _ when selector == RepairDeskContract.EscalateObjection => RepairDeskStep.EscalateObjection,
        _ when selector == RepairDeskContract.Revoke => RepairDeskStep.Revoke,
        _ when selector == RepairDeskContract.Annul => RepairDeskStep.Annul,
        _ when selector == RepairDeskContract.Shield => RepairDeskStep.Shield,
        _ when selector == RepairDeskContract.Unshield => RepairDeskStep.Unshield,
        _ => null,
    };

    // Arguments in the order of the signature: each initialiser reads on.
    private static RepairDeskCall Read(RepairDeskStep step, AbiReader reader)
    {
        RepairDeskCall call = new(step);
        switch (step)
        {
            case RepairDeskStep.Open:
                SkipEntry(reader);
                _ = RepairMaterial.ReadArray(reader);
                return call;
            case RepairDeskStep.Supplement:
                call = call with { CaseId = reader.ReadUInt64() };
                _ = RepairMaterial.ReadArray(reader);
                return call;
            case RepairDeskStep.AskSupplement:
                call = call with { CaseId = reader.ReadUInt64() };
                _ = reader.ReadUInt64();
                return call with { Statement = reader.ReadBytes32() };
            case RepairDeskStep.Confirm:
                return call with { CaseId = reader.ReadUInt64(), IsPerformed = reader.ReadBool(), Statement = reader.ReadBytes32() };
            case RepairDeskStep.Approve:
                call = call with { CaseId = reader.ReadUInt64() };
                _ = reader.ReadBytes32();
                _ = reader.ReadUInt8();
                return call;
            case RepairDeskStep.Resolve:
                call = call with { CaseId = reader.ReadUInt64(), Objector = reader.ReadBytes32() };
                _ = reader.ReadBool();
                return call with { Statement = reader.ReadBytes32() };
            case RepairDeskStep.EscalateObjection:
                return call with { CaseId = reader.ReadUInt64(), Objector = reader.ReadBytes32() };
            case RepairDeskStep.Refuse or RepairDeskStep.RaiseObjection or RepairDeskStep.Revoke:
                return call with { CaseId = reader.ReadUInt64(), Statement = reader.ReadBytes32() };
            case RepairDeskStep.Annul:
                SkipEntry(reader);

                // Zero where no case is under way.
                ulong caseId = reader.ReadUInt64();
                return call with { CaseId = caseId == 0 ? null : caseId, Statement = reader.ReadBytes32() };
            case RepairDeskStep.Shield:
                SkipEntry(reader);
                return call with { Statement = reader.ReadBytes32() };
            case RepairDeskStep.Unshield:
                SkipSanction(reader);
                return call with { Statement = reader.ReadBytes32() };
            default:
                return call with { CaseId = reader.ReadUInt64() };
        }
    }

    private static void SkipSanction(AbiReader reader)
    {
        _ = reader.ReadBytes32();
        _ = RepairTerms.Read(reader);
    }

    private static void SkipEntry(AbiReader reader)
    {
        SkipSanction(reader);
        _ = reader.ReadBytes32();
        _ = reader.ReadBytes32();
        _ = reader.ReadUInt64();
        _ = reader.ReadBytes32Array(MaxPath);
    }
}

/// <summary>A step at the repair desk: one of its functions that parties call.</summary>
public enum RepairDeskStep
{
    /// <summary>The applicant opens a case.</summary>
    Open = 1,

    /// <summary>The applicant submits further materials.</summary>
    Supplement,

    /// <summary>The applicant withdraws the case.</summary>
    Withdraw,

    /// <summary>The authority asks for a supplement.</summary>
    AskSupplement,

    /// <summary>The authority accepts the case for review.</summary>
    Accept,

    /// <summary>The authority confirms that the obligations are performed, or takes that back.</summary>
    Confirm,

    /// <summary>The authority refuses the case.</summary>
    Refuse,

    /// <summary>A reviewer approves.</summary>
    Approve,

    /// <summary>A member objects.</summary>
    RaiseObjection,

    /// <summary>An arbiter decides an objection.</summary>
    Resolve,

    /// <summary>Anyone has a sanction repaired where only time was missing.</summary>
    Trigger,

    /// <summary>Anyone moves a case on whose step is overdue.</summary>
    Escalate,

    /// <summary>Anyone moves a case on in which an objection is overdue.</summary>
    EscalateObjection,

    /// <summary>The authority proposes to revoke a repair, or with a second account revokes it.</summary>
    Revoke,

    /// <summary>The authority annuls a sanction.</summary>
    Annul,

    /// <summary>The authority shields a sanction.</summary>
    Shield,

    /// <summary>The authority ends a shield.</summary>
    Unshield,
}
