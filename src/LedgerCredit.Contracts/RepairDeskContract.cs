using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Contracts;

/// <summary>The contract <c>RepairDesk</c>, which repairs sanctions by rule.</summary>
/// <remarks>
/// <c>contracts/src/interfaces/IRepairDesk.sol</c> says what a case is and what each function requires. Cases are counted from 1.
/// Statements, reasons, grounds and findings are digests of documents that the parties keep, salted:
/// <c>SHA-256(salt || SHA-256(file))</c>. Reading throws <see cref="LedgerException"/>: a <see cref="LedgerAnswerException"/> where
/// another contract stands at the address.
/// </remarks>
public sealed class RepairDeskContract
{
    /// <summary>The contract's name in the build.</summary>
    public const string Name = "RepairDesk";

    private const int MaxVersionBytes = 64;

    // One for each organisation, and the contract counts approvals in 16 bits.
    private const int MaxApprovals = ushort.MaxValue;

    private const string SanctionType = "(bytes32,(bytes32,bytes32,bytes32,uint8,bool,uint64,uint64,uint64,uint64,bytes32))";

    internal static readonly AbiSelector Accept = AbiSelector.FromSignature("accept(uint256)");
    internal static readonly AbiSelector Annul =
        AbiSelector.FromSignature($"annul({SanctionType},bytes32,bytes32,uint64,bytes32[],uint256,bytes32)");

    internal static readonly AbiSelector ApprovalsOf = AbiSelector.FromSignature("approvalsOf(uint256)");
    internal static readonly AbiSelector Approve = AbiSelector.FromSignature("approve(uint256,bytes32,uint8)");
    internal static readonly AbiSelector AskSupplement = AbiSelector.FromSignature("askSupplement(uint256,uint64,bytes32)");
    internal static readonly AbiSelector BarredUntil = AbiSelector.FromSignature("barredUntil(bytes32)");
    internal static readonly AbiSelector CaseCount = AbiSelector.FromSignature("caseCount()");
    internal static readonly AbiSelector CaseOf = AbiSelector.FromSignature("caseOf(uint256)");
    internal static readonly AbiSelector Conditions = AbiSelector.FromSignature("conditions(uint256)");
    internal static readonly AbiSelector Confirm = AbiSelector.FromSignature("confirm(uint256,bool,bytes32)");
    internal static readonly AbiSelector Consortium = AbiSelector.FromSignature("consortium()");
    internal static readonly AbiSelector Escalate = AbiSelector.FromSignature("escalate(uint256)");
    internal static readonly AbiSelector EscalateObjection = AbiSelector.FromSignature("escalateObjection(uint256,bytes32)");
    internal static readonly AbiSelector EvidenceLog = AbiSelector.FromSignature("evidenceLog()");
    internal static readonly AbiSelector LeafHashOf = AbiSelector.FromSignature($"leafHashOf({SanctionType})");
    internal static readonly AbiSelector Object = AbiSelector.FromSignature("object(uint256,bytes32)");
    internal static readonly AbiSelector Open =
        AbiSelector.FromSignature($"open({SanctionType},bytes32,bytes32,uint64,bytes32[],(uint8,bytes32)[])");

    internal static readonly AbiSelector PartOf = AbiSelector.FromSignature("partOf(uint256,bytes32)");
    internal static readonly AbiSelector Pause = AbiSelector.FromSignature("pause()");
    internal static readonly AbiSelector PausedAt = AbiSelector.FromSignature("pausedAt()");
    internal static readonly AbiSelector Refuse = AbiSelector.FromSignature("refuse(uint256,bytes32)");
    internal static readonly AbiSelector Resolve = AbiSelector.FromSignature("resolve(uint256,bytes32,bool,bytes32)");
    internal static readonly AbiSelector Resume = AbiSelector.FromSignature("resume()");
    internal static readonly AbiSelector RevocationOf = AbiSelector.FromSignature("revocationOf(uint256)");
    internal static readonly AbiSelector Revoke = AbiSelector.FromSignature("revoke(uint256,bytes32)");
    internal static readonly AbiSelector RulePacks = AbiSelector.FromSignature("rulePacks()");
    internal static readonly AbiSelector Shield =
        AbiSelector.FromSignature($"shield({SanctionType},bytes32,bytes32,uint64,bytes32[],bytes32)");

    internal static readonly AbiSelector Status = AbiSelector.FromSignature("status(bytes32)");
    internal static readonly AbiSelector Supplement = AbiSelector.FromSignature("supplement(uint256,(uint8,bytes32)[])");
    internal static readonly AbiSelector Trigger = AbiSelector.FromSignature("trigger(uint256)");
    internal static readonly AbiSelector Unshield = AbiSelector.FromSignature($"unshield({SanctionType},bytes32)");
    internal static readonly AbiSelector Version = AbiSelector.FromSignature("VERSION()");
    internal static readonly AbiSelector Withdraw = AbiSelector.FromSignature("withdraw(uint256)");

