using System.CommandLine;
using LedgerCredit.Cli.Remote;
using LedgerCredit.Client.Models;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.EvidenceFiles;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>evidence create</c>.</summary>
internal static class EvidenceCreateCommand
{
    // Read one after the other, then made, verified and written on all cores: bounds the files that are held.
    private const int FilesAtOnce = 256;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string[]> ids = new("ID") { Description = "Ids of records. With --all: none.", Arity = ArgumentArity.ZeroOrMore };
        RecordSelector selector = new();
        Option<string?> outputPath = new("-o", "--output")
        {
            Description = "The file to write; with several records or --all a folder. Default: <issuer>-<kind>-<index>.evidence.json here, or the folder 'evidence' of the workspace.",
            HelpName = "F",
        };
        Option<bool> all = new("--all") { Description = "Make a file for every anchored record." };
        Option<string?> disclose = EvidenceCommands.DiscloseOption();
        disclose.Description += " Default: all.";
        Option<bool> keepTerms = EvidenceCommands.KeepTermsOption();
        Option<bool> status = new("--status") { Description = "Prove the repair status of sanctions as well, as of the ledger's newest final block." };
        Option<bool> witnessed = new("--witnessed") { Description = "Put the cosignatures of the configured witnesses in. Only policies with witnesses ('evidence trust --witnesses') accept such a file." };
        Command create = new(
            "create",
            """
            Write the evidence file of a record: what anyone needs to prove offline that it existed, unchanged, when it was
            anchored. Exit code 3 while the record is not anchored. The verifier also needs a trust policy: 'evidence trust'.
            With --node the file shows what the caller may see of the record.
            """)
        {
            ids,
            selector.Issuer,
            selector.Kind,
            outputPath,
            all,
            disclose,
            keepTerms,
            status,
            witnessed,
        };
        NodeOptions node = NodeOptions.AddTo(create, readsRecords: true);
        Option<bool> wait = new("--wait") { Description = "With --node: wait until the records are anchored, and ask as often as the node says." };
        create.Add(wait);
        create.SetAction((result, cancellationToken) =>
        {
            Request request = new(
                selector,
                result.GetValue(ids) ?? [],
                result.GetValue(all),
                result.GetValue(outputPath),
                result.GetValue(disclose),
                result.GetValue(keepTerms),
                result.GetValue(status),
                result.GetValue(witnessed));
            if (request.All == request.Ids.Length > 0)
            {
                throw new InputException("Name the records by their ids, or ask for all with --all.");
            }

            return node.FindUrl(result) is Uri url
                ? AskAsync(result, node, url, request, result.GetValue(wait), cancellationToken)
                : result.GetValue(wait)
                    ? throw new InputException("--wait is for a node, which anchors by itself. Here 'ledgercredit log anchor --wait' does it.")
                    : RunAsync(result, request, cancellationToken);
        });
        return create;
    }

    private static async Task<int> AskAsync(ParseResult result, NodeOptions node, Uri url, Request request, bool wait, CancellationToken cancellationToken)
    {
        NodeOptions.Refuse(request.All && request.Selector.IsKindGiven(result), "--all with --kind", "Each record that is looked at is logged as read: ask for all, or name the records.");
        CommandOutput output = new(result);
        using NodeSession session = await node.ConnectAsync(result, url, cancellationToken);
        NodeEvidence evidence = new(session, wait, output) { Contents = new EvidenceContents(request.Witnessed, request.Status) };
        IReadOnlyList<NodeRecord> wanted = request.All
            ? await evidence.FindAllAsync(request.Selector.IssuerOf(result), cancellationToken)
            : await evidence.FindAsync(request.Ids, request.Selector.IssuerOf(result), request.Selector.ReadKind(result), cancellationToken);
        bool toFolder = request.All || request.Ids.Length > 1;
        List<string> written = [];
        using ProgressBar progress = ProgressBar.Start(output, "Writing evidence", wanted.Count);
        int asked = 0;
        foreach (NodeRecord record in wanted)
        {
            if (await evidence.FetchAsync(record, mayBeMissing: request.All, cancellationToken) is EvidenceFile file)
            {
                string name = NameOf(record.Issuer, file, checked((ulong)record.LeafIndex));
                string path = toFolder ? Path.Combine(request.OutputPath ?? "evidence", name) : request.OutputPath ?? name;
                EvidenceCommands.Write(path, request.Disclose is null ? file : EvidenceCommands.Redact(file, request.Disclose, request.KeepTerms));
                written.Add(path);
            }

            // Of all that are asked for, also those that are not anchored or that the caller does not see.
            progress.Report(++asked);
        }

        Report(output, written, evidence.NotAnchored);
        if (evidence.NotAnchored == 0)
        {
            return ExitCode.Done;
        }

        output.Note($"{evidence.NotAnchored} records are {(request.Witnessed ? "under no anchor yet that a witness cosigned" : "not anchored yet")}: ask again in {evidence.RetryAfterSeconds} seconds, or wait with --wait.");
        return ExitCode.Undecided;
    }

    private static void Report(CommandOutput output, List<string> written, long notAnchored) => output.Result(
        new JsonObject(
            new JsonMember("written", new JsonNumber(written.Count)),
            new JsonMember("notAnchored", new JsonNumber(notAnchored)),
            new JsonMember("files", new JsonArray([.. written.Select(path => new JsonString(path))]))),
        text => text.WriteLine(written.Count == 1 ? $"Wrote {written[0]}" : $"Wrote {written.Count} evidence files{(written.Count > 0 ? $" to {Path.GetDirectoryName(written[0])}" : "")}."));

    private static string NameOf(string issuer, EvidenceFile file, ulong leafIndex) =>
        FormattableString.Invariant($"{issuer}-{file.Record.Kind}-{leafIndex}{EvidenceCommands.FileSuffix}");

    private static async Task<int> RunAsync(ParseResult result, Request request, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        Workspace workspace = result.OpenWorkspace();
        if (request.Witnessed && workspace.Config.Witnesses.Count == 0)
        {
            throw new WorkspaceException("This workspace has no witnesses, so that nothing is cosigned. Add one with 'ledgercredit witness add'.");
        }

        using Store store = workspace.OpenStore(StoreAccess.Read);
        using StoreTransaction snapshot = store.BeginRead();
        using LedgerSession? session = request.Status
            ? await LedgerSession.ConnectAsync(workspace, rpcUrl: null, TimeProvider.System, cancellationToken)
            : null;
        Writer writer = new(result, request, workspace, store, session);
        IEnumerable<(StoredLog Log, LogPosition Position)> wanted = request.All
            ? AllRecords(result, request.Selector, store)
            : request.Ids.Select(id => request.Selector.Find(result, store, id)).Select(found => (found.Log, found.Position));
        using ProgressBar progress = ProgressBar.Start(output, "Writing evidence", null);
        foreach ((StoredLog, LogPosition)[] group in wanted.Chunk(session is null ? FilesAtOnce : StatusProver.MaxSanctions))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await writer.WriteAsync(group, cancellationToken);
            progress.Report(writer.Written.Count);
        }

        Report(output, writer.Written, writer.NotAnchored);
        if (writer.NotAnchored > 0)
        {
            output.Note(request.Witnessed
                ? $"{writer.NotAnchored} records are under no anchor yet that a witness cosigned: 'ledgercredit log anchor --wait' asks the witnesses and brings them onto the ledger."
                : $"{writer.NotAnchored} records are not anchored yet: 'ledgercredit log anchor --wait' brings them onto the ledger.");
            return ExitCode.Undecided;
        }

        return ExitCode.Done;
    }

    private static IEnumerable<(StoredLog Log, LogPosition Position)> AllRecords(ParseResult result, RecordSelector selector, Store store)
    {
        // Nothing of the access log stands in an evidence file.
        foreach (StoredLog log in selector.FindLogs(result, store).Where(log => log.Issuer != RecordKinds.AccessIssuer))
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

    private sealed record Request(RecordSelector Selector, string[] Ids, bool All, string? OutputPath, string? Disclose, bool KeepTerms, bool Status, bool Witnessed);

    private sealed class Writer(ParseResult result, Request request, Workspace workspace, Store store, LedgerSession? session)
    {
        private readonly RulePackCatalog _packs = workspace.LoadRulePacks();
        private readonly VerificationOptions _verification = new() { Clock = TimeProvider.System, Memory = new VerificationMemory() };
        private readonly bool _toFolder = request.All || request.Ids.Length > 1;
        private EvidenceBuilder? _builder;
        private TrustPolicy? _policy;

        public List<string> Written { get; } = [];

        public long NotAnchored { get; private set; }

        public async Task WriteAsync((StoredLog Log, LogPosition Position)[] group, CancellationToken cancellationToken)
        {
            _builder ??= new EvidenceBuilder(workspace, store, _packs, result.OpenKeys(workspace).OpenSubjectKey(), request.Witnessed);
            _policy ??= TrustBuilder.Build(workspace, store, _packs, witnessesRequired: request.Witnessed ? 1 : 0);
            List<(StoredLog Log, LogPosition Position, EvidenceMaterial Material)> read = [];
            foreach ((StoredLog log, LogPosition position) in group)
            {
                if (_builder.TryRead(log, position) is EvidenceMaterial material)
                {
                    read.Add((log, position, material));
                }
                else
                {
                    NotAnchored++;
                }
            }

            EvidenceFile[] made = new EvidenceFile[read.Count];
            EvidenceBuilder builder = _builder;
            await OnAllCoresAsync(read.Count, i => made[i] = builder.Build(read[i].Material), cancellationToken);
            IReadOnlyList<EvidenceFile> files = made;
            TrustPolicy policy = _policy;
            if (session is not null)
            {
                files = await StatusAttacher.AttachAsync(workspace, session, made, cancellationToken);
                policy = StatusAttacher.Pin(policy, files);
            }

            string[] paths = [.. read.Zip(files, (item, file) => PathOf(item.Log, item.Position, file))];
            await OnAllCoresAsync(
                read.Count,
                i =>
                {
                    RequireSound(files[i], policy, read[i].Log, read[i].Position);
                    EvidenceCommands.Write(paths[i], request.Disclose is null ? files[i] : EvidenceCommands.Redact(files[i], request.Disclose, request.KeepTerms));
                },
                cancellationToken);
            Written.AddRange(paths);
        }

        private static Task OnAllCoresAsync(int count, Action<int> action, CancellationToken cancellationToken) =>
            Parallel.ForAsync(
                0,
                count,
                new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount },
                (i, _) =>
                {
                    action(i);
                    return ValueTask.CompletedTask;
                });

        private string PathOf(StoredLog log, LogPosition position, EvidenceFile file)
        {
            string name = NameOf(log.Issuer, file, position.LeafIndex);
            return _toFolder ? Path.Combine(request.OutputPath ?? Path.Combine(workspace.Folder, "evidence"), name) : request.OutputPath ?? name;
        }

        // What is handed out must verify. A store that was altered makes no evidence that would look like the holder's forgery.
        private void RequireSound(EvidenceFile file, TrustPolicy policy, StoredLog log, LogPosition position)
        {
            VerificationReport report = EvidenceVerifier.Verify(file, policy, _verification);
            VerificationStep? failed = report.Steps.FirstOrDefault(step => step.Outcome == StepOutcome.Fail);
            if (failed is not null)
            {
                throw new LogIntegrityException($"The evidence of entry {position.LeafIndex} of log '{log.Origin}' would not verify (step {failed.Code.ToText()}): the store was altered. Nothing was written for it; run 'ledgercredit log audit'.");
            }
        }
    }
}
