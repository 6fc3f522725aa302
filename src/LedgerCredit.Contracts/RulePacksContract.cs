using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Contracts;

/// <summary>What the check of a sanction's terms gave.</summary>
/// <param name="Number">The number of the rule pack that they name.</param>
/// <param name="IntakePeriod">How long the authority has to take a case in, in seconds.</param>
public sealed record CheckedTerms(uint Number, uint IntakePeriod);

/// <summary>The contract <c>RulePacks</c>, which keeps what the repair desk must know of each version of the repair rules.</summary>
/// <remarks>
/// <c>contracts/src/interfaces/IRulePacks.sol</c> says what each function requires. Reading throws
/// <see cref="LedgerException"/>: a <see cref="LedgerAnswerException"/> where another contract stands at the address.
/// </remarks>
public sealed class RulePacksContract
{
    /// <summary>The contract's name in the build.</summary>
    public const string Name = "RulePacks";

    private const int MaxVersionBytes = 64;

    // The contract sets no bound, but the endpoint's answer has one, and an array is never longer than its data.
    private const int AnyCount = int.MaxValue;

    private const string PackType =
        "(uint64,uint8,uint8,uint8,uint8,uint32,uint32,uint32,uint32,uint32,uint32,uint64,uint64,uint32,uint32,uint32)";

    internal static readonly AbiSelector Add = AbiSelector.FromSignature($"add(bytes32,{PackType},bytes32[])");
    internal static readonly AbiSelector CheckTerms = AbiSelector.FromSignature("checkTerms(bytes32,bytes32,uint8,uint64,uint64)");
    internal static readonly AbiSelector Close = AbiSelector.FromSignature("close(bytes32)");
    internal static readonly AbiSelector Consortium = AbiSelector.FromSignature("consortium()");
    internal static readonly AbiSelector Count = AbiSelector.FromSignature("count()");
    internal static readonly AbiSelector IsClosed = AbiSelector.FromSignature("isClosed(bytes32)");
    internal static readonly AbiSelector IsOpenTo = AbiSelector.FromSignature("isOpenTo(bytes32,bytes32)");
    internal static readonly AbiSelector NumberOf = AbiSelector.FromSignature("numberOf(bytes32)");
    internal static readonly AbiSelector PackOf = AbiSelector.FromSignature("packOf(uint32)");
    internal static readonly AbiSelector RulePackOf = AbiSelector.FromSignature("rulePackOf(uint32)");
    internal static readonly AbiSelector RulesOf = AbiSelector.FromSignature("rulesOf(uint32)");
    internal static readonly AbiSelector Version = AbiSelector.FromSignature("VERSION()");

    internal static readonly EventDecoder<RulePackEvent> Events = new(
        new(
            $"RulePackAdded(bytes32,uint32,{PackType},bytes32[])",
            (topics, data, at) => new RulePackAddedEvent(
                topics.ReadBytes32(), topics.ReadUInt32(), RulePackParameters.Read(data), data.ReadBytes32Array(AnyCount), at)),
        new(
            "RulePackClosed(bytes32,uint32)",
            (topics, data, at) => new RulePackClosedEvent(topics.ReadBytes32(), topics.ReadUInt32(), at)));

    private readonly ContractCaller _caller;

    /// <summary>Binds to a deployed contract.</summary>
    public RulePacksContract(EthereumClient client, Address address)
    {
        ArgumentNullException.ThrowIfNull(client);
        _caller = new ContractCaller(client, address);
    }

    /// <summary>The contract's address.</summary>
    public Address Address => _caller.Address;

    /// <summary>Creation code with the constructor's argument: the data of a transaction without recipient.</summary>
    /// <param name="consortium">The contract whose admin adds and closes rule packs.</param>
    public static byte[] EncodeDeployment(Address consortium) =>
        [.. ContractBuild.ReadBytecode(Name), .. new AbiWriter().WriteAddress(consortium).ToArray()];

    /// <summary>Call data that adds a rule pack, for ever. By the consortium's admin.</summary>
    /// <param name="rulePack">The hash of the document.</param>
    /// <param name="pack">Its parameters.</param>
    /// <param name="authorities">The organisations it is open to; none stands for all.</param>
    public static byte[] EncodeAdd(Bytes32 rulePack, RulePackParameters pack, IReadOnlyList<Bytes32> authorities)
    {
        ArgumentNullException.ThrowIfNull(pack);

        AbiWriter writer = new AbiWriter().WriteBytes32(rulePack);
        pack.Write(writer);
        return writer.WriteBytes32Array(authorities).ToCallData(Add);
    }

