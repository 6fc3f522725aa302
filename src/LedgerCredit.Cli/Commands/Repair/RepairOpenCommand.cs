using System.CommandLine;
using System.Security.Cryptography;
using LedgerCredit.Contracts;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.RepairPackages;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Repair.Packages;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary><c>repair open</c>: the application for a repair.</summary>
internal sealed class RepairOpenCommand
{
    private readonly Argument<string> _evidence = new("EVIDENCE") { Description = "The sanction's whole evidence file." };
    private readonly Option<string[]> _materials = MaterialOption.Create();
    private readonly Option<bool> _corrected = RepairPlanCommand.Corrected();
    private readonly Option<bool> _agent = RepairPlanCommand.Agent();
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Check everything, ask the ledger whether it would take the application, and send nothing." };
    private readonly Option<string?> _package = Package();
    private readonly Option<string?> _trust = RepairPlanCommand.Trust();
    private readonly Option<string?> _actor = RepairOptions.Actor("the applicant");
    private readonly Option<string> _language = RepairOptions.Language();

    private RepairOpenCommand()
    {
    }

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        RepairOpenCommand open = new();
        Command command = new(
            "open",
            """
            Apply for the repair of a sanction. The files are checked first, and all that is wrong is said at once; then they are
            hashed with fresh salts, kept in a package, and their digests are sent. The files themselves stay here: hand the
            package to the authority and the reviewers.
            Doing it again after an interruption completes it and sends nothing twice.
            Exit code 1: the evidence does not verify. 2: something is wrong with the application, or the rules do not allow it.

              ledgercredit repair open sanction.evidence.json --as trading-co \
                --material D01=licence.pdf --material D05=decision.pdf \
                --material D06=receipt.pdf,date=2026-04-02,amount=20000.00,number=V-17 \
                --material D10=commitment.pdf,date=2026-04-10 --package application.zip
            """)
        {
            open._evidence,
            open._materials,
            open._corrected,
            open._agent,
            open._dryRun,
            open._package,
            open._trust,
            open._actor,
            open._language,
        };
        command.SetAction(open.RunAsync);
        return command;
    }

    /// <summary>Makes the option that says where a copy of the package goes.</summary>
    public static Option<string?> Package() => new("--package")
    {
        Description = "Where a copy of the package goes. The workspace keeps one in any case.",
        HelpName = "FILE",
    };

    private static Bytes32 NewSalt()
    {
        Bytes32 salt = default;
        RandomNumberGenerator.Fill(salt);
        return salt;
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        string language = result.ReadLanguage(_language);
        CommandOutput output = new(result);
        PackageCopy.RequireFolder(result.GetValue(_package));
        if (SanctionEvidence.TryRead(result, result.GetRequiredValue(_evidence), result.GetValue(_trust), VerificationTexts.Find(language)!) is not SanctionEvidence evidence)
        {
            return ExitCode.VerificationFailed;
        }

        Application application = Application.Of(evidence, result.GetValue(_corrected), result.GetValue(_agent), output, language);
        IReadOnlyList<Material> materials = MaterialOption.Read(result.GetRequiredValue(_materials), application.Pack.Repair, output);
        using PackageFolder folder = PackageFolder.Open(result.OpenWorkspace());
        using RepairSession session = await RepairSession.OpenAsync(result, cancellationToken);
        ActingAccount actor = ActingAccount.Find(session.Workspace.Config, result.GetValue(_actor), ConsortiumRole.Enterprise);
        application.RequireLedger(session);

        // What an interrupted command left is completed first: its case may be the one that is asked for.
        MaterialSubmitter submitter = MakeSubmitter(session, folder, actor);
        await submitter.SettleAsync(evidence.LeafHash, actor.Address, cancellationToken);
        if (FindUnderWay(session, evidence.LeafHash) is IndexedCase underWay)
        {
            if (folder.FindCase(evidence.LeafHash, underWay.CaseId) is not KeptPackage kept || !Holds(kept.Manifest, materials))
            {
                throw new InputException($"Case {underWay.CaseId} is under way for this sanction, with other materials than these. 'ledgercredit repair show {underWay.CaseId}' shows it; 'ledgercredit repair supplement {underWay.CaseId}' adds materials.");
            }

            PackageCopy.RequireFree(result.GetValue(_package), evidence.LeafHash, kept.Manifest.Materials);
            session.Record(cancellationToken);
            return SubmissionReport.Write(output, session, language, actor, new SubmittedMaterials(kept, null), result.GetValue(_package), isNewCase: true);
        }

        PackageCopy.RequireFree(result.GetValue(_package), evidence.LeafHash, []);
        IReadOnlyList<MaterialProblem> problems = application.Check(materials, PackageHistory.Read(folder, session.Index, evidence.LeafHash), session);
        if (problems.Count > 0)
        {
            MaterialProblems.Write(output, evidence.LeafHash, problems, language);
            return ExitCode.BadInput;
        }

        RefusalWords words = new(output, language, application.Pack.UtcOffset);
        PresentedSanction presented = Present(evidence);
        if (result.GetValue(_dryRun))
        {
            RepairMaterial[] samples = [.. materials.Select(material => new RepairMaterial((byte)material.Kind, material.Content.FileHash))];
            await Application.RequireAllowedAsync(
                session, actor, RepairDeskContract.EncodeOpen(presented.Sanction, presented.Entry, samples), words, cancellationToken);
            WriteDryRun(output, evidence.LeafHash, materials.Count, language);
            return ExitCode.Done;
        }

        folder.KeepEvidence(evidence.LeafHash, evidence.Bytes);
        MaterialSubmission submission = new(
            evidence.LeafHash,
            application.Pack.Hash,
            actor.Address,
            [],
            materials,
            added => RepairDeskContract.EncodeOpen(presented.Sanction, presented.Entry, added));
        SubmittedMaterials submitted = await SubmitAsync(submitter, submission, session, actor, words, cancellationToken);
        return SubmissionReport.Write(output, session, language, actor, submitted, result.GetValue(_package), isNewCase: true);
    }

    /// <summary>Makes what submits an account's materials.</summary>
    public static MaterialSubmitter MakeSubmitter(RepairSession session, PackageFolder folder, ActingAccount actor) => new(
        folder,
        session.Index,
        (callData, cancelled) => session.TakeAsync(actor, callData, cancelled),
        session.CatchUpAsync,
        new LedgerTransactions(session.Ledger, TimeProvider.System).WaitIdleAsync,
        NewSalt);

    /// <summary>Submits materials and says in words why they are refused.</summary>
    /// <exception cref="InputException">The rules do not allow it.</exception>
    public static async Task<SubmittedMaterials> SubmitAsync(
        MaterialSubmitter submitter,
        MaterialSubmission submission,
        RepairSession session,
        ActingAccount actor,
        RefusalWords words,
        CancellationToken cancellationToken)
    {
        try
        {
            SubmittedMaterials submitted = await submitter.SubmitAsync(submission, cancellationToken);
            if (submitted.Step is null)
            {
                session.Record(cancellationToken);
            }

            return submitted;
        }
        catch (ContractRevertException e)
        {
            if (await words.ExplainAsync(session, actor, e, cancellationToken) is InputException explanation)
            {
                throw explanation;
            }

            throw;
        }
    }

    private static PresentedSanction Present(SanctionEvidence evidence) =>
        PresentedSanction.TryOf(evidence.File, out PresentedSanction? presented, out ParseProblem? problem)
            ? presented
            : throw new InputException($"'{evidence.Path}' shows no sanction that the repair desk could take. {problem}");

    private static IndexedCase? FindUnderWay(RepairSession session, Bytes32 sanction) =>
        session.Index.FindCases(sanction) is [.., ulong newest] && session.Index.FindCase(newest) is { IsUnderWay: true } found ? found : null;

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
