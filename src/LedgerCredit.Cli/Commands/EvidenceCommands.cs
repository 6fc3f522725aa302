using System.CommandLine;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.EvidenceFiles;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>evidence create | redact | verify | trust</c>.</summary>
internal static class EvidenceCommands
{
    private const string FileSuffix = ".evidence.json";

    /// <summary>Makes the commands.</summary>
    public static Command Create() =>
        new("evidence", "Evidence files: make them, redact them, verify them offline.")
        {
            CreateCreate(),
            CreateRedact(),
            EvidenceVerifyCommand.Create(),
            CreateTrust(),
        };

    private static Command CreateCreate()
    {
        Argument<string[]> ids = new("ID") { Description = "Ids of records. With --all: none.", Arity = ArgumentArity.ZeroOrMore };
        RecordSelector selector = new();
        Option<string?> outputPath = new("-o", "--output")
        {
            Description = "The file to write; with several records or --all a folder. Default: <issuer>-<kind>-<index>.evidence.json here, or the folder 'evidence' of the workspace.",
            HelpName = "F",
        };
        Option<bool> all = new("--all") { Description = "Make a file for every anchored record." };
        Option<string?> disclose = DiscloseOption();
        disclose.Description += " Default: all.";
        Option<bool> keepTerms = KeepTermsOption();
        Command create = new(
            "create",
            """
            Write the evidence file of a record: what anyone needs to prove offline that it existed, unchanged, when it was
            anchored. Exit code 3 while the record is not anchored. The verifier also needs a trust policy: 'evidence trust'.
            """)
        {
            ids,
            selector.Issuer,
            selector.Kind,
            outputPath,
            all,
            disclose,
            keepTerms,
        };
        create.SetAction((result, cancellationToken) => Task.FromResult(CreateFiles(
            result,
            selector,
            result.GetValue(ids) ?? [],
            result.GetValue(all),
            result.GetValue(outputPath),
            result.GetValue(disclose),
            result.GetValue(keepTerms),
            cancellationToken)));
        return create;
    }

    private static int CreateFiles(
        ParseResult result,
        RecordSelector selector,
        string[] ids,
        bool all,
        string? outputPath,
        string? disclose,
        bool keepTerms,
        CancellationToken cancellationToken)
    {
        if (all == ids.Length > 0)
        {
            throw new InputException("Name the records by their ids, or ask for all with --all.");
        }

        CommandOutput output = new(result);
        Workspace workspace = result.OpenWorkspace();
        using Store store = workspace.OpenStore(StoreAccess.Read);
        using StoreTransaction snapshot = store.BeginRead();
        RulePackCatalog packs = workspace.LoadRulePacks();
        TrustPolicy policy = TrustBuilder.Build(workspace, store, packs);
        EvidenceBuilder builder = new(workspace, store, packs, result.OpenKeys(workspace).OpenSubjectKey());
        IEnumerable<(StoredLog Log, LogPosition Position)> wanted = all
            ? AllRecords(result, selector, store)
            : ids.Select(id => selector.Find(result, store, id)).Select(found => (found.Log, found.Position));
        bool toFolder = all || ids.Length > 1;
        List<string> written = [];
        long notAnchored = 0;
        using ProgressBar progress = ProgressBar.Start(output, "Writing evidence", null);
        foreach ((StoredLog log, LogPosition position) in wanted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            EvidenceFile? file = builder.TryBuild(log, position);
            if (file is null)
            {
                notAnchored++;
                continue;
            }

            RequireSound(file, policy, log, position);
            string name = FormattableString.Invariant($"{log.Issuer}-{file.Record.Kind}-{position.LeafIndex}{FileSuffix}");
            string path = toFolder ? Path.Combine(outputPath ?? Path.Combine(workspace.Folder, "evidence"), name) : outputPath ?? name;
            Write(path, disclose is null ? file : Redact(file, disclose, keepTerms));
            written.Add(path);
            progress.Report(written.Count);
        }

        output.Result(
            new JsonObject(
                new JsonMember("written", new JsonNumber(written.Count)),
                new JsonMember("notAnchored", new JsonNumber(notAnchored)),
                new JsonMember("files", new JsonArray([.. written.Select(path => new JsonString(path))]))),
            text => text.WriteLine(written.Count == 1 ? $"Wrote {written[0]}" : $"Wrote {written.Count} evidence files{(written.Count > 0 ? $" to {Path.GetDirectoryName(written[0])}" : "")}."));
        if (notAnchored > 0)
        {
            output.Note($"{notAnchored} records are not anchored yet: 'ledgercredit log anchor --wait' brings them onto the ledger.");
            return ExitCode.Undecided;
        }

        return ExitCode.Done;
    }

    private static IEnumerable<(StoredLog Log, LogPosition Position)> AllRecords(ParseResult result, RecordSelector selector, Store store)
    {
        foreach (StoredLog log in selector.FindLogs(result, store))
        {
            foreach (LogPosition position in store.Entries.ReadPositions(log.Number))
            {
                if (selector.Matches(result, store, position))
                {
                    yield return (log, position);
                }
            }
        }
    }

    // What is handed out must verify. A store that was altered makes no evidence that would look like the holder's forgery.
    private static void RequireSound(EvidenceFile file, TrustPolicy policy, StoredLog log, LogPosition position)
    {
        VerificationReport report = EvidenceVerifier.Verify(file, policy, new VerificationOptions { Clock = TimeProvider.System });
        VerificationStep? failed = report.Steps.FirstOrDefault(step => step.Outcome == StepOutcome.Fail);
        if (failed is not null)
        {
            throw new LogIntegrityException($"The evidence of entry {position.LeafIndex} of log '{log.Origin}' would not verify (step {failed.Code.ToText()}): the store was altered. Nothing was written for it; run 'ledgercredit log audit'.");
        }
    }