    private readonly ContractCaller _caller;

    /// <summary>Binds to a deployed contract.</summary>
    public RepairDeskContract(EthereumClient client, Address address)
    {
        ArgumentNullException.ThrowIfNull(client);
        _caller = new ContractCaller(client, address);
    }

    /// <summary>The contract's address.</summary>
    public Address Address => _caller.Address;

    /// <summary>Creation code with the constructor's arguments: the data of a transaction without recipient.</summary>
    /// <param name="consortium">The contract that says who may act as what.</param>
    /// <param name="evidenceLog">The contract that says which trees are anchored; of the same consortium.</param>
    /// <param name="rulePacks">The contract that keeps the rule packs; of the same consortium.</param>
    public static byte[] EncodeDeployment(Address consortium, Address evidenceLog, Address rulePacks) =>
    [
        .. ContractBuild.ReadBytecode(Name),
        .. new AbiWriter().WriteAddress(consortium).WriteAddress(evidenceLog).WriteAddress(rulePacks).ToArray(),
    ];

    /// <summary>Call data that opens a case. By an account that may act for the subject.</summary>
    /// <param name="sanction">What the sanction's log entry is made of.</param>
    /// <param name="entry">Where the entry stands in an anchored tree of the authority's log.</param>
    /// <param name="materials">The first materials; may be empty.</param>
    public static byte[] EncodeOpen(RepairSanction sanction, AnchoredEntry entry, IReadOnlyList<RepairMaterial> materials)
    {
        AbiWriter writer = Present(sanction, entry);
        RepairMaterial.WriteArray(writer, materials);
        return writer.ToCallData(Open);
    }

    /// <summary>Call data that submits further materials. By the applicant.</summary>
    public static byte[] EncodeSupplement(ulong caseId, IReadOnlyList<RepairMaterial> materials)
    {
        AbiWriter writer = new AbiWriter().WriteUInt64(caseId);
        RepairMaterial.WriteArray(writer, materials);
        return writer.ToCallData(Supplement);
    }

    /// <summary>Call data that withdraws a case. By the applicant.</summary>
    public static byte[] EncodeWithdraw(ulong caseId) => new AbiWriter().WriteUInt64(caseId).ToCallData(Withdraw);

    /// <summary>Call data that asks the applicant for a supplement. By the authority.</summary>
    /// <param name="caseId">The case.</param>
    /// <param name="kinds">The kinds of materials it asks for: bit <c>n</c> for kind <c>n</c>.</param>
    /// <param name="notice">Digest of the notice that says why.</param>
    public static byte[] EncodeAskSupplement(ulong caseId, ulong kinds, Bytes32 notice) =>
        new AbiWriter().WriteUInt64(caseId).WriteUInt64(kinds).WriteBytes32(notice).ToCallData(AskSupplement);

    /// <summary>Call data that accepts a case for review. By the authority.</summary>
    public static byte[] EncodeAccept(ulong caseId) => new AbiWriter().WriteUInt64(caseId).ToCallData(Accept);

    /// <summary>Call data that confirms that the obligations are performed, or takes that back. By the authority.</summary>
    /// <param name="caseId">The case.</param>
    /// <param name="isPerformed">Whether the obligations are performed.</param>
    /// <param name="statement">Digest of the confirmation, or of the reasons for taking it back.</param>
    public static byte[] EncodeConfirm(ulong caseId, bool isPerformed, Bytes32 statement) =>
        new AbiWriter().WriteUInt64(caseId).WriteBool(isPerformed).WriteBytes32(statement).ToCallData(Confirm);

    /// <summary>Call data that refuses a case. By the authority.</summary>
    public static byte[] EncodeRefuse(ulong caseId, Bytes32 reasons) =>
        new AbiWriter().WriteUInt64(caseId).WriteBytes32(reasons).ToCallData(Refuse);

    /// <summary>Call data that proposes to revoke a repair for false material, or, by a second account, revokes it. By the authority.</summary>
    public static byte[] EncodeRevoke(ulong caseId, Bytes32 findings) =>
        new AbiWriter().WriteUInt64(caseId).WriteBytes32(findings).ToCallData(Revoke);

