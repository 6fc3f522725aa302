using LedgerCredit.Evidence;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Repair.Packs;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>What <c>repair open</c> and <c>repair supplement</c> have in common: a sanction's record, its rules, and materials that are checked.</summary>
/// <param name="Evidence">The sanction, with all members of its record.</param>
/// <param name="Pack">Its rule pack.</param>
/// <param name="Facts">What decides about materials.</param>
internal sealed record Application(SanctionEvidence Evidence, RulePack Pack, SanctionFacts Facts)
{
    /// <summary>Takes what an application needs from an evidence file.</summary>
    /// <param name="evidence">The sanction.</param>
    /// <param name="ordersCorrection">Whether the applicant says that the decision orders a rectification.</param>
    /// <param name="hasAgent">Whether an agent applies for the subject.</param>
    /// <param name="output">For what should be known beside.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    /// <exception cref="InputException">The file shows too little, or a sanction that cannot be repaired.</exception>
    public static Application Of(SanctionEvidence evidence, bool ordersCorrection, bool hasAgent, CommandOutput output, string language)
    {
        if (evidence.Pack is not RulePack pack)
        {
            throw new InputException($"'{evidence.Path}' is a sanction without a grade: there are no rules of repair for it.");
        }

        if (!evidence.Terms.Repairable)
        {
            throw new InputException($"'{evidence.Path}' cannot be repaired: its record says so.");
        }

        if (!evidence.Record.IsComplete)
        {
            throw new InputException($"'{evidence.Path}' withholds {evidence.Record.WithheldCount} members of the record, so that it cannot be told what the decision demands. An application needs the whole evidence file: ask the authority for it.");
        }

        if (FindDoubt(evidence) is LocalText doubt)
        {
            output.Note(doubt.In(language));
        }

        JsonObject json = RecordMembers.ToRecordJson(evidence.Record.Kind, evidence.Record.Issuer, evidence.Record.Disclosed);
        if (!CreditRecord.TryCreate(json, new RecordRules { AllowNaturalPersons = true }, out CreditRecord? record, out IReadOnlyList<RecordProblem> problems))
        {
            throw new System.Diagnostics.UnreachableException($"A complete record was verified: {problems[0]}");
        }

        return SanctionFacts.TryCreate(record, ordersCorrection, hasAgent, out SanctionFacts? facts, out RecordProblem? problem)
            ? new Application(evidence, pack, facts)
            : throw new InputException($"'{evidence.Path}' cannot be applied for. {problem}");
    }

    // The desk checks that the sanction is anchored in a log of its authority. The rest a trust policy is needed for.
    private static LocalText? FindDoubt(SanctionEvidence evidence)
    {
        if (evidence.PolicyPath is null)
        {
            return new LocalText(
                "The evidence is not verified: there is no trust policy here (--trust F). That the sanction is anchored, the repair desk checks.",
                "证据未经核验：没有信任策略（--trust F）。处罚是否已锚定由修复合约核验。");
        }

        return evidence.Report.Verdict == Verdict.Valid
            ? null
            : new LocalText(
                $"Under the trust policy {evidence.PolicyPath} no step of the evidence failed, but some could not be carried out. That the sanction is anchored, the repair desk checks.",
                $"依信任策略 {evidence.PolicyPath}，没有步骤不通过，但有步骤未能执行。处罚是否已锚定由修复合约核验。");
    }

    /// <summary>Refuses evidence that another ledger's contracts hold.</summary>
    public void RequireLedger(ApplicantSession session)
    {
        EvidenceAnchor anchor = Evidence.File.Anchor;
        ulong chainId = session.Workspace.Config.Ledger.ChainId;
        if (anchor.ChainId != chainId || anchor.EvidenceLog != session.Contracts.EvidenceLog)
        {
            throw new InputException($"'{Evidence.Path}' is anchored on another ledger: chain {anchor.ChainId}, contract {anchor.EvidenceLog}. This workspace has chain {chainId} and {session.Contracts.EvidenceLog}.");
        }
    }

    /// <summary>Checks all materials of the case.</summary>
    /// <param name="materials">Those before and the new ones.</param>
    /// <param name="history">What other cases have used.</param>
    /// <param name="session">For the ledger's time: today is the later of its day and this machine's, because either clock may stand behind.</param>
    public IReadOnlyList<MaterialProblem> Check(IReadOnlyList<Material> materials, IMaterialHistory history, ApplicantSession session)
    {
        ulong now = Math.Max(session.BlockTime, (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        return MaterialChecks.Check(Pack, Facts, materials, history, PackDays.DayOf(Pack, now));
    }
}
