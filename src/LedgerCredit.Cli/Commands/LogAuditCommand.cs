using System.CommandLine;
using System.Globalization;
using LedgerCredit.Cli.Commands.Repair;
using LedgerCredit.Cli.Remote;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>log audit</c>.</summary>
internal static class LogAuditCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string?> rpc = new("--rpc") { Description = "Ask this endpoint of the ledger instead of the configured one: an auditor brings their own.", HelpName = "URL" };
        Command audit = new(
            "audit",
            """
            Recompute everything from the first record: each record against its digest, each entry, the tree, every tile,
            every checkpoint, every anchor on the ledger, every derived table. Names the first thing that diverges and what
            was altered. Exit code 0: all is as it was committed. 1: something diverges. 3: internally consistent, but there
            was no ledger to compare with, and a store that was rewritten as a whole would look the same. With --node the node
            audits its own store, under the scope audit: an auditor who does not trust it audits a copy.
            """)
        {
            rpc,
        };
        NodeOptions node = NodeOptions.AddTo(audit, readsRecords: false);
        audit.SetAction((result, cancellationToken) =>
        {
            if (node.FindUrl(result) is not Uri url)
            {
                return RunAsync(result, result.GetValue(rpc), cancellationToken);
            }

            NodeOptions.Refuse(result.GetValue(rpc) is not null, "--rpc", "The node asks its own endpoint.");
            return AskAsync(result, node, url, cancellationToken);
        });
        return audit;
    }

    private static async Task<int> AskAsync(ParseResult result, NodeOptions node, Uri url, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        using NodeSession session = await node.ConnectAsync(result, url, cancellationToken);
        AuditReport? report;
        string? why;
        using (ProgressBar bar = ProgressBar.Start(output, "Auditing entries", null))
        {
            (report, why) = await NodeAudit.RunAsync(session.Client, bar.Report, cancellationToken);
        }

        if (report is not null)
        {
            return Show(output, report);
        }

        output.Note(CaseScreen.Printable(why!));
        return ExitCode.Undecided;
    }

    private static async Task<int> RunAsync(ParseResult result, string? rpcUrl, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        Workspace workspace = result.OpenWorkspace();
        AuditKeys keys = AuditKeys.Open(result.OpenKeys(workspace));
        (LedgerSession? session, string? why) = await LedgerAccess.TryConnectAsync(workspace, rpcUrl, cancellationToken);
        using LedgerSession? owned = session;
        AuditReport report;
        using (ProgressBar bar = ProgressBar.Start(output, "Auditing entries", null))
        {
            report = await LogAudit.RunAsync(
                workspace,
                workspace.LoadRulePacks(),
                keys,
                session,
                why,
                new Progress(bar),
                cancellationToken);
        }

        return Show(output, report);
    }

    private static int Show(CommandOutput output, AuditReport report)
    {
        output.Result(AuditReportJson.Write(report), text => Write(text, report));
        return report.Verdict switch
        {
            AuditVerdict.Sound => ExitCode.Done,
            AuditVerdict.Diverges => ExitCode.VerificationFailed,
            _ => ExitCode.Undecided,
        };
    }

    private static void Write(TextWriter text, AuditReport report)
    {
        if (report.Findings.Count > 0)
        {
            text.WriteLine($"DIVERGES: {Describe(report.Findings[0])}");
            foreach (AuditFinding finding in report.Findings.Skip(1))
            {
                text.WriteLine($"  and: {Describe(finding)}");
            }

            if (report.Findings.Count == LogAudit.MaxFindings)
            {
                text.WriteLine($"  Only the first {LogAudit.MaxFindings} findings are listed.");
            }
        }

        foreach (AuditedLog log in report.Logs)
        {
            text.WriteLine($"{log.Origin}: entries {log.Entries}, checkpoints {log.Checkpoints}, root {log.RootHash}");
            foreach (AuditedAnchor anchor in log.Anchors)
            {
                text.WriteLine($"  anchor of {anchor.TreeSize} entries: {Describe(anchor)}");
            }

            foreach (ErasedEntry erased in log.Erased)
            {
                text.WriteLine($"  entry {erased.LeafIndex}: erased {Time(erased.ErasedAt)} with a signed statement{(erased.Reason.Length > 0 ? $": {erased.Reason}" : "")}");
            }
        }

        switch (report.Verdict)
        {
            case AuditVerdict.Sound:
                text.WriteLine("SOUND: everything is as it was committed, and the ledger agrees.");
                break;
            case AuditVerdict.NotCompared:
                text.WriteLine($"Internally consistent, not compared with the ledger. {report.NotComparedBecause}");
                break;
        }
    }

    /// <summary>A finding for people.</summary>
    public static string Describe(AuditFinding finding)
    {
        string place = finding.LeafIndex is ulong index
            ? $"{finding.Issuer}, entry {index.ToString(CultureInfo.InvariantCulture)}: "
            : finding.Issuer is null ? "" : $"{finding.Issuer}: ";
        return $"{place}{finding.Message} [{finding.Code}]";
    }

    private static string Describe(AuditedAnchor anchor) => anchor.Standing switch
    {
        AnchorStanding.OnLedger => $"on the ledger, shown as of block {anchor.Block}",
        AnchorStanding.InFlight => "in flight, not on the ledger yet",
        AnchorStanding.NotCompared => $"shown as of block {anchor.Block} by its stored proof; the ledger was not asked",
        _ => "DIVERGES",
    };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private sealed class Progress(ProgressBar bar) : IProgress<AuditProgress>
    {
        public void Report(AuditProgress value) => bar.Report((long)value.Entries, (long)value.Total);
    }
}
