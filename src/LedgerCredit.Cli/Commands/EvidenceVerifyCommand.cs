using System.CommandLine;
using LedgerCredit.Cli.Remote;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>evidence verify</c>: needs no workspace and, unless asked, no network.</summary>
internal static class EvidenceVerifyCommand
{
    private const int HashShown = 18;

    // Verified together on all cores, then reported in order: bounds the reports that are held.
    private const int FilesAtOnce = 256;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string[]> files = new("FILE") { Description = "Evidence files, or folders of them.", Arity = ArgumentArity.OneOrMore };
        Option<string?> trust = new("--trust") { Description = "The trust policy, from someone you trust. Default: trust.json in the workspace; never one that lies beside the evidence.", HelpName = "F" };
        Option<string?> rpc = new("--rpc")
        {
            Description = "An endpoint of the ledger, for headers that link the file's block to one that the policy knows. Its word alone decides nothing.",
            HelpName = "URL",
        };
        Option<string?> record = new("--record") { Description = "The record as you have it, to compare with what is disclosed.", HelpName = "F" };
        Option<string?> subjectKey = new("--subject-key-file") { Description = "File with 0x and the 64 hex digits of the network subject key, for authorities: compares the subject of the terms.", HelpName = "F" };
        Option<string> language = new("--lang") { Description = "en or zh.", HelpName = "L", DefaultValueFactory = _ => "en" };
        Command verify = new(
            "verify",
            """
            Verify evidence files offline, step by step, under a trust policy that you got from someone you trust.
            Exit code 0: valid. 1: a step failed. 3: a required step could not be done. With --node the node verifies, by its own
            policy: for those who trust it anyway.
            """)
        {
            files,
            trust,
            rpc,
            record,
            subjectKey,
            language,
        };

