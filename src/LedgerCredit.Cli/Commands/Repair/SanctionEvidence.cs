using System.CommandLine;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Plans;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>A sanction as its evidence file shows it, verified as far as there is a trust policy.</summary>
internal sealed record SanctionEvidence
{
    private static readonly StepCode[] OwnSteps = [StepCode.Format, StepCode.Record, StepCode.Entry, StepCode.Inclusion];

    /// <summary>The file's path, as it was given.</summary>
    public required string Path { get; init; }

    /// <summary>The bytes that were read and verified.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>The same, parsed.</summary>
    public required EvidenceFile File { get; init; }

    /// <summary>What the verification found. Without a policy only what the file says of itself was looked at.</summary>
    public required VerificationReport Report { get; init; }

    /// <summary>The trust policy, or null where there was none: then the file is not verified.</summary>
    public required string? PolicyPath { get; init; }

    /// <summary>What is disclosed.</summary>
    public required RecordFacts Record { get; init; }

    /// <summary>The sanction's terms.</summary>
    public required SanctionTerms Terms { get; init; }

    /// <summary>The rule pack of the terms; null exactly where they name none.</summary>
    public required RulePack? Pack { get; init; }

    /// <summary>The leaf hash of the log entry, by which the ledger knows the sanction.</summary>
    public required Bytes32 LeafHash { get; init; }

    /// <summary>The claims that are disclosed.</summary>
    public JsonObject Claims => new(Record.Disclosed
        .Where(disclosure => RecordMembers.TryGetClaim(disclosure.Name, out _))
        .Select(disclosure => new JsonMember(disclosure.Name[RecordMembers.ClaimName("").Length..], disclosure.Value)));

    /// <summary>When the ledger was proven to have revoked a repair of the sanction, in Unix seconds; 0 where it was not.</summary>
    /// <remarks>Under a shield the proof shows when that began, and nothing of when the repair was revoked.</remarks>
    public ulong ProvenRevokedAt => Report.Status is { State: RepairState.Revoked } status ? status.ChangedAt : 0;

    /// <summary>What the ledger was proven to say of the sanction that stands in the way of a repair.</summary>
    public PlanObstacle ProvenObstacle => ProvenState switch
    {
        RepairState.UnderRepair => PlanObstacle.UnderRepair,
        RepairState.Repaired => PlanObstacle.Repaired,
        RepairState.Annulled => PlanObstacle.Annulled,
        _ => PlanObstacle.None,
    };

    private RepairState? ProvenState => Report.Status?.State == RepairState.Shielded ? Report.Status.StateAfterUnshielding : Report.Status?.State;

    /// <summary>Reads and verifies an evidence file.</summary>
    /// <param name="result">The command, for its workspace.</param>
    /// <param name="path">The file.</param>
    /// <param name="trustPath">The trust policy, or null for the workspace's, if it has one.</param>
    /// <param name="texts">The words for failed steps.</param>
    /// <returns>Null where the verification failed; standard error says why.</returns>
    /// <exception cref="InputException">It is no evidence of a sanction, or shows too little of it.</exception>
    public static SanctionEvidence? TryRead(ParseResult result, string path, string? trustPath, VerificationTexts texts)
    {
        using FileStream stream = InputFile.Open(path);
        return TryRead(result, path, InputFile.ReadUpTo(stream, EvidenceFile.MaxBytes + 1), trustPath, texts);
    }

