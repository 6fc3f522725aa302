namespace LedgerCredit.Contracts;

/// <summary>How each event of the contract <c>RepairDesk</c> is read. A test holds the list against the compiler's ABI.</summary>
internal static class RepairDeskEventForms
{
    internal static readonly EventDecoder<RepairDeskEvent> Decoder = new(
        new(
            EventTopics.StatusChangedSignature,
            (topics, data, at) => new StatusChangedEvent(
                topics.ReadBytes32(), SanctionStatus.ReadState(data), SanctionStatus.ReadState(data), at)),
        new(
            EventTopics.SanctionAnnulledSignature,
            (topics, data, at) => new SanctionAnnulledEvent(
                topics.ReadBytes32(), topics.ReadBytes32(), data.ReadAddress(), data.ReadUInt64(), data.ReadBytes32(), at)),
        new(
            EventTopics.SanctionShieldedSignature,
            (topics, data, at) => new SanctionShieldedEvent(
                topics.ReadBytes32(), topics.ReadBytes32(), data.ReadAddress(), data.ReadBytes32(), at)),
        new(
            EventTopics.SanctionUnshieldedSignature,
            (topics, data, at) => new SanctionUnshieldedEvent(
                topics.ReadBytes32(), topics.ReadBytes32(), data.ReadAddress(), data.ReadBytes32(), at)),
        new(
            "CaseOpened(uint256,bytes32,address,bytes32,(bytes32,bytes32,bytes32,uint8,bool,uint64,uint64,uint64,uint64,bytes32),uint64)",
            (topics, data, at) => new CaseOpenedEvent(
                topics.ReadUInt64(),
                topics.ReadBytes32(),
                data.ReadAddress(),
                data.ReadBytes32(),
                RepairTerms.Read(data),
                data.ReadUInt64(),
                at)),
        new(
            "MaterialsSubmitted(uint256,address,(uint8,bytes32)[],bytes32,uint64)",
            (topics, data, at) => new MaterialsSubmittedEvent(
                topics.ReadUInt64(), data.ReadAddress(), RepairMaterial.ReadArray(data), data.ReadBytes32(), data.ReadUInt64(), at)),
        new(
            "SupplementAsked(uint256,address,uint64,bytes32,uint64)",
            (topics, data, at) => new SupplementAskedEvent(
                topics.ReadUInt64(), data.ReadAddress(), data.ReadUInt64(), data.ReadBytes32(), data.ReadUInt64(), at)),
        new(
            "ReviewBegun(uint256,address,uint64,uint64)",
            (topics, data, at) => new ReviewBegunEvent(
                topics.ReadUInt64(), data.ReadAddress(), data.ReadUInt64(), data.ReadUInt64(), at)),
        new(
            "PerformanceConfirmed(uint256,address,bytes32)",
            (topics, data, at) => new PerformanceConfirmedEvent(topics.ReadUInt64(), data.ReadAddress(), data.ReadBytes32(), at)),
        new(
            "ConfirmationWithdrawn(uint256,address,bytes32)",
            (topics, data, at) => new ConfirmationWithdrawnEvent(topics.ReadUInt64(), data.ReadAddress(), data.ReadBytes32(), at)),
        new(
            "CaseApproved(uint256,bytes32,address,bytes32,uint8)",
            (topics, data, at) => new CaseApprovedEvent(
                topics.ReadUInt64(), topics.ReadBytes32(), data.ReadAddress(), data.ReadBytes32(), data.ReadUInt8(), at)),
        new(
            "ApprovalsVoided(uint256,uint16)",
            (topics, data, at) => new ApprovalsVoidedEvent(topics.ReadUInt64(), data.ReadUInt16(), at)),
        new(
            "CaseEscalated(uint256,address,uint8,uint64)",
            (topics, data, at) => new CaseEscalatedEvent(
                topics.ReadUInt64(), data.ReadAddress(), RepairCase.ReadState(data), data.ReadUInt64(), at)),
        new(
            "CaseRepaired(uint256,bytes32,address)",
            (topics, data, at) => new CaseRepairedEvent(topics.ReadUInt64(), topics.ReadBytes32(), data.ReadAddress(), at)),
        new(
            "CaseRefused(uint256,address,bytes32)",
            (topics, data, at) => new CaseRefusedEvent(topics.ReadUInt64(), data.ReadAddress(), data.ReadBytes32(), at)),
        new(
            "CaseWithdrawn(uint256,address)",
            (topics, data, at) => new CaseWithdrawnEvent(topics.ReadUInt64(), data.ReadAddress(), at)),
        new(
            "CaseLapsed(uint256,address)",
            (topics, data, at) => new CaseLapsedEvent(topics.ReadUInt64(), data.ReadAddress(), at)),
        new(
            "RevocationProposed(uint256,address,bytes32)",
            (topics, data, at) => new RevocationProposedEvent(topics.ReadUInt64(), data.ReadAddress(), data.ReadBytes32(), at)),
        new(
            "CaseRevoked(uint256,bytes32,address,address,bytes32)",
            (topics, data, at) => new CaseRevokedEvent(
                topics.ReadUInt64(), topics.ReadBytes32(), data.ReadAddress(), data.ReadAddress(), data.ReadBytes32(), at)),
        new(
            "SubjectBarred(uint256,bytes32,uint64)",
            (topics, data, at) => new SubjectBarredEvent(topics.ReadUInt64(), data.ReadBytes32(), data.ReadUInt64(), at)),
        new(
            "ObjectionRaised(uint256,bytes32,address,bytes32,uint64)",
            (topics, data, at) => new ObjectionRaisedEvent(
                topics.ReadUInt64(), topics.ReadBytes32(), data.ReadAddress(), data.ReadBytes32(), data.ReadUInt64(), at)),
        new(
            "ObjectionEscalated(uint256,bytes32,address,uint64)",
            (topics, data, at) => new ObjectionEscalatedEvent(
                topics.ReadUInt64(), topics.ReadBytes32(), data.ReadAddress(), data.ReadUInt64(), at)),
        new(
            "ObjectionUpheld(uint256,bytes32,bytes32,address,bytes32)",
            (topics, data, at) => new ObjectionUpheldEvent(
                topics.ReadUInt64(), topics.ReadBytes32(), topics.ReadBytes32(), data.ReadAddress(), data.ReadBytes32(), at)),
        new(
            "ObjectionDismissed(uint256,bytes32,bytes32,address,bytes32)",
            (topics, data, at) => new ObjectionDismissedEvent(
                topics.ReadUInt64(), topics.ReadBytes32(), topics.ReadBytes32(), data.ReadAddress(), data.ReadBytes32(), at)),
        new(EventTopics.PausedSignature, (topics, data, at) => new PausedEvent(data.ReadAddress(), at)),
        new(EventTopics.ResumedSignature, (topics, data, at) => new ResumedEvent(data.ReadAddress(), data.ReadUInt64(), at)));
}