        // Not by the variable: who verifies offline must not be asking somebody unawares.
        NodeOptions node = NodeOptions.AddTo(verify, readsRecords: false, byVariable: false);
        verify.SetAction((result, cancellationToken) =>
        {
            if (node.FindUrl(result) is not Uri url)
            {
                return RunAsync(
                    result,
                    result.GetRequiredValue(files),
                    result.GetValue(trust),
                    result.GetValue(rpc),
                    result.GetValue(record),
                    result.GetValue(subjectKey),
                    result.GetRequiredValue(language),
                    cancellationToken);
            }

            foreach (Option<string?> option in new[] { trust, rpc, record, subjectKey })
            {
                NodeOptions.Refuse(result.GetValue(option) is not null, option.Name, "Without --node the file is verified here.");
            }

            return AskAsync(result, node, url, result.GetRequiredValue(files), result.GetRequiredValue(language), cancellationToken);
        });
        return verify;
    }

    private static async Task<int> AskAsync(ParseResult result, NodeOptions node, Uri url, string[] files, string language, CancellationToken cancellationToken)
    {
        VerificationTexts texts = FindTexts(language);
        List<string> paths = ListFiles(files);
        using NodeSession session = await node.ConnectAsync(result, url, cancellationToken);
        return await ShowAsync(new CommandOutput(result), paths, $"{url}v1/trust", texts, filesAtOnce: 1, (path, token) => NodeVerification.VerifyAsync(session.Client, path, token), cancellationToken);
    }

    private static async Task<int> RunAsync(
        ParseResult result,
        string[] files,
        string? trustPath,
        string? rpcUrl,
        string? recordPath,
        string? subjectKeyPath,
        string language,
        CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        VerificationTexts texts = FindTexts(language);
        VerificationOptions options = new()
        {
            Clock = TimeProvider.System,
            GivenRecord = recordPath is null ? null : ReadRecord(recordPath),
            SubjectKey = subjectKeyPath is null ? null : ReadSubjectKey(subjectKeyPath),
            Memory = new VerificationMemory(),
        };
        using HttpClient? httpClient = rpcUrl is null ? null : JsonRpcClient.CreateHttpClient();
        List<string> paths = ListFiles(files);
        string policyPath = trustPath ?? FindWorkspacePolicy(result);
        TrustPolicy policy = ReadPolicy(policyPath);
        EthereumClient? client = CreateClient(rpcUrl, httpClient, policy);

        // An endpoint is asked for one file at a time.
        return await ShowAsync(
            output,
            paths,
            policyPath,
            texts,
            client is null ? Environment.ProcessorCount : 1,
            (path, token) => VerifyAsync(output, path, policy, options, client, token),
            cancellationToken);
    }

    private static VerificationTexts FindTexts(string language) =>
        VerificationTexts.Find(language) ?? throw new InputException($"'{language}' is not a language: expected en or zh.");

    private static async Task<int> ShowAsync(
        CommandOutput output,
        List<string> paths,
        string policyPath,
        VerificationTexts texts,
        int filesAtOnce,
        Func<string, CancellationToken, Task<VerificationReport>> verifyAsync,
        CancellationToken cancellationToken)
    {
        List<JsonObject> json = [];
        HashSet<Verdict> verdicts = [];
        int done = 0;
        using (ProgressBar progress = ProgressBar.Start(output, "Verifying", paths.Count))
        {
            foreach (string[] group in paths.Chunk(FilesAtOnce))
            {
                VerificationReport[] reports = new VerificationReport[group.Length];
                await Parallel.ForAsync(
                    0,
                    group.Length,
                    new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = filesAtOnce },
                    async (i, token) => reports[i] = await verifyAsync(group[i], token));
                foreach ((string file, VerificationReport report) in group.Zip(reports))
                {
                    verdicts.Add(report.Verdict);
                    if (output.IsJson)
                    {
                        json.Add(ToJson(file, policyPath, report));
                    }
                    else if (paths.Count == 1 || report.Verdict != Verdict.Valid)
                    {
                        Write(output.Out, file, report, texts);
                    }
                    else
                    {
                        // Many files are a list of verdicts, one file is looked at; what is not valid is always explained.
                        output.Out.WriteLine($"{file}: {texts.Verdict(report.Verdict)}");
                    }
                }

                done += group.Length;
                progress.Report(done);
            }
        }

        if (output.IsJson)
        {
            output.Result(json.Count == 1 ? json[0] : new JsonArray([.. json]), _ => { });
        }
        else
        {
            output.Out.WriteLine(texts.Policy(policyPath));
        }

        return verdicts.Contains(Verdict.Invalid)
            ? ExitCode.VerificationFailed
            : verdicts.Contains(Verdict.Undecided) ? ExitCode.Undecided : ExitCode.Done;
    }

    private static List<string> ListFiles(string[] named)
    {
        List<string> paths = [];
        foreach (string path in named)
        {
            if (Directory.Exists(path))
            {
                string[] found = Directory.GetFiles(path, "*" + EvidenceCommands.FileSuffix);
                if (found.Length == 0)
                {
                    throw new InputException($"The folder '{path}' has no evidence files (*{EvidenceCommands.FileSuffix}). Nothing was verified.");
                }

                Array.Sort(found, StringComparer.Ordinal);
                paths.AddRange(found);
            }
            else if (File.Exists(path))
            {
                paths.Add(path);
            }
            else
            {
                throw new InputException($"The file '{path}' does not exist. Nothing was verified.");
            }
        }

        return paths;
    }

    private static async Task<VerificationReport> VerifyAsync(
        CommandOutput output,
        string path,
        TrustPolicy policy,
        VerificationOptions options,
        EthereumClient? client,
        CancellationToken cancellationToken)
    {
        using FileStream stream = InputFile.Open(path);
        byte[] bytes = InputFile.ReadUpTo(stream, EvidenceFile.MaxBytes + 1);
        VerificationReport report = EvidenceVerifier.Verify(bytes, policy, options);
        if (client is null || !EvidenceFile.TryParse(bytes, out EvidenceFile? file, out _))
        {
            return report;
        }

        try
        {
            HeaderLinks links = new(new LedgerHeaderSource(client), HeaderLinks.DefaultMaxHeaders);
            return EvidenceVerifier.Verify(file, policy, await links.FetchAsync(file, report, policy, options, cancellationToken));
        }
        catch (LedgerException e)
        {
            // The endpoint can help and can do nothing else: silent or lying, it hides neither the report nor a failed step.
            output.Note($"The endpoint was of no help. {e.Message}");
            return report;
        }
    }

    private static EthereumClient? CreateClient(string? rpcUrl, HttpClient? httpClient, TrustPolicy policy)
    {
        if (rpcUrl is null || httpClient is null)
        {
            return null;
        }

        return Uri.TryCreate(rpcUrl, UriKind.Absolute, out Uri? endpoint) && (endpoint.Scheme is "http" or "https")
            ? new EthereumClient(new JsonRpcClient(httpClient, endpoint, new JsonRpcOptions(), TimeProvider.System), policy.Consensus.HashRule)
            : throw new InputException($"'{RemoteAddress.WithoutUser(rpcUrl)}' is not a JSON-RPC address: expected http:// or https://.");
    }

    private static void Write(TextWriter text, string path, VerificationReport report, VerificationTexts texts)
    {
        text.WriteLine($"{path}: {texts.Verdict(report.Verdict)}");
        foreach (VerificationStep step in report.Steps)
        {
            string mark = step.Outcome switch
            {
                StepOutcome.Pass => "+",
                StepOutcome.Fail => "!",
                _ => "-",
            };
            text.WriteLine($"  {mark} {step.Code.ToText(),-13} {texts.Outcome(step.Outcome)}: {texts.Step(step.Code)}");
            if (step.Outcome != StepOutcome.Pass)
            {
                text.WriteLine($"      {texts.Reason(step.Reason)}{(step.Detail.Length > 0 ? $" ({step.Detail})" : "")}");
            }

            foreach (Comparison comparison in step.Comparisons)
            {
                text.WriteLine(comparison.IsEqual
                    ? $"      {texts.Value(comparison.Name)}: {Shorten(texts.Show(comparison.Name, comparison.Actual))}"
                    : $"      {texts.Value(comparison.Name)}: {texts.Show(comparison.Name, comparison.Expected)} ≠ {texts.Show(comparison.Name, comparison.Actual)}");
            }
        }

        if (report.Record is RecordFacts record)
        {
            text.WriteLine($"  {texts.Completeness(record)}");
            foreach (string name in record.NotCompared)
            {
                text.WriteLine($"  {texts.NotCompared(name)}");
            }

            foreach (Disclosure disclosure in record.Disclosed)
            {
                text.WriteLine($"    {disclosure.Name}: {System.Text.Encoding.UTF8.GetString(JsonText.WriteLine(disclosure.Value))}");
            }
        }

        if (report.Anchor is AnchorFacts anchor)
        {
            text.WriteLine($"  {texts.AnchoredAt(anchor)}");
        }

        if (report.Status is RepairStatus status)
        {
            text.WriteLine($"  {texts.AsOf(status)}");
        }
    }

    // Long equal values are shown by their ends; unequal ones in full, because there the difference matters.
    private static string Shorten(string value) => value.Length <= (2 * HashShown) + 1 ? value : $"{value[..HashShown]}…{value[^8..]}";

    private static JsonObject ToJson(string file, string policyPath, VerificationReport report) =>
        new([new JsonMember("file", new JsonString(file)), new JsonMember("trust", new JsonString(policyPath)), .. VerificationReportJson.Write(report).Members]);

    // Never a policy that lies beside the evidence: whoever sent the one could have made the other.
    private static string FindWorkspacePolicy(ParseResult result)
    {
        string path = Path.Combine(result.WorkspaceFolder(), "trust.json");
        return File.Exists(path)
            ? path
            : throw new InputException($"Name the trust policy with --trust: you get it from someone you trust, for example the regulator, and not together with the evidence. ('{path}' would be used without --trust, but does not exist.)");
    }

    /// <summary>Reads a trust policy.</summary>
    /// <exception cref="InputException">The file is none.</exception>
    public static TrustPolicy ReadPolicy(string path) =>
        TrustPolicy.TryParse(InputFile.Read(path, TrustPolicy.MaxBytes), out TrustPolicy? policy, out ParseProblem? problem)
            ? policy
            : throw new InputException($"'{path}' is not a trust policy. {problem}");

    private static CreditRecord ReadRecord(string path) =>
        CreditRecord.TryParse(InputFile.Read(path, JsonLimits.Record.MaxBytes), new RecordRules { AllowNaturalPersons = true }, out CreditRecord? record, out IReadOnlyList<RecordProblem> problems)
            ? record
            : throw new InputException($"'{path}' is not a valid record. {problems[0]}");

    private static Bytes32 ReadSubjectKey(string path)
    {
        string text = System.Text.Encoding.UTF8.GetString(InputFile.Read(path, 1024)).Trim();
        return Bytes32.TryParseHex(text, out Bytes32 key) ? key : throw new InputException($"'{path}' does not hold 0x and 64 lower-case hex digits.");
    }
}
