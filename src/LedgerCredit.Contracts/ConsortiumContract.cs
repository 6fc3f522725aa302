using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Contracts;

/// <summary>A member of the network.</summary>
/// <param name="IsRegistered">Whether it exists.</param>
/// <param name="IsSuspended">Whether its accounts have no roles for now.</param>
/// <param name="Roles">Its roles, as <see cref="ConsortiumRoles"/> reads them.</param>
public sealed record ConsortiumOrganisation(bool IsRegistered, bool IsSuspended, ushort Roles);

/// <summary>An account of a member.</summary>
/// <param name="OrganisationId">Its organisation; zero where it is not registered.</param>
/// <param name="IsRetired">Whether it was withdrawn for good.</param>
/// <param name="Roles">The roles given to it.</param>
public sealed record ConsortiumAccount(Bytes32 OrganisationId, bool IsRetired, ushort Roles);

/// <summary>The contract <c>Consortium</c>, which says who takes part, in what roles and with what accounts.</summary>
/// <remarks>
/// <c>contracts/src/interfaces/IConsortium.sol</c> says what each function requires. Reading throws
/// <see cref="LedgerException"/>: a <see cref="LedgerAnswerException"/> where another contract stands at the address.
/// </remarks>
public sealed class ConsortiumContract
{
    /// <summary>The contract's name in the build.</summary>
    public const string Name = "Consortium";

    private const int MaxVersionBytes = 64;

    internal static readonly AbiSelector AcceptOwnership = AbiSelector.FromSignature("acceptOwnership()");
    internal static readonly AbiSelector AccountOf = AbiSelector.FromSignature("accountOf(address)");
    internal static readonly AbiSelector ActsAs = AbiSelector.FromSignature("actsAs(address,uint8)");
    internal static readonly AbiSelector AppointRepresentative = AbiSelector.FromSignature("appointRepresentative(bytes32,address)");
    internal static readonly AbiSelector DismissRepresentative = AbiSelector.FromSignature("dismissRepresentative(bytes32,address)");
    internal static readonly AbiSelector IsLogOperator = AbiSelector.FromSignature("isLogOperator(bytes32,address)");
    internal static readonly AbiSelector LogOwner = AbiSelector.FromSignature("logOwner(bytes32)");
    internal static readonly AbiSelector MayActFor = AbiSelector.FromSignature("mayActFor(bytes32,address)");
    internal static readonly AbiSelector Organisation = AbiSelector.FromSignature("organisation(bytes32)");
    internal static readonly AbiSelector Owner = AbiSelector.FromSignature("owner()");
    internal static readonly AbiSelector RegisterAccount = AbiSelector.FromSignature("registerAccount(address,bytes32,uint16)");
    internal static readonly AbiSelector RegisterLog = AbiSelector.FromSignature("registerLog(string)");
    internal static readonly AbiSelector RegisterOrganisation = AbiSelector.FromSignature("registerOrganisation(string,uint16)");
    internal static readonly AbiSelector ResumeOrganisation = AbiSelector.FromSignature("resumeOrganisation(bytes32)");
    internal static readonly AbiSelector RetireAccount = AbiSelector.FromSignature("retireAccount(address)");
    internal static readonly AbiSelector SetAccountRoles = AbiSelector.FromSignature("setAccountRoles(address,uint16)");
    internal static readonly AbiSelector SetOrganisationRoles = AbiSelector.FromSignature("setOrganisationRoles(bytes32,uint16)");
    internal static readonly AbiSelector SuspendOrganisation = AbiSelector.FromSignature("suspendOrganisation(bytes32)");
    internal static readonly AbiSelector TransferOwnership = AbiSelector.FromSignature("transferOwnership(address)");
    internal static readonly AbiSelector Version = AbiSelector.FromSignature("VERSION()");

    private readonly ContractCaller _caller;

    /// <summary>Binds to a deployed contract.</summary>
    public ConsortiumContract(EthereumClient client, Address address)
    {
        ArgumentNullException.ThrowIfNull(client);
        _caller = new ContractCaller(client, address);
    }

    /// <summary>The contract's address.</summary>
    public Address Address => _caller.Address;

    /// <summary>The id of the organisation with this slug.</summary>
    public static Bytes32 OrganisationId(string slug) => Keccak256.Hash(slug);

    /// <summary>Creation code with the constructor's arguments: the data of a transaction without recipient.</summary>
    /// <param name="admin">The first admin.</param>
    /// <param name="handoverDelaySeconds">How long a proposed hand-over to another admin waits: 1 to 90 days.</param>
    public static byte[] EncodeDeployment(Address admin, ulong handoverDelaySeconds) =>
    [
        .. ContractBuild.ReadBytecode(Name),
        .. new AbiWriter().WriteAddress(admin).WriteUInt64(handoverDelaySeconds).ToArray(),
    ];

    /// <summary>Call data that makes an organisation a member. By the admin.</summary>
    public static byte[] EncodeRegisterOrganisation(string slug, ushort roles) =>
        new AbiWriter().WriteString(slug).WriteUInt64(roles).ToCallData(RegisterOrganisation);

    /// <summary>Call data that replaces an organisation's roles. By the admin.</summary>
    public static byte[] EncodeSetOrganisationRoles(Bytes32 organisationId, ushort roles) =>
        new AbiWriter().WriteBytes32(organisationId).WriteUInt64(roles).ToCallData(SetOrganisationRoles);

    /// <summary>Call data that suspends an organisation. By the admin.</summary>
    public static byte[] EncodeSuspendOrganisation(Bytes32 organisationId) =>
        new AbiWriter().WriteBytes32(organisationId).ToCallData(SuspendOrganisation);

