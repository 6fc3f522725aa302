namespace LedgerCredit.Contracts;

/// <summary>The parameters of a rule pack. Periods in seconds; the contract checks the bounds.</summary>
/// <param name="RequiredMaterials">Bitmap of the kinds of materials that a case needs; bit 0 is never set.</param>
/// <param name="CommitmentMaterial">The kind that is the commitment letter, 1 to 63.</param>
/// <param name="Approvals">How many organisations must approve, 1 to 16.</param>
/// <param name="LeastInspectionScore">Least score of the inspection that an approval must state, at most 100; 0 if none.</param>
/// <param name="SupplementRequests">How often the authority may ask for a supplement in a case.</param>
/// <param name="IntakePeriod">How long the authority has to accept a case, refuse it or ask for a supplement.</param>
/// <param name="SupplementPeriod">How long the applicant has to supplement.</param>
/// <param name="ReviewPeriod">How long authority and reviewers have from the beginning of the review.</param>
/// <param name="ObjectionWindow">How long objections may be raised from the beginning of the review; may be 0.</param>
/// <param name="ArbitrationPeriod">How long the arbiters have for an objection.</param>
/// <param name="FalseMaterialBar">How long a subject is barred after false material; may be 0.</param>
/// <param name="DecidedFrom">The first moment of decision that the pack covers, in Unix seconds.</param>
/// <param name="DecidedUntil">The first moment of decision that it no longer covers, in Unix seconds; 0 if none.</param>
/// <param name="LeastForMinor">Least time from decision to repair of a minor sanction.</param>
/// <param name="LeastForGeneral">Least time from decision to repair of a general sanction.</param>
/// <param name="LeastForSerious">Least time from decision to repair of a serious sanction.</param>
public sealed record RulePackParameters(
    ulong RequiredMaterials,
    byte CommitmentMaterial,
    byte Approvals,
    byte LeastInspectionScore,
    byte SupplementRequests,
    uint IntakePeriod,
    uint SupplementPeriod,
    uint ReviewPeriod,
    uint ObjectionWindow,
    uint ArbitrationPeriod,
    uint FalseMaterialBar,
    ulong DecidedFrom,
    ulong DecidedUntil,
    uint LeastForMinor,
    uint LeastForGeneral,
    uint LeastForSerious)
{
    internal static RulePackParameters Read(AbiReader reader) => new(
        reader.ReadUInt64(),
        reader.ReadUInt8(),
        reader.ReadUInt8(),
        reader.ReadUInt8(),
        reader.ReadUInt8(),
        reader.ReadUInt32(),
        reader.ReadUInt32(),
        reader.ReadUInt32(),
        reader.ReadUInt32(),
        reader.ReadUInt32(),
        reader.ReadUInt32(),
        reader.ReadUInt64(),
        reader.ReadUInt64(),
        reader.ReadUInt32(),
        reader.ReadUInt32(),
        reader.ReadUInt32());

    internal void Write(AbiWriter writer) => writer
        .WriteUInt64(RequiredMaterials)
        .WriteUInt64(CommitmentMaterial)
        .WriteUInt64(Approvals)
        .WriteUInt64(LeastInspectionScore)
        .WriteUInt64(SupplementRequests)
        .WriteUInt64(IntakePeriod)
        .WriteUInt64(SupplementPeriod)
        .WriteUInt64(ReviewPeriod)
        .WriteUInt64(ObjectionWindow)
        .WriteUInt64(ArbitrationPeriod)
        .WriteUInt64(FalseMaterialBar)
        .WriteUInt64(DecidedFrom)
        .WriteUInt64(DecidedUntil)
        .WriteUInt64(LeastForMinor)
        .WriteUInt64(LeastForGeneral)
        .WriteUInt64(LeastForSerious);
}

/// <summary>The parameters of a rule pack that a case needs on its way; see <see cref="RulePackParameters"/>.</summary>
/// <param name="RequiredMaterials">Bitmap of the kinds of materials that a case needs; bit 0 is never set.</param>
/// <param name="CommitmentMaterial">The kind that is the commitment letter, 1 to 63.</param>
/// <param name="Approvals">How many organisations must approve, 1 to 16.</param>
/// <param name="LeastInspectionScore">Least score of the inspection that an approval must state, at most 100; 0 if none.</param>
/// <param name="SupplementRequests">How often the authority may ask for a supplement in a case.</param>
/// <param name="IntakePeriod">How long the authority has to accept a case, refuse it or ask for a supplement.</param>
/// <param name="SupplementPeriod">How long the applicant has to supplement.</param>
/// <param name="ReviewPeriod">How long authority and reviewers have from the beginning of the review.</param>
/// <param name="ObjectionWindow">How long objections may be raised from the beginning of the review; may be 0.</param>
/// <param name="ArbitrationPeriod">How long the arbiters have for an objection.</param>
public sealed record RulePackRules(
    ulong RequiredMaterials,
    byte CommitmentMaterial,
    byte Approvals,
    byte LeastInspectionScore,
    byte SupplementRequests,
    uint IntakePeriod,
    uint SupplementPeriod,
    uint ReviewPeriod,
    uint ObjectionWindow,
    uint ArbitrationPeriod)
{
    internal static RulePackRules Read(AbiReader reader) => new(
        reader.ReadUInt64(),
        reader.ReadUInt8(),
        reader.ReadUInt8(),
        reader.ReadUInt8(),
        reader.ReadUInt8(),
        reader.ReadUInt32(),
        reader.ReadUInt32(),
        reader.ReadUInt32(),
        reader.ReadUInt32(),
        reader.ReadUInt32());
}