    /// <summary>Call data that closes a rule pack to new cases, for good. By the consortium's admin.</summary>
    public static byte[] EncodeClose(Bytes32 rulePack) => new AbiWriter().WriteBytes32(rulePack).ToCallData(Close);

    /// <summary>Reads an event of the contract.</summary>
    /// <returns><see langword="false"/> for any other event.</returns>
    public static bool TryDecodeEvent(LogEvent log, [NotNullWhen(true)] out RulePackEvent? decoded) =>
        Events.TryDecode(log, out decoded);

    /// <summary>The contract's events in a range of blocks, in the order of the ledger.</summary>
    /// <param name="fromBlock">The first block.</param>
    /// <param name="toBlock">The last block; keep the range within what endpoints allow, 10,000 or so.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    public Task<IReadOnlyList<RulePackEvent>> FetchEventsAsync(
        ulong fromBlock,
        ulong toBlock,
        CancellationToken cancellationToken = default) =>
        _caller.FetchEventsAsync(Events, [], fromBlock, toBlock, cancellationToken);

    /// <summary>The consortium that this contract relies on.</summary>
    public Task<Address> FetchConsortiumAsync(CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(Consortium, new AbiWriter(), reader => reader.ReadAddress(), cancellationToken);

    /// <summary>The version of the contract and its interface.</summary>
    public Task<string> FetchVersionAsync(CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(Version, new AbiWriter(), reader => reader.ReadString(MaxVersionBytes), cancellationToken);

    /// <summary>How many rule packs there are; their numbers run from 1 to this.</summary>
    public Task<uint> FetchCountAsync(CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(Count, new AbiWriter(), reader => reader.ReadUInt32(), cancellationToken);

    /// <summary>The number of a rule pack; 0 where it was not added.</summary>
    public Task<uint> FetchNumberAsync(Bytes32 rulePack, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(NumberOf, new AbiWriter().WriteBytes32(rulePack), reader => reader.ReadUInt32(), cancellationToken);

    /// <summary>Whether a rule pack is closed to new cases; false where it was not added.</summary>
    public Task<bool> IsClosedAsync(Bytes32 rulePack, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(IsClosed, new AbiWriter().WriteBytes32(rulePack), reader => reader.ReadBool(), cancellationToken);

    /// <summary>Whether a rule pack is open to an authority, closed to new cases or not; false where it was not added.</summary>
    public Task<bool> IsOpenToAsync(Bytes32 rulePack, Bytes32 authority, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(
            IsOpenTo,
            new AbiWriter().WriteBytes32(rulePack).WriteBytes32(authority),
            reader => reader.ReadBool(),
            cancellationToken);

    /// <summary>The parameters of a rule pack.</summary>
    /// <exception cref="ContractRevertException">There is none of this number.</exception>
    public Task<RulePackParameters> FetchPackAsync(uint number, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(PackOf, new AbiWriter().WriteUInt64(number), RulePackParameters.Read, cancellationToken);

    /// <summary>The parameters of a rule pack that a case needs on its way.</summary>
    /// <exception cref="ContractRevertException">There is none of this number.</exception>
    public Task<RulePackRules> FetchRulesAsync(uint number, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(RulesOf, new AbiWriter().WriteUInt64(number), RulePackRules.Read, cancellationToken);

    /// <summary>The hash of a rule pack's document.</summary>
    /// <exception cref="ContractRevertException">There is none of this number.</exception>
    public Task<Bytes32> FetchRulePackAsync(uint number, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(RulePackOf, new AbiWriter().WriteUInt64(number), reader => reader.ReadBytes32(), cancellationToken);

    /// <summary>Checks what the terms of a sanction say against the rule pack that they name.</summary>
    /// <exception cref="ContractRevertException">They do not keep it: the error says why.</exception>
    public Task<CheckedTerms> FetchCheckedTermsAsync(RepairTerms terms, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(terms);

        return _caller.ReadAsync(
            CheckTerms,
            new AbiWriter()
                .WriteBytes32(terms.RulePack)
                .WriteBytes32(terms.Authority)
                .WriteUInt64(terms.Grade)
                .WriteUInt64(terms.DecidedAt)
                .WriteUInt64(terms.EarliestRepairAt),
            reader => new CheckedTerms(reader.ReadUInt32(), reader.ReadUInt32()),
            cancellationToken);
    }

    /// <summary>Tries a call without sending it.</summary>
    /// <param name="sender">Who would send it.</param>
    /// <param name="callData">From one of the methods <c>Encode…</c>.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <exception cref="ContractRevertException">The contract would refuse it.</exception>
    public Task TryCallAsync(Address sender, ReadOnlyMemory<byte> callData, CancellationToken cancellationToken = default) =>
        _caller.CallAsync(sender, callData, cancellationToken);
}