    /// <summary>Call data that ends an organisation's suspension. By the admin.</summary>
    public static byte[] EncodeResumeOrganisation(Bytes32 organisationId) =>
        new AbiWriter().WriteBytes32(organisationId).ToCallData(ResumeOrganisation);

    /// <summary>Call data that registers an account for an organisation, for ever. By the admin.</summary>
    public static byte[] EncodeRegisterAccount(Address account, Bytes32 organisationId, ushort roles) =>
        new AbiWriter().WriteAddress(account).WriteBytes32(organisationId).WriteUInt64(roles).ToCallData(RegisterAccount);

    /// <summary>Call data that replaces an account's roles. By the admin.</summary>
    public static byte[] EncodeSetAccountRoles(Address account, ushort roles) =>
        new AbiWriter().WriteAddress(account).WriteUInt64(roles).ToCallData(SetAccountRoles);

    /// <summary>Call data that retires an account for good. By the admin.</summary>
    public static byte[] EncodeRetireAccount(Address account) => new AbiWriter().WriteAddress(account).ToCallData(RetireAccount);

    /// <summary>Call data that registers a log for the organisation its origin names, for ever. By the admin.</summary>
    public static byte[] EncodeRegisterLog(string origin) => new AbiWriter().WriteString(origin).ToCallData(RegisterLog);

    /// <summary>Call data that lets an account act for a subject. By an authority.</summary>
    public static byte[] EncodeAppointRepresentative(Bytes32 subjectTag, Address account) =>
        new AbiWriter().WriteBytes32(subjectTag).WriteAddress(account).ToCallData(AppointRepresentative);

    /// <summary>Call data that ends an account's right to act for a subject. By the admin or the authority that gave it.</summary>
    public static byte[] EncodeDismissRepresentative(Bytes32 subjectTag, Address account) =>
        new AbiWriter().WriteBytes32(subjectTag).WriteAddress(account).ToCallData(DismissRepresentative);

    /// <summary>Call data that proposes a hand-over to another admin. By the admin.</summary>
    public static byte[] EncodeTransferOwnership(Address newAdmin) =>
        new AbiWriter().WriteAddress(newAdmin).ToCallData(TransferOwnership);

    /// <summary>Call data that accepts a hand-over, after its delay. By the new admin.</summary>
    public static byte[] EncodeAcceptOwnership() => new AbiWriter().ToCallData(AcceptOwnership);

    /// <summary>Reads an event of the contract.</summary>
    /// <returns><see langword="false"/> for any other event.</returns>
    public static bool TryDecodeEvent(LogEvent log, [NotNullWhen(true)] out ConsortiumEvent? decoded) =>
        ConsortiumEventForms.Decoder.TryDecode(log, out decoded);

    /// <summary>The contract's events in a range of blocks, in the order of the ledger.</summary>
    /// <param name="fromBlock">The first block.</param>
    /// <param name="toBlock">The last block; keep the range within what endpoints allow, 10,000 or so.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    public Task<IReadOnlyList<ConsortiumEvent>> FetchEventsAsync(
        ulong fromBlock,
        ulong toBlock,
        CancellationToken cancellationToken = default) =>
        _caller.FetchEventsAsync(ConsortiumEventForms.Decoder, [], fromBlock, toBlock, cancellationToken);

    /// <summary>An organisation; all zero where there is none of this id.</summary>
    public Task<ConsortiumOrganisation> FetchOrganisationAsync(Bytes32 organisationId, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(
            Organisation,
            new AbiWriter().WriteBytes32(organisationId),
            reader => new ConsortiumOrganisation(reader.ReadBool(), reader.ReadBool(), reader.ReadUInt16()),
            cancellationToken);

    /// <summary>An account; all zero where it is not registered.</summary>
    public Task<ConsortiumAccount> FetchAccountAsync(Address account, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(
            AccountOf,
            new AbiWriter().WriteAddress(account),
            reader => new ConsortiumAccount(reader.ReadBytes32(), reader.ReadBool(), reader.ReadUInt16()),
            cancellationToken);

    /// <summary>The organisation that a log belongs to; zero where the log is not registered.</summary>
    public Task<Bytes32> FetchLogOwnerAsync(Bytes32 logId, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(LogOwner, new AbiWriter().WriteBytes32(logId), reader => reader.ReadBytes32(), cancellationToken);

    /// <summary>Whether an account may anchor a log now.</summary>
    public Task<bool> IsLogOperatorAsync(Bytes32 logId, Address account, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(
            IsLogOperator,
            new AbiWriter().WriteBytes32(logId).WriteAddress(account),
            reader => reader.ReadBool(),
            cancellationToken);

    /// <summary>Whether an account may act in a role now.</summary>
    public Task<bool> ActsAsAsync(Address account, ConsortiumRole role, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(
            ActsAs,
            new AbiWriter().WriteAddress(account).WriteUInt64((byte)role),
            reader => reader.ReadBool(),
            cancellationToken);

    /// <summary>Whether an account may act for a subject now.</summary>
    public Task<bool> MayActForAsync(Bytes32 subjectTag, Address account, CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(
            MayActFor,
            new AbiWriter().WriteBytes32(subjectTag).WriteAddress(account),
            reader => reader.ReadBool(),
            cancellationToken);

    /// <summary>The admin.</summary>
    public Task<Address> FetchAdminAsync(CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(Owner, new AbiWriter(), reader => reader.ReadAddress(), cancellationToken);

    /// <summary>The version of the contract and its interface.</summary>
    public Task<string> FetchVersionAsync(CancellationToken cancellationToken = default) =>
        _caller.ReadAsync(Version, new AbiWriter(), reader => reader.ReadString(MaxVersionBytes), cancellationToken);
}