    private static Command CreateRedact()
    {
        Argument<string> file = new("FILE") { Description = "An evidence file." };
        Option<string> disclose = new("--disclose") { Description = "Members to keep, by comma: id, subject, issuedAt, supersedes, or a claim's name.", HelpName = "a,b", Required = true };
        Option<string?> outputPath = new("-o", "--output") { Description = "The file to write. Default: FILE with '.redacted' before its suffix.", HelpName = "F" };
        Option<bool> keepTerms = KeepTermsOption();
        Command redact = new("redact", "Keep some members of an evidence file and withhold the rest. What is kept still verifies.") { file, disclose, outputPath, keepTerms };
        redact.SetAction(result =>
        {
            string path = result.GetRequiredValue(file);
            if (!EvidenceFile.TryParse(InputFile.Read(path, EvidenceFile.MaxBytes), out EvidenceFile? evidence, out ParseProblem? problem))
            {
                throw new InputException($"'{path}' is not an evidence file. {problem}");
            }

            string target = result.GetValue(outputPath) ?? RedactedName(path);
            EvidenceFile redacted = Redact(evidence, result.GetRequiredValue(disclose), result.GetValue(keepTerms));
            Write(target, redacted);
            new CommandOutput(result).Result(
                new JsonObject(
                    new JsonMember("file", new JsonString(target)),
                    new JsonMember("disclosed", new JsonNumber(redacted.Record.Disclosures.Count)),
                    new JsonMember("withheld", new JsonNumber(evidence.Record.Disclosures.Count - redacted.Record.Disclosures.Count))),
                text => text.WriteLine($"Wrote {target}: {redacted.Record.Disclosures.Count} members disclosed, {evidence.Record.Disclosures.Count - redacted.Record.Disclosures.Count} withheld."));
            return ExitCode.Done;
        });
        return redact;
    }

    private static Command CreateTrust()
    {
        Option<string?> outputPath = new("-o", "--output") { Description = "The file to write. Default: trust.json in the workspace.", HelpName = "F" };
        Command trust = new(
            "trust",
            """
            Write the trust policy with which this workspace's evidence is verified: its logs' keys, its contracts, the
            ledger's validators or, on the devnet, the hashes of the anchors' blocks. Whoever verifies must get it from
            someone they trust, not together with the evidence.
            """)
        {
            outputPath,
        };
        trust.SetAction(result =>
        {
            Workspace workspace = result.OpenWorkspace();
            using Store store = workspace.OpenStore(StoreAccess.Read);
            TrustPolicy policy = TrustBuilder.Build(workspace, store, workspace.LoadRulePacks());
            string path = result.GetValue(outputPath) ?? Path.Combine(workspace.Folder, "trust.json");
            File.WriteAllBytes(path, policy.ToUtf8());
            new CommandOutput(result).Result(
                new JsonObject(
                    new JsonMember("file", new JsonString(path)),
                    new JsonMember("logs", new JsonNumber(policy.Logs.Count)),
                    new JsonMember("pinnedBlocks", new JsonNumber(policy.Consensus.Blocks.Count))),
                text => text.WriteLine($"Wrote {path} (logs: {policy.Logs.Count}, pinned blocks: {policy.Consensus.Blocks.Count}). Give it to verifiers by a way that they trust."));
            return ExitCode.Done;
        });
        return trust;
    }

    private static Option<string?> DiscloseOption() => new("--disclose")
    {
        Description = "Members to disclose, by comma: id, subject, issuedAt, supersedes, or a claim's name.",
        HelpName = "a,b",
    };

    private static Option<bool> KeepTermsOption() => new("--keep-terms")
    {
        Description = "Keep the repair terms when members are withheld. They show grade, dates and a pseudonym of the subject.",
    };

    private static EvidenceFile Redact(EvidenceFile file, string disclose, bool keepTerms)
    {
        HashSet<string> disclosed = new(StringComparer.Ordinal);
        foreach (string encoded in file.Record.Disclosures)
        {
            if (Disclosure.TryParse(encoded, out Disclosure? disclosure, out _))
            {
                disclosed.Add(disclosure.Name);
            }
        }

        // 'grade' stands for 'claims.grade' unless a member of that very name is disclosed.
        string[] names = [.. disclose
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(name => disclosed.Contains("claims." + name) && !disclosed.Contains(name) ? "claims." + name : name)];
        if (names.Length == 0)
        {
            throw new InputException("Name at least one member to disclose.");
        }

        return EvidenceRedaction.TryRedact(file, names, keepTerms, keepStatus: true, out EvidenceFile? redacted, out ParseProblem? problem)
            ? redacted
            : throw new InputException($"{problem.Message} This file discloses: {string.Join(", ", disclosed.Order(StringComparer.Ordinal))}.");
    }

    private static string RedactedName(string path) => path.EndsWith(FileSuffix, StringComparison.Ordinal)
        ? path[..^FileSuffix.Length] + ".redacted" + FileSuffix
        : path + ".redacted" + FileSuffix;

    private static void Write(string path, EvidenceFile file)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        File.WriteAllBytes(path, file.ToUtf8());
    }
}