    /// <summary>Call data that annuls a sanction whose decision was overturned. By the authority.</summary>
    /// <param name="sanction">What the sanction's log entry is made of.</param>
    /// <param name="entry">Where the entry stands in an anchored tree of the authority's log.</param>
    /// <param name="caseId">The case that is under way for the sanction; 0 if none is.</param>
    /// <param name="grounds">Digest of the decision that overturned it.</param>
    public static byte[] EncodeAnnul(RepairSanction sanction, AnchoredEntry entry, ulong caseId, Bytes32 grounds) =>
        Present(sanction, entry).WriteUInt64(caseId).WriteBytes32(grounds).ToCallData(Annul);

    /// <summary>Call data that shields a sanction by a court's ruling. By the authority.</summary>
    public static byte[] EncodeShield(RepairSanction sanction, AnchoredEntry entry, Bytes32 ruling) =>
        Present(sanction, entry).WriteBytes32(ruling).ToCallData(Shield);

    /// <summary>Call data that ends a shield. By the authority.</summary>
    public static byte[] EncodeUnshield(RepairSanction sanction, Bytes32 ruling) =>
        Present(sanction).WriteBytes32(ruling).ToCallData(Unshield);

    /// <summary>Call data that approves a case. By a reviewer.</summary>
    /// <param name="caseId">The case.</param>
    /// <param name="materialsHash">The hash of the materials that the reviewer saw.</param>
    /// <param name="score">The score of its inspection, 0 to 100; 0 if there was none.</param>
    public static byte[] EncodeApprove(ulong caseId, Bytes32 materialsHash, byte score) =>
        new AbiWriter().WriteUInt64(caseId).WriteBytes32(materialsHash).WriteUInt64(score).ToCallData(Approve);

    /// <summary>Call data that raises an objection, for the sender's organisation.</summary>
    public static byte[] EncodeObject(ulong caseId, Bytes32 grounds) =>
        new AbiWriter().WriteUInt64(caseId).WriteBytes32(grounds).ToCallData(Object);

    /// <summary>Call data that decides an objection. By an arbiter.</summary>
    /// <param name="caseId">The case.</param>
    /// <param name="objector">The organisation whose objection it is.</param>
    /// <param name="isUpheld">Whether the objection is right.</param>
    /// <param name="reasons">Digest of the reasons.</param>
    public static byte[] EncodeResolve(ulong caseId, Bytes32 objector, bool isUpheld, Bytes32 reasons) =>
        new AbiWriter()
            .WriteUInt64(caseId)
            .WriteBytes32(objector)
            .WriteBool(isUpheld)
            .WriteBytes32(reasons)
            .ToCallData(Resolve);

    /// <summary>Call data that repairs a sanction where only time was missing. By anyone.</summary>
    public static byte[] EncodeTrigger(ulong caseId) => new AbiWriter().WriteUInt64(caseId).ToCallData(Trigger);

    /// <summary>Call data that moves a case on whose step is overdue. By anyone.</summary>
    public static byte[] EncodeEscalate(ulong caseId) => new AbiWriter().WriteUInt64(caseId).ToCallData(Escalate);

    /// <summary>Call data that moves a case on in which an objection is overdue. By anyone.</summary>
    public static byte[] EncodeEscalateObjection(ulong caseId, Bytes32 objector) =>
        new AbiWriter().WriteUInt64(caseId).WriteBytes32(objector).ToCallData(EscalateObjection);

    /// <summary>Call data that pauses the desk. By the consortium's admin.</summary>
    public static byte[] EncodePause() => new AbiWriter().ToCallData(Pause);

    /// <summary>Call data that ends the pause. By the consortium's admin, or after 30 days by anyone.</summary>
    public static byte[] EncodeResume() => new AbiWriter().ToCallData(Resume);

    /// <summary>Reads an event of the contract.</summary>
    /// <returns><see langword="false"/> for any other event.</returns>
    public static bool TryDecodeEvent(LogEvent log, [NotNullWhen(true)] out RepairDeskEvent? decoded) =>
        RepairDeskEventForms.Decoder.TryDecode(log, out decoded);

