using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Contracts;

/// <summary>The last tree that a log anchored.</summary>
/// <param name="TreeSize">Its number of leaves; 0 where nothing was anchored.</param>
/// <param name="Root">Its root hash.</param>
/// <param name="AnchoredAt">The time of the anchor's block, in Unix seconds.</param>
public sealed record AnchoredHead(ulong TreeSize, Bytes32 Root, ulong AnchoredAt);

/// <summary>The anchor of one root hash.</summary>
/// <param name="TreeSize">The number of leaves; 0 where the root was not anchored.</param>
/// <param name="AnchoredAt">The time of the anchor's block, in Unix seconds.</param>
public sealed record RootAnchor(ulong TreeSize, ulong AnchoredAt);

/// <summary>A call that anchors.</summary>
/// <param name="LogId">The log.</param>
/// <param name="TreeSize">The number of leaves.</param>
/// <param name="Root">The root hash.</param>
/// <param name="ConsistencyProof">The proof that the tree continues the one anchored before.</param>
public sealed record AnchorCall(Bytes32 LogId, ulong TreeSize, Bytes32 Root, IReadOnlyList<Bytes32> ConsistencyProof);

/// <summary>The event <c>Anchored</c>, with where it stands.</summary>
/// <param name="LogId">The log.</param>
/// <param name="Root">The root hash.</param>
/// <param name="TreeSize">The number of leaves.</param>
/// <param name="PreviousSize">The number of leaves anchored before.</param>
/// <param name="BlockNumber">The number of the block.</param>
/// <param name="BlockHash">The hash of the block.</param>
/// <param name="TransactionHash">The transaction.</param>
public sealed record AnchoredEvent(
    Bytes32 LogId,
    Bytes32 Root,
    ulong TreeSize,
    ulong PreviousSize,
    ulong BlockNumber,
    Bytes32 BlockHash,
    Bytes32 TransactionHash);

/// <summary>The contract <c>EvidenceLog</c>, which keeps the roots that logs have committed to.</summary>
/// <remarks>
/// <c>contracts/src/interfaces/IEvidenceLog.sol</c> says what each function requires. Reading throws
/// <see cref="LedgerException"/>: a <see cref="LedgerAnswerException"/> where another contract stands at the address.
/// </remarks>
public sealed class EvidenceLogContract
{
    /// <summary>The contract's name in the build.</summary>
    public const string Name = "EvidenceLog";

    // 65 hashes at most: RFC 9162 section 2.1.4, for sizes of 64 bits.
    private const int MaxProofLength = 65;
    private const int MaxVersionBytes = 64;

    internal static readonly AbiSelector Anchor = AbiSelector.FromSignature("anchor(bytes32,uint64,bytes32,bytes32[])");
    internal static readonly AbiSelector AnchorOf = AbiSelector.FromSignature("anchorOf(bytes32,bytes32)");
    internal static readonly AbiSelector Consortium = AbiSelector.FromSignature("consortium()");
    internal static readonly AbiSelector Head = AbiSelector.FromSignature("head(bytes32)");
    internal static readonly AbiSelector VerifyInclusion =
        AbiSelector.FromSignature("verifyInclusion(bytes32,bytes32,bytes32,uint64,bytes32[])");

    internal static readonly AbiSelector Version = AbiSelector.FromSignature("VERSION()");
    internal static readonly Bytes32 AnchoredTopic = Keccak256.Hash("Anchored(bytes32,bytes32,uint64,uint64)");

    private readonly ContractCaller _caller;

    /// <summary>Binds to a deployed contract.</summary>
    public EvidenceLogContract(EthereumClient client, Address address)
    {
        ArgumentNullException.ThrowIfNull(client);
        _caller = new ContractCaller(client, address);
    }

    /// <summary>The contract's address.</summary>
    public Address Address => _caller.Address;

    /// <summary>Creation code with the constructor's argument: the data of a transaction without recipient.</summary>
    /// <param name="consortium">The contract that says who may anchor which log.</param>
    public static byte[] EncodeDeployment(Address consortium) =>
        [.. ContractBuild.ReadBytecode(Name), .. new AbiWriter().WriteAddress(consortium).ToArray()];

    /// <summary>Call data that commits a log to a larger tree.</summary>
    /// <param name="logId">The log.</param>
    /// <param name="treeSize">The number of leaves.</param>
    /// <param name="root">The root hash.</param>
    /// <param name="consistencyProof">From the last anchored size; empty for a log's first anchor.</param>
    public static byte[] EncodeAnchor(Bytes32 logId, ulong treeSize, Bytes32 root, IReadOnlyList<Bytes32> consistencyProof) =>
        new AbiWriter()
            .WriteBytes32(logId)
            .WriteUInt64(treeSize)
            .WriteBytes32(root)
            .WriteBytes32Array(consistencyProof)
            .ToCallData(Anchor);

