using System.CommandLine;
using LedgerCredit.Cli.Remote;
using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.RepairPackages;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Repair.Packages;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary><c>repair supplement</c> and <c>repair withdraw</c>: what an applicant does in a case.</summary>
internal sealed class RepairSupplementCommand
{
    private readonly Argument<string> _case = CaseArgument.Create();
    private readonly Option<string[]> _materials = MaterialOption.Create();
    private readonly Option<string?> _from = new("--from")
    {
        Description = "The package of the case as it is, where another machine applied. Default: the one that this workspace keeps.",
        HelpName = "PACKAGE",
    };

    private readonly Option<string?> _evidence = new("--evidence") { Description = "The sanction's whole evidence file. Default: the one that this workspace keeps.", HelpName = "FILE" };
    private readonly Option<bool> _corrected = RepairPlanCommand.Corrected();
    private readonly Option<bool> _agent = RepairPlanCommand.Agent();
    private readonly Option<string?> _package = RepairOpenCommand.Package();
    private readonly Option<string?> _trust = RepairPlanCommand.Trust();
    private readonly Option<string?> _actor = RepairOptions.Actor("the applicant");
    private readonly Option<string> _language = RepairOptions.Language();
    private readonly Option<bool> _upload = RepairOpenCommand.Upload();
    private readonly Option<bool> _signAgain = new("--sign-again")
    {
        Description = "With --node: sign anew for materials whose signed transaction the node says was not taken, though the ledger cannot be asked from here. If the node lies, they are there twice.",
    };

    private readonly NodeOptions _node;

    private RepairSupplementCommand(Command command)
    {
        command.Add(_case);
        command.Add(_materials);
        command.Add(_from);
        command.Add(_evidence);
        command.Add(_corrected);
        command.Add(_agent);
        command.Add(_package);
        command.Add(_trust);
        command.Add(_actor);
        command.Add(_language);
        _node = NodeOptions.AddToStep(command);
        command.Add(_upload);
        command.Add(_signAgain);
        command.SetAction(RunAsync);
    }

    /// <summary>Makes <c>repair supplement</c>.</summary>
    public static Command Create()
    {
        Command command = new(
            "supplement",
            """
            Add materials to a case, whether the authority asked for them or not. All materials are checked again, and a new
            package is made that holds those before and the new ones. Approvals that were given are void then.
            A better copy of a document that is there already is added without its number, which counts once in a case.
            Doing it again after an interruption completes it and sends nothing twice.
            """);
        _ = new RepairSupplementCommand(command);
        return command;
    }

    /// <summary>Makes <c>repair withdraw</c>.</summary>
    public static Command CreateWithdraw() => new StepCommand(
        "withdraw",
        "Withdraw a case that is under way. The sanction stays as it is, and another case can be opened later.",
        "the applicant",
        ConsortiumRole.Enterprise).Does((_, step) => new StepCall(RepairDeskContract.EncodeWithdraw(step.CaseId), step.Request("withdraw"), null));

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        string language = result.ReadLanguage(_language);
        CommandOutput output = new(result);
        string? copyTo = result.GetValue(_package);
        PackageCopy.RequireFolder(copyTo);
        using NodeSession? node = await RepairOpenCommand.ConnectAsync(result, _node, _upload, result.GetValue(_actor), cancellationToken);
        if (node is null && result.GetValue(_signAgain))
        {
            throw new InputException($"{_signAgain.Name} is for a node: name it with --node URL. Without one the ledger itself is asked.");
        }

        using PackageFolder folder = PackageFolder.Open(result.OpenWorkspace());
        using ApplicantSession session = await RepairOpenCommand.OpenAsync(result, node, folder, result.GetValue(_actor), language, result.GetValue(_signAgain), cancellationToken);

        // Again after what an interrupted command left is completed: its materials may be on the ledger since.
        Bytes32 sanction = (await session.FindCaseAsync(result.GetRequiredValue(_case), cancellationToken)).LeafHash;
        await session.SettleAsync(sanction, cancellationToken);
        IRepairCase indexed = await session.FindCaseAsync(result.GetRequiredValue(_case), cancellationToken);
        string evidencePath = result.GetValue(_evidence)
            ?? PackageFolder.FindEvidence(session.Workspace, indexed.LeafHash)
            ?? throw new InputException($"This workspace has no evidence file of the sanction of case {indexed.CaseId}. Name it with --evidence FILE.");
        if (SanctionEvidence.TryRead(result, evidencePath, result.GetValue(_trust), VerificationTexts.Find(language)!) is not SanctionEvidence evidence)
        {
            return ExitCode.VerificationFailed;
        }

        if (evidence.LeafHash != indexed.LeafHash)
        {
            throw new InputException($"'{evidencePath}' is evidence of another sanction than that of case {indexed.CaseId}.");
        }

