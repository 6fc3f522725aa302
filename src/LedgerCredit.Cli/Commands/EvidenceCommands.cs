using System.CommandLine;
using LedgerCredit.Evidence;
using LedgerCredit.Node.EvidenceFiles;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>evidence create | status | redact | verify | trust</c>.</summary>
internal static class EvidenceCommands
{
    /// <summary>How the names of evidence files end.</summary>
    public const string FileSuffix = ".evidence.json";

    /// <summary>Makes the commands.</summary>
    public static Command Create() =>
        new("evidence", "Evidence files: make them, redact them, verify them offline.")
        {
            EvidenceCreateCommand.Create(),
            EvidenceStatusCommand.Create(),
            CreateRedact(),
            EvidenceVerifyCommand.Create(),
            CreateTrust(),
        };

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
        Option<int?> witnesses = new("--witnesses") { Description = "Ask for the cosignatures of so many of the configured witnesses (format ledgercredit-trust/2).", HelpName = "K" };
        Command trust = new(
            "trust",
            """
            Write the trust policy with which this workspace's evidence is verified: its logs' keys, its contracts, the
            ledger's validators or, on the devnet, the hashes of the blocks that evidence made here relies on. Whoever verifies
            must get it from someone they trust, not together with the evidence.
            """)
        {
            outputPath,
            witnesses,
        };
        trust.SetAction(result =>
        {
            Workspace workspace = result.OpenWorkspace();
            using Store store = workspace.OpenStore(StoreAccess.Read);
            TrustPolicy policy = TrustBuilder.Build(workspace, store, workspace.LoadRulePacks(), ReadWitnesses(workspace, result.GetValue(witnesses)));
            string path = result.GetValue(outputPath) ?? Path.Combine(workspace.Folder, "trust.json");
            File.WriteAllBytes(path, policy.ToUtf8());
            new CommandOutput(result).Result(
                new JsonObject(
                    new JsonMember("file", new JsonString(path)),
                    new JsonMember("logs", new JsonNumber(policy.Logs.Count)),
                    new JsonMember("witnessesRequired", new JsonNumber(policy.Witnesses?.Required ?? 0)),
                    new JsonMember("pinnedBlocks", new JsonNumber(policy.Consensus.Blocks.Count))),
                text => text.WriteLine($"Wrote {path} (logs: {policy.Logs.Count}, pinned blocks: {policy.Consensus.Blocks.Count}). Give it to verifiers by a way that they trust."));
            return ExitCode.Done;
        });
        return trust;
    }

    private static int ReadWitnesses(Workspace workspace, int? required)
    {
        int known = workspace.Config.Witnesses.Count;
        return required switch
        {
            null => 0,
            int number when number >= 1 && number <= known => number,
            _ when known == 0 => throw new InputException("--witnesses asks for cosignatures, but this workspace has no witnesses. Add one with 'ledgercredit witness add'."),
            _ => throw new InputException($"--witnesses takes 1 to {known}, the number of configured witnesses, found {required}."),
        };
    }

    /// <summary>The option that names the members to disclose.</summary>
    public static Option<string?> DiscloseOption() => new("--disclose")
    {
        Description = "Members to disclose, by comma: id, subject, issuedAt, supersedes, or a claim's name.",
        HelpName = "a,b",
    };

    /// <summary>The option that keeps terms in a redacted file.</summary>
    public static Option<bool> KeepTermsOption() => new("--keep-terms")
    {
        Description = "Keep the repair terms when members are withheld. They show grade, dates and a pseudonym of the subject.",
    };

    /// <summary>Keeps some members of a file.</summary>
    /// <exception cref="InputException">A name is no member's.</exception>
    public static EvidenceFile Redact(EvidenceFile file, string disclose, bool keepTerms)
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

    /// <summary>Writes a file, and the folder it is in.</summary>
    public static void Write(string path, EvidenceFile file)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        File.WriteAllBytes(path, file.ToUtf8());
    }
}
