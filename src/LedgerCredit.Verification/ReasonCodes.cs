namespace LedgerCredit.Verification;

/// <summary>Why steps fail or are skipped. Stable: programs may rely on them.</summary>
/// <remarks>Further reasons are made by <see cref="Mismatch"/>. docs/spec/evidence.md section 5 explains each.</remarks>
public static class ReasonCodes
{
    /// <summary>The file does not have the form of an evidence file.</summary>
    public const string MalformedFile = "malformed-file";

    /// <summary>An earlier step found no value to go on with.</summary>
    public const string NotReached = "not-reached";

    /// <summary>The payload does not have its form.</summary>
    public const string MalformedPayload = "malformed-payload";

    /// <summary>A disclosure does not have its form.</summary>
    public const string MalformedDisclosure = "malformed-disclosure";

    /// <summary>A disclosure has a name that no member of a record has.</summary>
    public const string DisclosureName = "disclosure-name";

    /// <summary>Two disclosures have the same name.</summary>
    public const string DisclosureTwice = "disclosure-twice";

    /// <summary>A disclosure is not among the digests of the payload.</summary>
    public const string DisclosureForeign = "disclosure-foreign";

    /// <summary>All members are disclosed and they do not make a valid record.</summary>
    public const string InvalidRecord = "invalid-record";

    /// <summary>The record that the verifier has differs from what is disclosed.</summary>
    public const string GivenRecordDiffers = "given-record-differs";

    /// <summary>The terms do not have their form.</summary>
    public const string MalformedTerms = "malformed-terms";

    /// <summary>There are terms, but the record is no sanction.</summary>
    public const string TermsWithoutSanction = "terms-without-sanction";

    /// <summary>No terms follow from the claims.</summary>
    public const string TermsImpossible = "terms-impossible";

    /// <summary>The entry does not have its form.</summary>
    public const string MalformedEntry = "malformed-entry";

    /// <summary>The entry is of a sanction and has no terms digest.</summary>
    public const string TermsDigestMissing = "terms-digest-missing";

    /// <summary>The leaf index is not below the tree size.</summary>
    public const string LeafIndexOutOfRange = "leaf-index-out-of-range";

    /// <summary>The path does not have the length that index and size demand.</summary>
    public const string PathLength = "path-length";

    /// <summary>The trust policy has no log of this issuer.</summary>
    public const string LogUnknown = "log-unknown";

    /// <summary>The checkpoint is not a signed note, or its text not that of a checkpoint.</summary>
    public const string MalformedCheckpoint = "malformed-checkpoint";

    /// <summary>The log's key did not sign the checkpoint.</summary>
    public const string CheckpointNotSigned = "checkpoint-not-signed";

    /// <summary>The signature under the checkpoint is not by the log's key.</summary>
    public const string CheckpointBadSignature = "checkpoint-bad-signature";

    /// <summary>There are signature lines beside the one that is checked.</summary>
    public const string CheckpointOtherLines = "checkpoint-other-lines";

    /// <summary>A witness's cosignature of the checkpoint is wrong.</summary>
    public const string BadCosignature = "bad-cosignature";

    /// <summary>A witness has two lines under the checkpoint.</summary>
    public const string CosignatureTwice = "cosignature-twice";

    /// <summary>Fewer witnesses cosigned the checkpoint than the policy asks for.</summary>
    public const string TooFewCosignatures = "too-few-cosignatures";

    /// <summary>A header is not the encoding of a block header.</summary>
    public const string MalformedHeader = "malformed-header";

    /// <summary>The account proof does not hold.</summary>
    public const string AccountProof = "account-proof";

    /// <summary>There is no such contract in the block's state.</summary>
    public const string NoContract = "no-contract";

    /// <summary>The storage proof does not hold.</summary>
    public const string StorageProof = "storage-proof";

    /// <summary>The contract holds no anchor with this root hash for this log.</summary>
    public const string NotAnchored = "not-anchored";

    /// <summary>The storage word has not the form that the contract writes.</summary>
    public const string MalformedWord = "malformed-word";

    /// <summary>A time that the ledger states is later than the block that states it.</summary>
    public const string TimeAfterBlock = "time-after-block";

    /// <summary>The policy pins no hash of this block.</summary>
    public const string BlockNotPinned = "block-not-pinned";

    /// <summary>The policy has no validators for this block.</summary>
    public const string NoValidators = "no-validators";

    /// <summary>There are headers behind the block that this kind of ledger has no use for.</summary>
    public const string DescendantsUnexpected = "descendants-unexpected";

