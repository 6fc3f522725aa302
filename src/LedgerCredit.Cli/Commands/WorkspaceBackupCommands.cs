using System.CommandLine;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>workspace backup | restore</c>.</summary>
internal static class WorkspaceBackupCommands
{
    private const string NotCompared = "The ledger was not asked.";

    /// <summary>Makes the command <c>workspace backup</c>.</summary>
    public static Command CreateBackup()
    {
        Argument<string> file = new("file") { Description = "The file to make, a tar archive. It must not exist yet." };
        Command backup = new(
            "backup",
            """
            Make one file of the whole workspace, of one moment, while 'node run' or an import goes on. It holds the
            configuration, the keys as they are here, the store, rule packs, repair packages, statements and kept materials; not the devnet.
            It is as secret as the workspace: records and their secrets are in it, and keep the password elsewhere.
            Make one after each 'log anchor': a log cannot go on from a state older than what the ledger has anchored.
            docs/backup.md says more. Exit code 1: the store is damaged, and no backup was made of it.
            """)
        {
            file,
        };
        backup.SetAction((result, cancellationToken) => BackupAsync(result, result.GetRequiredValue(file), cancellationToken));
        return backup;
    }

    /// <summary>Makes the command <c>workspace restore</c>.</summary>
    public static Command CreateRestore()
    {
        Argument<string> file = new("file") { Description = "A file of 'workspace backup'." };
        Option<bool> noAudit = new("--no-audit") { Description = "Do not recompute the records. Faster on a large store; 'log audit' does it later." };
        Command restore = new(
            "restore",
            """
            Make a workspace of a backup, in the folder of --data, which must be empty or new. Every byte is compared with
            the backup's hashes before the folder counts as a workspace; then the store is audited by itself. Exit code 1:
            the backup is damaged, and what is damaged is named; nothing is left behind. Or it is sound, but the audit of the
            records in it diverges; the workspace is there to look at. Never work in the old folder and the restored one: two
            copies of a log that both go on fork it.
            """)
        {
            file,
            noAudit,
        };
        restore.SetAction((result, cancellationToken) => RestoreAsync(result, result.GetRequiredValue(file), !result.GetValue(noAudit), cancellationToken));
        return restore;
    }

    private static async Task<int> BackupAsync(ParseResult result, string file, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        Workspace workspace = result.OpenWorkspace();
        string path = Path.GetFullPath(file);
        if (Path.Exists(path))
        {
            throw new InputException($"'{path}' exists. A backup never replaces a file: name a new one.");
        }

        WorkspaceBackupSummary summary;
        using (ProgressBar bar = ProgressBar.Start(output, "Backing up (MiB)", total: null))
        {
            summary = await WorkspaceBackup.CreateAsync(workspace, path, TimeProvider.System, new Progress(bar), cancellationToken);
        }

        output.Result(
            new JsonObject([new JsonMember("backup", new JsonString(path)), .. Members(summary), new JsonMember("leftOut", new JsonArray([.. summary.LeftOut.Select(name => new JsonString(name))]))]),
            text =>
            {
                text.WriteLine($"Made the backup {path}: {Describe(summary)}.");
                WriteLogs(text, summary);
                text.WriteLine("Keep it as secret as the workspace, on another machine. 'workspace restore' checks it.");
            });
        foreach (string name in summary.LeftOut)
        {
            output.Note($"Left out, because a workspace has no such file: {name}");
        }

        return ExitCode.Done;
    }

