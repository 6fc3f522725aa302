namespace LedgerCredit.Contracts;

/// <summary>How each event of the contract <c>Consortium</c> is read. A test holds the list against the compiler's ABI.</summary>
internal static class ConsortiumEventForms
{
    // The contract allows 64 bytes of slug and 255 of origin.
    private const int MaxTextBytes = 256;

    internal static readonly EventDecoder<ConsortiumEvent> Decoder = new(
        new(
            EventTopics.OrganisationRegisteredSignature,
            (topics, data, at) => new OrganisationRegisteredEvent(
                topics.ReadBytes32(), data.ReadUInt16(), data.ReadString(MaxTextBytes), at)),
        new(
            EventTopics.OrganisationRolesChangedSignature,
            (topics, data, at) => new OrganisationRolesChangedEvent(topics.ReadBytes32(), data.ReadUInt16(), data.ReadUInt16(), at)),
        new(EventTopics.OrganisationSuspendedSignature, (topics, data, at) => new OrganisationSuspendedEvent(topics.ReadBytes32(), at)),
        new(EventTopics.OrganisationResumedSignature, (topics, data, at) => new OrganisationResumedEvent(topics.ReadBytes32(), at)),
        new(
            EventTopics.AccountRegisteredSignature,
            (topics, data, at) => new AccountRegisteredEvent(topics.ReadAddress(), topics.ReadBytes32(), data.ReadUInt16(), at)),
        new(
            EventTopics.AccountRolesChangedSignature,
            (topics, data, at) => new AccountRolesChangedEvent(
                topics.ReadAddress(), topics.ReadBytes32(), data.ReadUInt16(), data.ReadUInt16(), at)),
        new(
            EventTopics.AccountRetiredSignature,
            (topics, data, at) => new AccountRetiredEvent(topics.ReadAddress(), topics.ReadBytes32(), at)),
        new(
            "LogRegistered(bytes32,bytes32,string)",
            (topics, data, at) => new LogRegisteredEvent(
                topics.ReadBytes32(), topics.ReadBytes32(), data.ReadString(MaxTextBytes), at)),
        new(
            EventTopics.RepresentativeAppointedSignature,
            (topics, data, at) => new RepresentativeAppointedEvent(
                topics.ReadBytes32(), topics.ReadAddress(), topics.ReadBytes32(), data.ReadBytes32(), at)),
        new(
            EventTopics.RepresentativeDismissedSignature,
            (topics, data, at) => new RepresentativeDismissedEvent(
                topics.ReadBytes32(), topics.ReadAddress(), topics.ReadBytes32(), data.ReadAddress(), at)),
        new(
            "HandoverProposed(address,uint64)",
            (topics, data, at) => new HandoverProposedEvent(topics.ReadAddress(), data.ReadUInt64(), at)),
        new(
            "OwnershipTransferStarted(address,address)",
            (topics, data, at) => new OwnershipTransferStartedEvent(topics.ReadAddress(), topics.ReadAddress(), at)),
        new(
            "OwnershipTransferred(address,address)",
            (topics, data, at) => new OwnershipTransferredEvent(topics.ReadAddress(), topics.ReadAddress(), at)));
}