    /// <summary>The headers behind the block, which would make it final, are not there.</summary>
    public const string DescendantsMissing = "descendants-missing";

    /// <summary>There are more or fewer headers behind the block than make it final.</summary>
    public const string DescendantsCount = "descendants-count";

    /// <summary>A header does not follow on the one before.</summary>
    public const string HeaderNotLinked = "header-not-linked";

    /// <summary>A seal is not by one of the validators, or one validator sealed twice.</summary>
    public const string BadSeal = "bad-seal";

    /// <summary>Fewer validators sealed than must.</summary>
    public const string TooFewSeals = "too-few-seals";

    /// <summary>There is no status in the file.</summary>
    public const string NoStatus = "no-status";

    /// <summary>There is a status, but the record is no sanction.</summary>
    public const string StatusWithoutSanction = "status-without-sanction";

    /// <summary>The policy names no contract for the repair status.</summary>
    public const string NoRepairDesk = "no-repair-desk";

    /// <summary>The block of the status is older than that of the anchor.</summary>
    public const string StatusBeforeAnchor = "status-before-anchor";

    /// <summary>The status is older than the policy allows.</summary>
    public const string StatusTooOld = "status-too-old";

    private const string MismatchSuffix = "-mismatch";

    /// <summary>The reason of a comparison that found different values.</summary>
    /// <param name="name">One of <see cref="ValueNames"/>.</param>
    public static string Mismatch(string name) => name + MismatchSuffix;

    /// <summary>The compared value's name in a reason that <see cref="Mismatch"/> made, or null.</summary>
    internal static string? MismatchedValue(string reason) =>
        reason.EndsWith(MismatchSuffix, StringComparison.Ordinal) ? reason[..^MismatchSuffix.Length] : null;
}

/// <summary>The names of compared values. Stable: programs may rely on them.</summary>
public static class ValueNames
{
    /// <summary>The record's kind.</summary>
    public const string Kind = "kind";

    /// <summary>The issuer's slug.</summary>
    public const string Issuer = "issuer";

    /// <summary>The record digest.</summary>
    public const string RecordDigest = "record-digest";

    /// <summary>The terms digest.</summary>
    public const string TermsDigest = "terms-digest";

    /// <summary>The number of members that the payload commits to.</summary>
    public const string MemberCount = "member-count";

    /// <summary>The authority of the terms.</summary>
    public const string TermsAuthority = "terms-authority";

    /// <summary>The grade of the terms.</summary>
    public const string TermsGrade = "terms-grade";

    /// <summary>Whether the terms allow repair.</summary>
    public const string TermsRepairable = "terms-repairable";

    /// <summary>The day of the decision in the terms.</summary>
    public const string TermsDecidedAt = "terms-decided-at";

    /// <summary>The rule pack of the terms.</summary>
    public const string TermsRulePack = "terms-rule-pack";

    /// <summary>The earliest repair of the terms.</summary>
    public const string TermsEarliestRepair = "terms-earliest-repair";

    /// <summary>The end of publication of the terms.</summary>
    public const string TermsPublicUntil = "terms-public-until";

    /// <summary>The end of the attached term of the terms.</summary>
    public const string TermsAttachedTerm = "terms-attached-term";

    /// <summary>The subject's pseudonym in the terms.</summary>
    public const string TermsSubject = "terms-subject";

    /// <summary>The root hash of the log.</summary>
    public const string RootHash = "root-hash";

    /// <summary>The number of entries in the log.</summary>
    public const string TreeSize = "tree-size";

    /// <summary>The origin of the log.</summary>
    public const string Origin = "origin";

    /// <summary>The ledger's chain id.</summary>
    public const string ChainId = "chain-id";

    /// <summary>The contract with the anchors.</summary>
    public const string EvidenceLog = "evidence-log";

    /// <summary>The log's id on the ledger.</summary>
    public const string LogId = "log-id";

    /// <summary>The block number.</summary>
    public const string BlockNumber = "block-number";

    /// <summary>The block hash.</summary>
    public const string BlockHash = "block-hash";

    /// <summary>The hash of a block that the policy pins.</summary>
    public const string PinnedHash = "pinned-hash";

    /// <summary>The validators of the block.</summary>
    public const string Validators = "validators";

    /// <summary>The contract with the repair status.</summary>
    public const string RepairDesk = "repair-desk";

    /// <summary>The storage word of the status.</summary>
    public const string StatusWord = "status-word";
}