    /// <summary>Verifies an evidence file that was read.</summary>
    /// <param name="result">The command, for its workspace.</param>
    /// <param name="path">What it is called: the file's path, or the id under which a node gave it.</param>
    /// <param name="bytes">The file.</param>
    /// <param name="trustPath">The trust policy, or null for the workspace's, if it has one.</param>
    /// <param name="texts">The words for failed steps.</param>
    /// <returns>Null where the verification failed; standard error says why.</returns>
    /// <exception cref="InputException">It is no evidence of a sanction, or shows too little of it.</exception>
    public static SanctionEvidence? TryRead(ParseResult result, string path, byte[] bytes, string? trustPath, VerificationTexts texts)
    {
        if (!EvidenceFile.TryParse(bytes, out EvidenceFile? file, out ParseProblem? problem))
        {
            throw new InputException($"'{path}' is not an evidence file. {problem}");
        }

        RulePackCatalog known = KnownPacks(result);
        string? policyPath = trustPath ?? FindWorkspacePolicy(result);
        TrustPolicy? policy = policyPath is null ? null : EvidenceVerifyCommand.ReadPolicy(policyPath);
        VerificationReport report = EvidenceVerifier.Verify(file, policy ?? TrustNobody(known), new VerificationOptions { Clock = TimeProvider.System });
        VerificationStep? failed = report.Steps.FirstOrDefault(step =>
            step.Outcome == StepOutcome.Fail && (policy is not null || OwnSteps.Contains(step.Code)));
        if (failed is not null || report.Record is null || report.LeafHash is null)
        {
            WriteFailure(result.InvocationConfiguration.Error, path, report, texts, policy is not null);
            return null;
        }

        SanctionTerms terms = ReadTerms(path, file, report.Record);
        return new SanctionEvidence
        {
            Path = path,
            Bytes = bytes,
            File = file,
            Report = report,
            PolicyPath = policyPath,
            Record = report.Record,
            Terms = terms,
            Pack = FindPack(terms, policy?.RulePacks, known),
            LeafHash = report.LeafHash.Value,
        };
    }

    private static SanctionTerms ReadTerms(string path, EvidenceFile file, RecordFacts record)
    {
        if (record.Kind != RecordKind.Sanction)
        {
            throw new InputException($"'{path}' is evidence of a {record.Kind.ToName()}; only sanctions can be repaired.");
        }

        if (file.Record.Terms.IsEmpty)
        {
            throw new InputException($"'{path}' withholds the repair terms, without which nothing can be said of the repair. Take the whole evidence file, or one made with 'evidence redact --keep-terms'.");
        }

        return SanctionTerms.TryDecode(file.Record.Terms.Span, out SanctionTerms? terms, out ParseProblem? problem)
            ? terms
            : throw new System.Diagnostics.UnreachableException($"The record step passed, so that the terms are read: {problem}");
    }

    private static RulePack? FindPack(SanctionTerms terms, RulePackCatalog? trusted, RulePackCatalog known)
    {
        if (terms.RulePack == Bytes32.Zero)
        {
            return null;
        }

        // A pack is known by its hash, so that it does not matter who holds it.
        return trusted?.FindByHash(terms.RulePack)
            ?? known.FindByHash(terms.RulePack)
            ?? throw new InputException($"The sanction is under a rule pack that is not here: {terms.RulePack}. Get its document from the authority and put it into the folder 'rulepacks' of the workspace, or name a trust policy that holds it.");
    }

    private static RulePackCatalog KnownPacks(ParseResult result) =>
        Workspace.Exists(result.WorkspaceFolder()) ? result.OpenWorkspace().LoadRulePacks() : RulePackCatalog.Shipped;

    private static string? FindWorkspacePolicy(ParseResult result)
    {
        string path = System.IO.Path.Combine(result.WorkspaceFolder(), "trust.json");
        return System.IO.File.Exists(path) ? path : null;
    }

    // Knows no log, no ledger and no block: what the file says of itself is all that can be looked at with it.
    private static TrustPolicy TrustNobody(RulePackCatalog packs) => new()
    {
        Network = "",
        ChainId = 0,
        EvidenceLog = default,
        RepairDesk = default,
        Logs = new Dictionary<string, TrustedLog>(),
        Consensus = new ConsensusPolicy(ConsensusType.Pinned, BlockHashRule.Keccak, [], new Dictionary<ulong, Bytes32>()),
        RulePacks = packs,
        Require = StepCodes.AlwaysRequired,
    };

    private static void WriteFailure(TextWriter error, string path, VerificationReport report, VerificationTexts texts, bool hasPolicy)
    {
        error.WriteLine($"{path}: {texts.Verdict(Verdict.Invalid)}");
        foreach (VerificationStep step in report.Steps.Where(step => step.Outcome == StepOutcome.Fail && (hasPolicy || OwnSteps.Contains(step.Code))))
        {
            error.WriteLine($"  ! {step.Code.ToText()}: {texts.Step(step.Code)}. {texts.Reason(step.Reason)}{(step.Detail.Length > 0 ? $" ({step.Detail})" : "")}");
        }
    }
}