    /// <summary>The contract's events in a range of blocks, in the order of the ledger.</summary>
    /// <param name="fromBlock">The first block.</param>
    /// <param name="toBlock">The last block; keep the range within what endpoints allow, 10,000 or so.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    public Task<IReadOnlyList<RepairDeskEvent>> FetchEventsAsync(
        ulong fromBlock,
        ulong toBlock,
        CancellationToken cancellationToken = default) =>
        _caller.FetchEventsAsync(RepairDeskEventForms.Decoder, [], fromBlock, toBlock, cancellationToken);

    /// <summary>A case.</summary>
    /// <exception cref="ContractRevertException">There is no such case.</exception>
    public Task<RepairCase> FetchCaseAsync(ulong caseId, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(CaseOf, new AbiWriter().WriteUInt64(caseId), RepairCase.Read, cancellationToken);

    /// <summary>Which conditions of a case hold now, by the ledger's clock.</summary>
    /// <exception cref="ContractRevertException">There is no such case.</exception>
    public Task<RepairConditions> FetchConditionsAsync(ulong caseId, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(Conditions, new AbiWriter().WriteUInt64(caseId), RepairConditions.Read, cancellationToken);

    /// <summary>The organisations whose approvals of a case stand.</summary>
    public Task<IReadOnlyList<Bytes32>> FetchApprovalsAsync(ulong caseId, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(
            ApprovalsOf,
            new AbiWriter().WriteUInt64(caseId),
            reader => reader.ReadBytes32Array(MaxApprovals),
            cancellationToken);

    /// <summary>An organisation's part in a case as objector or arbiter; all zero where it has none.</summary>
    public Task<RepairPart> FetchPartAsync(ulong caseId, Bytes32 organisationId, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(
            PartOf, new AbiWriter().WriteUInt64(caseId).WriteBytes32(organisationId), RepairPart.Read, cancellationToken);

    /// <summary>The pending proposal to revoke a repair; all zero where there is none.</summary>
    public Task<RevocationProposal> FetchRevocationAsync(ulong caseId, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(
            RevocationOf,
            new AbiWriter().WriteUInt64(caseId),
            reader => new RevocationProposal(reader.ReadAddress(), reader.ReadBytes32()),
            cancellationToken);

    /// <summary>How many cases there are.</summary>
    public Task<ulong> FetchCaseCountAsync(CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(CaseCount, new AbiWriter(), reader => reader.ReadUInt64(), cancellationToken);

    /// <summary>The status of a sanction; all zero where nothing ever happened.</summary>
    /// <param name="leafHash">The leaf hash of its log entry.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    public Task<SanctionStatus> FetchStatusAsync(Bytes32 leafHash, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(Status, new AbiWriter().WriteBytes32(leafHash), SanctionStatus.Read, cancellationToken);

    /// <summary>The leaf hash of a sanction's log entry, as the contract computes it.</summary>
    public Task<Bytes32> FetchLeafHashAsync(RepairSanction sanction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sanction);

        AbiWriter writer = new();
        sanction.Write(writer);
        return _caller.ReadAsync(LeafHashOf, writer, reader => reader.ReadBytes32(), cancellationToken);
    }

    /// <summary>Until when a subject is barred for false material, in Unix seconds; 0 where it never was.</summary>
    public Task<ulong> FetchBarredUntilAsync(Bytes32 subjectTag, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(BarredUntil, new AbiWriter().WriteBytes32(subjectTag), reader => reader.ReadUInt64(), cancellationToken);

    /// <summary>Since when the desk is paused, in Unix seconds; 0 where it is not.</summary>
    public Task<ulong> FetchPausedAtAsync(CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(PausedAt, new AbiWriter(), reader => reader.ReadUInt64(), cancellationToken);

    /// <summary>The consortium that this contract relies on.</summary>
    public Task<Address> FetchConsortiumAsync(CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(Consortium, new AbiWriter(), reader => reader.ReadAddress(), cancellationToken);

    /// <summary>The evidence log that this contract relies on.</summary>
    public Task<Address> FetchEvidenceLogAsync(CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(EvidenceLog, new AbiWriter(), reader => reader.ReadAddress(), cancellationToken);

    /// <summary>The rule packs that this contract relies on.</summary>
    public Task<Address> FetchRulePacksAsync(CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(RulePacks, new AbiWriter(), reader => reader.ReadAddress(), cancellationToken);

    /// <summary>The version of the contract and its interface.</summary>
    public Task<string> FetchVersionAsync(CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(Version, new AbiWriter(), reader => reader.ReadString(MaxVersionBytes), cancellationToken);

    /// <summary>Tries a call without sending it.</summary>
    /// <param name="sender">Who would send it.</param>
    /// <param name="callData">From one of the methods <c>Encode…</c>.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <exception cref="ContractRevertException">The contract would refuse it.</exception>
    public Task TryCallAsync(Address sender, ReadOnlyMemory<byte> callData, CancellationToken cancellationToken = default) =>
        _caller.CallAsync(sender, callData, cancellationToken);

    private static AbiWriter Present(RepairSanction sanction)
    {
        ArgumentNullException.ThrowIfNull(sanction);

        AbiWriter writer = new();
        sanction.Write(writer);
        return writer;
    }

    private static AbiWriter Present(RepairSanction sanction, AnchoredEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);

        AbiWriter writer = Present(sanction);
        entry.Write(writer);
        return writer;
    }
}
