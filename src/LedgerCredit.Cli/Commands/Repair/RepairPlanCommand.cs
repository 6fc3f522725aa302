using System.CommandLine;
using System.Globalization;
using LedgerCredit.Cli.Remote;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Repair.Plans;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary><c>repair plan</c>: what it takes to have a sanction repaired; offline and without a workspace.</summary>
internal static class RepairPlanCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string> file = new("EVIDENCE") { Description = "The sanction's evidence file, which the authority hands over with its decision. With --node also its id." };
        Option<bool> corrected = Corrected();
        Option<bool> agent = Agent();
        Option<bool> sources = new("--sources") { Description = "List each figure of the rules with its source and how sure it is." };
        Option<string?> trust = Trust();
        Option<string> language = RepairOptions.Language();
        Command plan = new(
            "plan",
            """
            Say in plain words whether a sanction can be repaired, on which day at the earliest, what is needed, from whom, by
            which rule, and what to do next. Works offline and without a workspace. With --node the node makes the plan, as of now
            and of what the caller may see; it is believed.
            Exit code 1: the evidence does not verify. 2: it is no evidence of a sanction with its repair terms.
            """)
        {
            file,
            corrected,
            agent,
            sources,
            trust,
            language,
        };
        NodeOptions node = NodeOptions.AddTo(plan, readsRecords: true, byVariable: false);
        plan.SetAction(async (result, cancellationToken) =>
        {
            PlanRequest request = new(
                result.GetRequiredValue(file),
                result.GetValue(corrected),
                result.GetValue(agent),
                result.GetValue(sources),
                result.ReadLanguage(language));
            if (node.FindUrl(result) is not Uri url)
            {
                return Run(result, request, result.GetValue(trust));
            }

            NodeOptions.Refuse(result.GetValue(trust) is not null, trust.Name, "Fetch the file with 'ledgercredit evidence create --node', and plan with that.");
            CommandOutput output = new(result);
            using NodeSession session = await node.ConnectAsync(result, url, cancellationToken);
            NodePlan.Write(
                output,
                await NodePlan.FetchAsync(session, request.Path, request.IsCorrected, request.HasAgent, request.Language, output, cancellationToken),
                request.WithSources,
                request.Language);
            return ExitCode.Done;
        });
        return plan;
    }

    /// <summary>Makes the option with which an applicant says that the decision orders a rectification.</summary>
    public static Option<bool> Corrected() => new("--corrected")
    {
        Description = "The decision orders a rectification, so its acceptance must be shown. Not needed where the penalties say so (责令改正).",
    };

    /// <summary>Makes the option with which an applicant says that an agent applies.</summary>
    public static Option<bool> Agent() => new("--agent") { Description = "An agent applies for the subject, so the power of attorney must be shown." };

    /// <summary>Makes the option that names a trust policy.</summary>
    public static Option<string?> Trust() => new("--trust")
    {
        Description = "The trust policy, from someone you trust. Default: trust.json in the workspace, if there is one.",
        HelpName = "F",
    };

    private static int Run(ParseResult result, PlanRequest request, string? trustPath)
    {
        (string path, bool isCorrected, bool hasAgent, bool withSources, string language) = request;
        CommandOutput output = new(result);
        VerificationTexts texts = VerificationTexts.Find(language)!;
        if (SanctionEvidence.TryRead(result, path, trustPath, texts) is not SanctionEvidence evidence)
        {
            return ExitCode.VerificationFailed;
        }

        PlanInput input = new(
            evidence.Terms,
            evidence.Claims,
            evidence.Record.IsComplete,
            isCorrected,
            hasAgent,
            evidence.ProvenObstacle,
            (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
            evidence.ProvenRevokedAt);
        if (!RepairPlanner.TryCreate(input, evidence.Pack, out RepairPlan? plan, out ParseProblem? problem))
        {
            throw new InputException($"The terms in '{path}' cannot be planned with. {problem.Message}");
        }

        List<string> next = NextCommand(path, plan, isCorrected, hasAgent);
        output.Result(
            ToJson(evidence, plan, next, language),
            text => new RepairPlanText(text, evidence, plan, texts).Write(withSources, next));
        return ExitCode.Done;
    }

    // The words of a command, one for each line of what is shown.
    private static List<string> NextCommand(string path, RepairPlan plan, bool isCorrected, bool hasAgent)
    {
        List<string> words = [$"ledgercredit repair open {ShellText.Quote(path)} --as NAME"];
        foreach (PlannedMaterial planned in plan.Materials.Where(material => material.Need is PlannedNeed.Needed or PlannedNeed.Unknown))
        {
            int kind = planned.Material.Kind;
            bool isDated = MaterialChecks.NeedsDate(plan.Pack!.Repair, kind);
            string amount = plan.DueYuan?.ToString(CultureInfo.InvariantCulture) ?? "AMOUNT";
            words.Add($"--material {planned.Material.Code}=FILE{(isDated ? ",date=YYYY-MM-DD" : "")}{(kind == MaterialChecks.PaymentKind ? $",amount={amount},number=VOUCHER" : "")}");
        }

        if (isCorrected)
        {
            words.Add("--corrected");
        }

        if (hasAgent)
        {
            words.Add("--agent");
        }

        return words;
    }

    private static JsonObject ToJson(SanctionEvidence evidence, RepairPlan plan, List<string> next, string language) => new(
        [
            new("file", new JsonString(evidence.Path)),
            new("sanction", PlanJson.Sanction(plan, evidence.LeafHash, evidence.Record.Issuer, evidence.Record.WithheldCount, evidence.Claims)),
            new("verification", new JsonObject(
                new JsonMember("verdict", new JsonString(evidence.PolicyPath is null ? "not-verified" : evidence.Report.Verdict.ToText())),
                new JsonMember("trust", evidence.PolicyPath is string policy ? new JsonString(policy) : new JsonNull()))),
            .. PlanJson.Members(plan, language),
            .. plan.Obstacle == PlanObstacle.None ? (JsonMember[])[new("next", new JsonString(string.Join(' ', next)))] : [],
        ]);

    // What is asked for, here or of a node.
    private sealed record PlanRequest(string Path, bool IsCorrected, bool HasAgent, bool WithSources, string Language);
}