    private static async Task<int> RestoreAsync(ParseResult result, string file, bool isAudited, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        string folder = Path.GetFullPath(result.WorkspaceFolder());
        WorkspaceBackupSummary? summary;
        using (FileStream archive = InputFile.Open(file))
        {
            if (!archive.CanSeek)
            {
                throw new InputException($"'{file}' is no plain file. A backup is read from a file whose size is known.");
            }

            using ProgressBar bar = ProgressBar.Start(output, "Restoring (MiB)", total: archive.Length >> Progress.MebibyteShift);
            if (!WorkspaceRestore.TryRestore(archive, folder, new Progress(bar), out summary, out ParseProblem? problem, cancellationToken))
            {
                output.Note($"'{file}' is not a sound backup, and nothing was restored. {problem}");
                return ExitCode.VerificationFailed;
            }
        }

        Workspace workspace = Workspace.Open(folder);
        AuditReport? report = isAudited ? await AuditAsync(result, output, workspace, cancellationToken) : null;
        output.Result(
            new JsonObject(
            [
                new JsonMember("workspace", new JsonString(folder)),
                .. Members(summary),
                new JsonMember("audit", report is null ? new JsonNull() : AuditReportJson.Write(report)),
            ]),
            text => Write(text, folder, summary, report));
        return report?.Verdict == AuditVerdict.Diverges ? ExitCode.VerificationFailed : ExitCode.Done;
    }

    private static async Task<AuditReport> AuditAsync(ParseResult result, CommandOutput output, Workspace workspace, CancellationToken cancellationToken)
    {
        AuditKeys keys;
        try
        {
            keys = AuditKeys.Open(result.OpenKeys(workspace));
        }
        catch (Exception e) when (e is WorkspaceException or InputException)
        {
            throw new WorkspaceException($"Restored the workspace {workspace.Folder} as it was backed up, but its records could not be audited. {e.Message} Then run 'ledgercredit log audit'.");
        }

        using ProgressBar bar = ProgressBar.Start(output, "Auditing entries", total: null);
        return await LogAudit.RunAsync(workspace, workspace.LoadRulePacks(), keys, session: null, NotCompared, new AuditedEntries(bar), cancellationToken);
    }

    private static void Write(TextWriter text, string folder, WorkspaceBackupSummary summary, AuditReport? report)
    {
        text.WriteLine($"Restored the workspace {folder}: {Describe(summary)}. Every byte is as it was backed up.");
        WriteLogs(text, summary);
        foreach (AuditFinding finding in report?.Findings ?? [])
        {
            text.WriteLine($"DIVERGES: {LogAuditCommand.Describe(finding)}");
        }

        if (report is { Findings.Count: 0 })
        {
            text.WriteLine("The store is internally consistent: every record, entry, tile and checkpoint was recomputed.");
        }

        text.WriteLine(
            """
            Next, before anything else works in it:
              1. Make sure that nothing works in the old folder any more.
              2. ledgercredit log status: where the ledger is ahead of the store, take a newer backup. This one cannot go on.
              3. ledgercredit log audit: compare the store with the ledger.
            Records that were acknowledged after the backup are not here. Records that were erased after it are here again:
            erase them again. docs/backup.md says more.
            """);
    }

    private static void WriteLogs(TextWriter text, WorkspaceBackupSummary summary)
    {
        foreach (WorkspaceBackupLog log in summary.Logs)
        {
            text.WriteLine($"  {log.Issuer}: {log.Entries} entries");
        }
    }

    private static string Describe(WorkspaceBackupSummary summary) =>
        $"{summary.Files} files, {summary.Bytes} bytes, as of {UtcTime.Format(summary.CreatedAt)}";

    private static IEnumerable<JsonMember> Members(WorkspaceBackupSummary summary) =>
    [
        new("createdAt", new JsonString(UtcTime.Format(summary.CreatedAt))),
        new("files", new JsonNumber(summary.Files)),
        new("bytes", new JsonNumber(summary.Bytes)),
        new("logs", new JsonArray([.. summary.Logs.Select(log => new JsonObject(
            new JsonMember("issuer", new JsonString(log.Issuer)),
            new JsonMember("entries", new JsonNumber(checked((long)log.Entries)))))])),
    ];

    private sealed class Progress(ProgressBar bar) : IProgress<long>
    {
        public const int MebibyteShift = 20;

        private long _bytes;

        public void Report(long value)
        {
            _bytes += value;
            bar.Report(_bytes >> MebibyteShift);
        }
    }

    private sealed class AuditedEntries(ProgressBar bar) : IProgress<AuditProgress>
    {
        public void Report(AuditProgress value) => bar.Report((long)value.Entries, (long)value.Total);
    }
}