    /// <summary>Reads call data that <see cref="EncodeAnchor"/> has written.</summary>
    public static bool TryDecodeAnchor(ReadOnlyMemory<byte> callData, [NotNullWhen(true)] out AnchorCall? call)
    {
        call = null;
        if (!AbiSelector.TrySplit(callData, out AbiSelector selector, out ReadOnlyMemory<byte> arguments) || selector != Anchor)
        {
            return false;
        }

        AbiReader reader = new(arguments);
        AnchorCall read = new(
            reader.ReadBytes32(), reader.ReadUInt64(), reader.ReadBytes32(), reader.ReadBytes32Array(MaxProofLength));
        call = reader.TryEnd(out _) ? read : null;
        return call is not null;
    }

    /// <summary>Reads an event <c>Anchored</c>.</summary>
    /// <returns><see langword="false"/> for any other event.</returns>
    public static bool TryDecodeAnchored(LogEvent log, [NotNullWhen(true)] out AnchoredEvent? anchored)
    {
        ArgumentNullException.ThrowIfNull(log);

        anchored = null;
        if (log.Topics.Count != 3 || log.Topics[0] != AnchoredTopic)
        {
            return false;
        }

        AbiReader reader = new(log.Data);
        ulong treeSize = reader.ReadUInt64();
        ulong previousSize = reader.ReadUInt64();
        if (!reader.TryEnd(out _))
        {
            return false;
        }

        anchored = new AnchoredEvent(
            log.Topics[1], log.Topics[2], treeSize, previousSize, log.BlockNumber, log.BlockHash, log.TransactionHash);
        return true;
    }

    /// <summary>The anchors of a log in a range of blocks, in the order of the ledger.</summary>
    /// <param name="logId">The log.</param>
    /// <param name="fromBlock">The first block.</param>
    /// <param name="toBlock">The last block; keep the range within what endpoints allow, 10,000 or so.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    public async Task<IReadOnlyList<AnchoredEvent>> FetchAnchoredAsync(
        Bytes32 logId,
        ulong fromBlock,
        ulong toBlock,
        CancellationToken cancellationToken = default)
    {
        List<AnchoredEvent> events = [];
        foreach (LogEvent log in await _caller.FetchLogsAsync([AnchoredTopic, logId], fromBlock, toBlock, cancellationToken))
        {
            events.Add(TryDecodeAnchored(log, out AnchoredEvent? anchored)
                ? anchored
                : throw new LedgerAnswerException(
                    $"The contract {Address} has an event Anchored of another form in block {log.BlockNumber}: it is another contract, or the "
                    + "endpoint is at fault."));
        }

        return events;
    }

    /// <summary>The last tree that a log anchored; all zero where there is none.</summary>
    public Task<AnchoredHead> FetchHeadAsync(Bytes32 logId, CancellationToken cancellationToken = default) => _caller.ReadAsync(
        Head,
        new AbiWriter().WriteBytes32(logId),
        reader => new AnchoredHead(reader.ReadUInt64(), reader.ReadBytes32(), reader.ReadUInt64()),
        cancellationToken);

    /// <summary>The anchor of a root hash; all zero where it was not anchored.</summary>
    public Task<RootAnchor> FetchAnchorAsync(Bytes32 logId, Bytes32 root, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(
            AnchorOf,
            new AbiWriter().WriteBytes32(logId).WriteBytes32(root),
            reader => new RootAnchor(reader.ReadUInt64(), reader.ReadUInt64()),
            cancellationToken);

    /// <summary>The consortium that this contract relies on.</summary>
    public Task<Address> FetchConsortiumAsync(CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(Consortium, new AbiWriter(), reader => reader.ReadAddress(), cancellationToken);

    /// <summary>The version of the contract and its interface.</summary>
    public Task<string> FetchVersionAsync(CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(Version, new AbiWriter(), reader => reader.ReadString(MaxVersionBytes), cancellationToken);

    /// <summary>Whether a leaf is in a tree that the log anchored, as the contract says.</summary>
    public Task<bool> VerifyInclusionAsync(
        Bytes32 logId,
        Bytes32 root,
        Bytes32 leafHash,
        ulong leafIndex,
        IReadOnlyList<Bytes32> inclusionPath,
        CancellationToken cancellationToken = default) => _caller.ReadAsync(
            VerifyInclusion,
            new AbiWriter()
                .WriteBytes32(logId)
                .WriteBytes32(root)
                .WriteBytes32(leafHash)
                .WriteUInt64(leafIndex)
                .WriteBytes32Array(inclusionPath),
            reader => reader.ReadBool(),
            cancellationToken);

    /// <summary>Tries an anchor without sending it.</summary>
    /// <param name="sender">Who would send it.</param>
    /// <param name="callData">From <see cref="EncodeAnchor"/>.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <exception cref="ContractRevertException">The contract would refuse it.</exception>
    public Task TryAnchorAsync(Address sender, ReadOnlyMemory<byte> callData, CancellationToken cancellationToken = default) =>
        _caller.CallAsync(sender, callData, cancellationToken);
}
