using System.CommandLine;
using LedgerCredit.Cli.Remote;
using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.RepairPackages;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Repair.Packages;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary><c>repair open</c>: the application for a repair.</summary>
internal sealed class RepairOpenCommand
{
    private readonly Argument<string> _evidence = new("EVIDENCE") { Description = "The sanction's whole evidence file. With --node also its id: the node is asked for the file." };
    private readonly Option<string[]> _materials = MaterialOption.Create();
    private readonly Option<bool> _corrected = RepairPlanCommand.Corrected();
    private readonly Option<bool> _agent = RepairPlanCommand.Agent();
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Check everything, ask the ledger whether it would take the application, and send nothing." };
    private readonly Option<string?> _package = Package();
    private readonly Option<string?> _trust = RepairPlanCommand.Trust();
    private readonly Option<string?> _actor = RepairOptions.Actor("the applicant");
    private readonly Option<string> _language = RepairOptions.Language();
    private readonly Option<bool> _upload = Upload();
    private readonly NodeOptions _node;

    private RepairOpenCommand(Command command)
    {
        command.Add(_evidence);
        command.Add(_materials);
        command.Add(_corrected);
        command.Add(_agent);
        command.Add(_dryRun);
        command.Add(_package);
        command.Add(_trust);
        command.Add(_actor);
        command.Add(_language);
        _node = NodeOptions.AddToStep(command);
        command.Add(_upload);
        command.SetAction(RunAsync);
    }

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Command command = new(
            "open",
            """
            Apply for the repair of a sanction. The files are checked first, and all that is wrong is said at once; then they are
            hashed with fresh salts, kept in a package, and their digests are sent. The files themselves stay here: hand the
            package to the authority and the reviewers, or have a node keep them for these with --node URL --upload.
            Doing it again after an interruption completes it and sends nothing twice.
            Exit code 1: the evidence does not verify. 2: something is wrong with the application, or the rules do not allow it.

              ledgercredit repair open sanction.evidence.json --as trading-co \
                --material D01=licence.pdf --material D05=decision.pdf \
                --material D06=receipt.pdf,date=2026-04-02,amount=20000.00,number=V-17 \
                --material D10=commitment.pdf,date=2026-04-10 --package application.zip
            """);
        _ = new RepairOpenCommand(command);
        return command;
    }

    /// <summary>Makes the option that says where a copy of the package goes.</summary>
    public static Option<string?> Package() => new("--package")
    {
        Description = "Where a copy of the package goes. The workspace keeps one in any case.",
        HelpName = "FILE",
    };

    /// <summary>Makes the option that has a node keep the files as well.</summary>
    public static Option<bool> Upload() => new("--upload")
    {
        Description = "With --node: give the files to the node as well, when they are on the ledger. It keeps them encrypted, and the authority and the reviewers of the case may read them there.",
    };

    /// <summary>Signs in to the node that is named, as the applicant; null where none is.</summary>
    /// <exception cref="InputException">Files are to be uploaded, and there is no node.</exception>
    public static async Task<NodeSession?> ConnectAsync(ParseResult result, NodeOptions options, Option<bool> upload, string? actor, CancellationToken cancellationToken)
    {
        if (options.FindUrl(result) is Uri url)
        {
            return await options.ConnectAsync(result, url, ActingAccount.Find(result.OpenWorkspace().Config, actor, ConsortiumRole.Enterprise), result.GetValue(upload), cancellationToken);
        }

        return result.GetValue(upload) ? throw new InputException($"{upload.Name} is for a node: name it with --node URL.") : null;
    }

    /// <summary>Begins an applicant's session: through the node, or at the ledger where there is none.</summary>
    /// <param name="result">The command.</param>
    /// <param name="node">The node, or null.</param>
    /// <param name="folder">The packages of the workspace.</param>
    /// <param name="actor">The applicant, as it was named.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    /// <param name="mayRepeat">Through a node: whether a supplement is signed for anew on its word alone.</param>
    /// <param name="cancellationToken">Cancels asking.</param>
    public static async Task<ApplicantSession> OpenAsync(
        ParseResult result, NodeSession? node, PackageFolder folder, string? actor, string language, bool mayRepeat, CancellationToken cancellationToken)
    {
        if (node is null)
        {
            return await LedgerApplicant.OpenAsync(result, folder, actor, language, cancellationToken);
        }

        Workspace workspace = result.OpenWorkspace();
        return new NodeApplicant(
            node, folder, workspace, result.OpenKeys(workspace), ActingAccount.Find(workspace.Config, actor, ConsortiumRole.Enterprise), new CommandOutput(result), language, mayRepeat);
    }

    /// <summary>Has the node keep the files of a case, where that is asked for, and prints the report.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> ReportAsync(
        ApplicantSession session, SubmittedMaterials submitted, SubmissionOutput output, NodeSession? uploadTo, CancellationToken cancellationToken)
    {
        SubmittedCase submittedCase = await session.ReadCaseAsync(submitted.Package.CaseId!.Value, submitted.Step, cancellationToken);
        int? uploaded = null;
        try
        {
            uploaded = uploadTo is null ? null : (await NodeMaterials.UploadAsync(uploadTo.Client, submitted.Package.Path, output.Output, cancellationToken)).Count;
        }
        catch
        {
            output.Output.Note($"The materials of case {submittedCase.CaseId} are on the ledger. Run the command again to give the node their files; what failed is this:");
            throw;
        }

        return SubmissionReport.Write(output, session.Actor, submitted, submittedCase, uploaded);
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        string language = result.ReadLanguage(_language);
        CommandOutput output = new(result);
        string? copyTo = result.GetValue(_package);
        PackageCopy.RequireFolder(copyTo);
        using NodeSession? node = await ConnectAsync(result, _node, _upload, result.GetValue(_actor), cancellationToken);
        if (await ReadEvidenceAsync(result, node, language, cancellationToken) is not SanctionEvidence evidence)
        {
            return ExitCode.VerificationFailed;
        }

        Application application = Application.Of(evidence, result.GetValue(_corrected), result.GetValue(_agent), output, language);
        IReadOnlyList<Material> materials = MaterialOption.Read(result.GetRequiredValue(_materials), application.Pack.Repair, output);
        using PackageFolder folder = PackageFolder.Open(result.OpenWorkspace());
        using ApplicantSession session = await OpenAsync(result, node, folder, result.GetValue(_actor), language, mayRepeat: false, cancellationToken);
        application.RequireLedger(session);
        NodeSession? uploadTo = result.GetValue(_upload) ? node : null;
        SubmissionOutput report = new(output, language, copyTo, IsNewCase: true);

        // What an interrupted command left is completed first: its case may be the one that is asked for.
        await session.SettleAsync(evidence.LeafHash, cancellationToken);
        if (session.Cases.ReadOf(evidence.LeafHash) is [.., { IsUnderWay: true } underWay])
        {
            if (folder.FindCase(evidence.LeafHash, underWay.CaseId) is not KeptPackage kept || !Holds(kept.Manifest, materials))
            {
                throw new InputException($"Case {underWay.CaseId} is under way for this sanction, with other materials than these. 'ledgercredit repair show {underWay.CaseId}' shows it; 'ledgercredit repair supplement {underWay.CaseId}' adds materials.");
            }

            PackageCopy.RequireFree(copyTo, evidence.LeafHash, kept.Manifest.Materials);
            session.Record(cancellationToken);
            return await ReportAsync(session, new SubmittedMaterials(kept, null), report, uploadTo, cancellationToken);
        }

        PackageCopy.RequireFree(copyTo, evidence.LeafHash, []);
        IReadOnlyList<MaterialProblem> problems = application.Check(materials, PackageHistory.Read(folder, session.Cases, evidence.LeafHash), session);
        if (problems.Count > 0)
        {
            MaterialProblems.Write(output, evidence.LeafHash, problems, language);
            return ExitCode.BadInput;
        }

        PresentedSanction presented = Present(evidence);
        RepairStepRequest Request() => new("open", Evidence: NodeJson.ParseEvidence(evidence.Bytes));
        byte[] Encode(IReadOnlyList<RepairMaterial> added) => RepairDeskContract.EncodeOpen(presented.Sanction, presented.Entry, added);
        if (result.GetValue(_dryRun))
        {
            // With salts of their own, which are thrown away: a digest without one tells who guesses a file that it is this file.
            PackageMaterial[] samples = [.. materials.Select(material => PackageMaterial.Of(material, ApplicantSession.NewSalt()))];
            await session.RequireAllowedAsync(
                samples, Encode([.. samples.Select(sample => new RepairMaterial((byte)sample.Kind, sample.Digest))]), Request, application.Pack.UtcOffset, cancellationToken);
            WriteDryRun(output, evidence.LeafHash, materials.Count, language);
            return ExitCode.Done;
        }

        folder.KeepEvidence(evidence.LeafHash, evidence.Bytes);
        MaterialSubmission submission = new(evidence.LeafHash, application.Pack.Hash, session.Actor.Address, [], materials, Encode);
        SubmittedMaterials submitted = await session.SubmitAsync(submission, Request, application.Pack.UtcOffset, cancellationToken);
        return await ReportAsync(session, submitted, report, uploadTo, cancellationToken);
    }

    // From the file; or from the node, of which nothing is believed that the file itself does not show.
    private async Task<SanctionEvidence?> ReadEvidenceAsync(ParseResult result, NodeSession? node, string language, CancellationToken cancellationToken)
    {
        string name = result.GetRequiredValue(_evidence);
        return node is null || File.Exists(name)
            ? SanctionEvidence.TryRead(result, name, result.GetValue(_trust), VerificationTexts.Find(language)!)
            : await NodeEvidence.FetchSanctionAsync(result, node, name, result.GetValue(_trust), language, cancellationToken);
    }

    private static PresentedSanction Present(SanctionEvidence evidence) =>
        PresentedSanction.TryOf(evidence.File, out PresentedSanction? presented, out ParseProblem? problem)
            ? presented
            : throw new InputException($"'{evidence.Path}' shows no sanction that the repair desk could take. {problem}");

    private static bool Holds(PackageManifest manifest, IReadOnlyList<Material> materials) =>
        manifest.Materials.Select(material => (material.Kind, material.FileHash))
            .SequenceEqual(materials.Select(material => (material.Kind, material.Content.FileHash)));

    private static void WriteDryRun(CommandOutput output, Bytes32 sanction, int count, string language) => output.Result(
        new JsonObject(
            new JsonMember("sanction", new JsonString(sanction.ToString())),
            new JsonMember("sent", new JsonBoolean(false)),
            new JsonMember("problems", new JsonArray())),
        text => text.WriteLine(language == "zh"
            ? $"材料 {count} 份均符合要求，账本可以受理。未发送任何内容。"
            : $"All {count} files are in order, and the ledger would take the application. Nothing was sent."));
}