        Application application = Application.Of(evidence, result.GetValue(_corrected), result.GetValue(_agent), output, language);
        RepairRules rules = application.Pack.Repair;
        IReadOnlyList<Material> added = MaterialOption.Read(result.GetRequiredValue(_materials), rules, output);
        (PackageManifest before, List<Material> materials) = ReadBefore(result, folder, indexed, rules);
        PackageCopy.RequireFree(copyTo, indexed.LeafHash, before.Materials);
        NodeSession? uploadTo = result.GetValue(_upload) ? node : null;
        SubmissionOutput report = new(output, language, copyTo, IsNewCase: false);
        if (HasAlready(before, added) && folder.FindCase(indexed.LeafHash, indexed.CaseId) is KeptPackage kept)
        {
            // An earlier run had sent them, or somebody typed the command twice.
            session.Record(cancellationToken);
            return await RepairOpenCommand.ReportAsync(session, new SubmittedMaterials(kept, null), report, uploadTo, cancellationToken);
        }

        materials.AddRange(added);
        IReadOnlyList<MaterialProblem> problems = application.Check(materials, PackageHistory.Read(folder, session.Cases, indexed.LeafHash), session);
        if (problems.Count > 0)
        {
            MaterialProblems.Write(output, indexed.LeafHash, problems, language);
            return ExitCode.BadInput;
        }

        folder.KeepEvidence(indexed.LeafHash, evidence.Bytes);
        MaterialSubmission submission = new(
            indexed.LeafHash,
            application.Pack.Hash,
            session.Actor.Address,
            before.Materials,
            materials,
            digests => RepairDeskContract.EncodeSupplement(indexed.CaseId, digests));
        try
        {
            SubmittedMaterials submitted = await session.SubmitAsync(
                submission, () => new RepairStepRequest("supplement", checked((long)indexed.CaseId)), application.Pack.UtcOffset, cancellationToken);
            return await RepairOpenCommand.ReportAsync(
                session, submitted, report with { VoidedApprovals = submitted.Step is null ? 0 : indexed.ApprovalCount }, uploadTo, cancellationToken);
        }
        catch (SupplementOvertakenException e)
        {
            output.Note(e.Message);
            return ExitCode.Undecided;
        }
    }

    private static bool HasAlready(PackageManifest before, IReadOnlyList<Material> added) =>
        added.Count < before.Materials.Count
        && before.Materials.Skip(before.Materials.Count - added.Count).Select(material => (material.Kind, material.FileHash))
            .SequenceEqual(added.Select(material => (material.Kind, material.Content.FileHash)));

    // What the case has by now. It must be exactly what the ledger has: the new package is to hold all of it.
    private (PackageManifest Manifest, List<Material> Materials) ReadBefore(
        ParseResult result, PackageFolder folder, IRepairCase indexed, RepairRules rules)
    {
        string path = result.GetValue(_from)
            ?? folder.FindCase(indexed.LeafHash, indexed.CaseId)?.Path
            ?? throw new InputException($"This workspace has no package of case {indexed.CaseId}. Name the one that it was opened with: --from PACKAGE.");
        using FileStream file = InputFile.Open(path);
        if (!PackageReader.TryOpen(file, out PackageReader? reader, out ParseProblem? problem))
        {
            throw new InputException($"'{path}' is not a repair package. {problem}");
        }

        PackageManifest manifest = reader.Manifest;
        int count = indexed.Materials.Count;
        if (manifest.Sanction != indexed.LeafHash
            || !manifest.Materials.Take(count).Select(material => material.OnLedger).SequenceEqual(indexed.Materials))
        {
            throw new InputException($"'{path}' does not hold the materials of case {indexed.CaseId} as the ledger has them. 'ledgercredit repair check {ShellText.Quote(path)}' says where it differs; name the newest package with --from PACKAGE.");
        }

        List<Material> materials = [];
        while (true)
        {
            if (!reader.TryReadNext(out byte[]? content, out problem))
            {
                throw new InputException($"'{path}' is not a whole repair package. {problem}");
            }

            if (content is null)
            {
                // A reorganisation may have taken a supplement off the ledger: the package then has more than the case.
                PackageManifest before = new(manifest.Sanction, manifest.RulePack, [.. manifest.Materials.Take(count)]);
                return (before, [.. materials.Take(count)]);
            }

            PackageMaterial described = manifest.Materials[materials.Count];
            Material material = new(described.Kind, described.Name, MaterialContent.Of(content, rules), described.Statements);
            materials.Add(material.Content.FileHash == described.FileHash
                ? material
                : throw new InputException($"'{path}' was altered: its file {manifest.FileName(materials.Count)} is not the one that was submitted. Take another copy of the package."));
        }
    }
}
