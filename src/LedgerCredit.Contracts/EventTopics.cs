namespace LedgerCredit.Contracts;

/// <summary>The first topics of events that are looked for by their other topics.</summary>
public static class EventTopics
{
    internal const string AccountRegisteredSignature = "AccountRegistered(address,bytes32,uint16)";
    internal const string AccountRetiredSignature = "AccountRetired(address,bytes32)";
    internal const string AccountRolesChangedSignature = "AccountRolesChanged(address,bytes32,uint16,uint16)";
    internal const string OrganisationRolesChangedSignature = "OrganisationRolesChanged(bytes32,uint16,uint16)";
    internal const string OrganisationRegisteredSignature = "OrganisationRegistered(bytes32,uint16,string)";
    internal const string OrganisationResumedSignature = "OrganisationResumed(bytes32)";
    internal const string OrganisationSuspendedSignature = "OrganisationSuspended(bytes32)";
    internal const string RepresentativeAppointedSignature = "RepresentativeAppointed(bytes32,address,bytes32,bytes32)";
    internal const string RepresentativeDismissedSignature = "RepresentativeDismissed(bytes32,address,bytes32,address)";
    internal const string PausedSignature = "Paused(address)";
    internal const string ResumedSignature = "Resumed(address,uint64)";
    internal const string SanctionAnnulledSignature = "SanctionAnnulled(bytes32,bytes32,address,uint256,bytes32)";
    internal const string SanctionShieldedSignature = "SanctionShielded(bytes32,bytes32,address,bytes32)";
    internal const string SanctionUnshieldedSignature = "SanctionUnshielded(bytes32,bytes32,address,bytes32)";
    internal const string StatusChangedSignature = "StatusChanged(bytes32,uint8,uint8)";

    /// <summary><see cref="AccountRegisteredEvent"/>; the account follows.</summary>
    public static Bytes32 AccountRegistered { get; } = Keccak256.Hash(AccountRegisteredSignature);

    /// <summary><see cref="AccountRetiredEvent"/>; the account follows.</summary>
    public static Bytes32 AccountRetired { get; } = Keccak256.Hash(AccountRetiredSignature);

    /// <summary><see cref="AccountRolesChangedEvent"/>; the account follows.</summary>
    public static Bytes32 AccountRolesChanged { get; } = Keccak256.Hash(AccountRolesChangedSignature);

    /// <summary><see cref="OrganisationRolesChangedEvent"/>; the organisation follows.</summary>
    public static Bytes32 OrganisationRolesChanged { get; } = Keccak256.Hash(OrganisationRolesChangedSignature);

    /// <summary><see cref="OrganisationRegisteredEvent"/>; the organisation follows.</summary>
    public static Bytes32 OrganisationRegistered { get; } = Keccak256.Hash(OrganisationRegisteredSignature);

    /// <summary><see cref="OrganisationResumedEvent"/>; the organisation follows.</summary>
    public static Bytes32 OrganisationResumed { get; } = Keccak256.Hash(OrganisationResumedSignature);

    /// <summary><see cref="OrganisationSuspendedEvent"/>; the organisation follows.</summary>
    public static Bytes32 OrganisationSuspended { get; } = Keccak256.Hash(OrganisationSuspendedSignature);

    /// <summary><see cref="RepresentativeAppointedEvent"/>; the subject follows.</summary>
    public static Bytes32 RepresentativeAppointed { get; } = Keccak256.Hash(RepresentativeAppointedSignature);

    /// <summary><see cref="RepresentativeDismissedEvent"/>; the subject follows.</summary>
    public static Bytes32 RepresentativeDismissed { get; } = Keccak256.Hash(RepresentativeDismissedSignature);

    /// <summary><see cref="PausedEvent"/>.</summary>
    public static Bytes32 Paused { get; } = Keccak256.Hash(PausedSignature);

    /// <summary><see cref="ResumedEvent"/>.</summary>
    public static Bytes32 Resumed { get; } = Keccak256.Hash(ResumedSignature);

    /// <summary><see cref="SanctionAnnulledEvent"/>; the sanction follows.</summary>
    public static Bytes32 SanctionAnnulled { get; } = Keccak256.Hash(SanctionAnnulledSignature);

    /// <summary><see cref="SanctionShieldedEvent"/>; the sanction follows.</summary>
    public static Bytes32 SanctionShielded { get; } = Keccak256.Hash(SanctionShieldedSignature);

    /// <summary><see cref="SanctionUnshieldedEvent"/>; the sanction follows.</summary>
    public static Bytes32 SanctionUnshielded { get; } = Keccak256.Hash(SanctionUnshieldedSignature);

    /// <summary><see cref="StatusChangedEvent"/>; the sanction follows.</summary>
    public static Bytes32 StatusChanged { get; } = Keccak256.Hash(StatusChangedSignature);
}
