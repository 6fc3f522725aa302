using System.CommandLine;
using LedgerCredit.Cli.Remote;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Import;
using LedgerCredit.Node.Ingest;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>record import</c>.</summary>
internal static class RecordImportCommand
{
    // Without --reject, so many rejected rows are told on standard error before the rest is only counted.
    private const int RejectsShown = 5;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string[]> files = new("FILE") { Description = "Files to import.", Arity = ArgumentArity.OneOrMore };
        Option<string?> format = new("--format")
        {
            Description = "ndjson, cf, worldbank, ebrd, ofac or ratings (docs/import.md). Default: by the file's beginning.",
            HelpName = "F",
        };
        Option<string?> issuer = new("--issuer") { Description = "The member whose records these are. Needed for cf; else the format's own, or each row's.", HelpName = "S" };
        Option<string?> issuedAt = new("--issued-at") { Description = "The time of issue for files that state none (needed for ofac), RFC 3339.", HelpName = "T" };
        Option<string?> rulePack = new("--rule-pack") { Description = "The rule pack that the authority names for all rows of a cf file. Default: by authority and date.", HelpName = "ID" };
        Option<string?> reject = new("--reject") { Description = "Write a line of JSON for each rejected row to this file.", HelpName = "FILE" };
        Option<string?> receipts = new("--receipts") { Description = "Write the acknowledgement of each record (index, leaf hash, checkpoint) to this file.", HelpName = "FILE" };
        Command import = new(
            "import",
            """
            Commit records from files and append them to the logs of their issuers. Rows that cannot be a record are
            rejected with a reason; the numbers add up: read = imported + already there + rejected. Importing a file
            again adds nothing that is there already, so an interrupted import is completed by running it again.
            With --node the rows are made records here and written through the node's API, under the scope records:write.
            """)
        {
            files,
            format,
            issuer,
            issuedAt,
            rulePack,
            reject,
            receipts,
        };
        NodeOptions node = NodeOptions.AddTo(import, readsRecords: false);
        import.SetAction(async (result, cancellationToken) =>
        {
            Uri? url = node.FindUrl(result);

            // A node decides by its own rules about what is sent to it. But that a row of a list may be about a natural person shows in its columns
            // alone, which the node never sees: without a workspace that allows them, none leaves this machine.
            Workspace? workspace = url is null ? result.OpenWorkspace() : null;
            ImportOptions options = new()
            {
                Issuer = result.GetValue(issuer),
                IssuedAt = result.GetValue(issuedAt),
                RulePack = result.GetValue(rulePack),
                RulePacks = workspace?.LoadRulePacks() ?? RulePackCatalog.Shipped,
                Rules = workspace?.Config.Rules ?? RecordRules.Default,
            };
            List<(string Path, ImportFormat Format)> inputs = FindInputs(result.GetRequiredValue(files), result.GetValue(format), options);
            if (workspace is not null)
            {
                if (options.Issuer is string named && workspace.Config.FindMember(named) is null)
                {
                    throw new WorkspaceException($"'{named}' has no log in '{workspace.Folder}'. Add it first: ledgercredit member add {named} --role authority (or --role agency for a rating agency).");
                }

                using Store store = workspace.OpenStore(StoreAccess.Write);
                using RecordIngest ingest = new(workspace, store, result.OpenKeys(workspace), workspace.LoadRulePacks());
                using Listener listener = NewListener();
                return await RunAsync(result, inputs, options, listener, batches => Task.FromResult(ingest.Ingest(batches, listener, cancellationToken)));
            }

            using NodeSession session = await node.ConnectAsync(result, url!, cancellationToken);
            NodeIngest remote = new(session.Client);
            using Listener remoteListener = NewListener();
            return await RunAsync(result, inputs, options, remoteListener, batches => remote.IngestAsync(batches, remoteListener, cancellationToken));

            Listener NewListener() => new(new CommandOutput(result), result.GetValue(reject), result.GetValue(receipts));
        });
        return import;
    }

    // Everything that the command line can get wrong is found before the first row is read.
    private static List<(string Path, ImportFormat Format)> FindInputs(string[] files, string? format, ImportOptions options)
    {
        List<(string Path, ImportFormat Format)> inputs = [.. files.Select(file => (file, FormatOf(file, format)))];
        foreach ((string path, ImportFormat inputFormat) in inputs)
        {
            using FileStream probe = InputFile.Open(path);
            if (!RecordImport.TryCreate(inputFormat, options, out _, out ParseProblem? problem))
            {
                throw new InputException($"{problem}");
            }
        }

        return inputs;
    }

    private static async Task<int> RunAsync(
        ParseResult result,
        List<(string Path, ImportFormat Format)> inputs,
        ImportOptions options,
        Listener listener,
        Func<IEnumerable<ImportBatch>, Task<IngestSummary>> ingestAsync)
    {
        CommandOutput output = new(result);
        List<(string Path, IngestSummary Summary)> summaries = [];
        foreach ((string path, ImportFormat inputFormat) in inputs)
        {
            listener.FileName = Path.GetFileName(path);
            RecordImport.TryCreate(inputFormat, options, out RecordImport? import, out _);
            using FileStream file = InputFile.Open(path);
            using ProgressBar progress = ProgressBar.Start(output, $"Importing {listener.FileName}", file.CanSeek ? file.Length : null);
            using CountingStream counted = new(file, progress.Report);
            summaries.Add((path, await ingestAsync(import!.ReadBatches(counted))));
        }

        listener.Finish();
        Show(output, summaries);
        IngestSummary? stopped = summaries.Select(s => s.Summary).FirstOrDefault(s => s.Stopped is not null);
        if (stopped is not null)
        {
            output.Note($"The rest of the file was not read. {stopped.Stopped}");
            return ExitCode.BadInput;
        }

        // A file of which nothing could be used is most likely not what it was said to be.
        return summaries.Any(s => s.Summary.Read > 0 && s.Summary.Rejected == s.Summary.Read) ? ExitCode.BadInput : ExitCode.Done;
    }

    private static ImportFormat FormatOf(string path, string? name)
    {
        if (name is not null)
        {
            return ImportFormats.TryParse(name, out ImportFormat format)
                ? format
                : throw new InputException($"'{name}' is not a format: expected {string.Join(", ", ImportFormats.All.Select(f => f.ToName()))}.");
        }

        using FileStream file = InputFile.Open(path);
        return ImportFormatDetector.TryDetect(InputFile.ReadUpTo(file, ImportFormatDetector.HeadBytes), out ImportFormat detected)
            ? detected
            : throw new InputException($"The format of '{path}' is not clear. Say it with --format: {string.Join(", ", ImportFormats.All.Select(f => f.ToName()))}.");
    }

    private static void Show(CommandOutput output, List<(string Path, IngestSummary Summary)> summaries)
    {
        IngestSummary total = summaries.Select(s => s.Summary).Aggregate(
            IngestSummary.Empty,
            (sum, s) => new IngestSummary(sum.Read + s.Read, sum.Imported + s.Imported, sum.AlreadyThere + s.AlreadyThere, sum.Rejected + s.Rejected, sum.Warnings + s.Warnings, sum.Stopped ?? s.Stopped));
        output.Result(
            new JsonObject([
                .. Members(total),
                new JsonMember("files", new JsonArray([.. summaries.Select(s => new JsonObject([new JsonMember("file", new JsonString(s.Path)), .. Members(s.Summary)]))])),
            ]),
            text =>
            {
                CommandOutput.Table(
                    text,
                    ["file", "read", "imported", "already there", "rejected", "warnings"],
                    [
                        .. summaries.Select(s => Row(Path.GetFileName(s.Path), s.Summary)),
                        .. summaries.Count > 1 ? [Row("total", total)] : Array.Empty<IReadOnlyList<string>>(),
                    ]);
            });
    }

    private static IReadOnlyList<string> Row(string name, IngestSummary s) =>
        [name, Text(s.Read), Text(s.Imported), Text(s.AlreadyThere), Text(s.Rejected), Text(s.Warnings)];

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<JsonMember> Members(IngestSummary s) =>
    [
        new("read", new JsonNumber(s.Read)),
        new("imported", new JsonNumber(s.Imported)),
        new("alreadyThere", new JsonNumber(s.AlreadyThere)),
        new("rejected", new JsonNumber(s.Rejected)),
        new("warnings", new JsonNumber(s.Warnings)),
    ];

    private sealed class Listener(CommandOutput output, string? rejectPath, string? receiptsPath) : IIngestListener, IDisposable
    {
        private readonly FileStream? _rejects = rejectPath is null ? null : File.Create(rejectPath);
        private readonly FileStream? _receipts = receiptsPath is null ? null : File.Create(receiptsPath);
        private readonly Dictionary<string, long> _unshown = new(StringComparer.Ordinal);
        private long _shown;
        private long _warnings;

        public string FileName { get; set; } = "";

        public void OnRejected(RowPlace row, RejectReason reason)
        {
            if (_rejects is not null)
            {
                _rejects.Write(RejectLine.Encode(FileName, row.RowNumber, row.LineNumber, reason));
            }
            else if (_shown++ < RejectsShown)
            {
                output.Note($"{FileName}, row {row.RowNumber} (line {row.LineNumber}): {reason.Message}");
            }
            else
            {
                _unshown[reason.Code] = _unshown.GetValueOrDefault(reason.Code) + 1;
            }
        }

        public void OnAcknowledged(RowPlace row, AppendResult result, RecordAcknowledgement acknowledgement)
        {
            if (_receipts is null)
            {
                return;
            }

            _receipts.Write(JsonText.WriteLine(new JsonObject(
                new JsonMember("file", new JsonString(FileName)),
                new JsonMember("row", new JsonNumber(row.RowNumber)),
                new JsonMember("result", new JsonString(result == AppendResult.Added ? "imported" : "already-there")),
                new JsonMember("origin", new JsonString(acknowledgement.Origin)),
                new JsonMember("leafIndex", new JsonNumber(checked((long)acknowledgement.LeafIndex))),
                new JsonMember("leafHash", new JsonString(acknowledgement.LeafHash.ToString())),
                new JsonMember("checkpoint", new JsonString(acknowledgement.Checkpoint)))));
            _receipts.WriteByte((byte)'\n');
        }

        public void OnWarning(RowPlace row, string message)
        {
            if (_warnings++ < RejectsShown)
            {
                output.Note($"{FileName}, row {row.RowNumber} (line {row.LineNumber}): warning: {message}");
            }
        }

        /// <summary>Says what was only counted, and makes the files durable.</summary>
        public void Finish()
        {
            _rejects?.Flush(flushToDisk: true);
            _receipts?.Flush(flushToDisk: true);
            if (_warnings > RejectsShown)
            {
                output.Note($"and {_warnings - RejectsShown} more warnings.");
            }

            if (_unshown.Count > 0)
            {
                string counts = string.Join(", ", _unshown.OrderByDescending(c => c.Value).Select(c => $"{c.Key} {c.Value}"));
                output.Note($"and more rejected rows: {counts}. --reject FILE lists every rejected row with its reason.");
            }
        }

        public void Dispose()
        {
            _rejects?.Dispose();
            _receipts?.Dispose();
        }
    }
}
