using System.Text;
using LedgerCredit.Cli.Commands.Repair;
using LedgerCredit.Client;
using LedgerCredit.Client.Models;

namespace LedgerCredit.Cli.Remote;

/// <summary>What a node's problems (RFC 9457) are to the caller of a command: words and an exit code.</summary>
internal static class NodeProblems
{
    private const int MaxIssuesShown = 10;

    /// <summary>The exit code that stands for a problem, as the same thing has it in a workspace here.</summary>
    public static int ExitCodeOf(LedgerCreditException problem) => problem switch
    {
        { Code: "store-damaged" } => ExitCode.VerificationFailed,

        // What an account may not do is refused as by the ledger; a key that is none is to be set up, like a workspace.
        { Code: "sign-in-refused" } => ExitCode.BadInput,
        { Status: 401 } => ExitCode.Configuration,
        { Code: "no-problem" } or { Status: 429 or >= 500 } => ExitCode.Undecided,
        _ => ExitCode.BadInput,
    };

    /// <summary>The problem in words, with what to do.</summary>
    public static string Explain(LedgerCreditException problem)
    {
        StringBuilder text = new(CaseScreen.Printable(problem.Message));
        foreach (RecordIssue issue in problem.Issues.Take(MaxIssuesShown))
        {
            text.Append('\n').Append("  ").Append(CaseScreen.Printable(issue.Path.Length == 0 ? issue.Message : $"{issue.Path}: {issue.Message}"));
        }

        text.Append(problem switch
        {
            { Code: "purpose-missing" } => " Say it with --purpose.",
            { Code: "sign-in-refused" } => "",
            { Status: 401 } => $" Give a key with --api-key-file or ${NodeOptions.KeyVariable}, or sign in with --sign-in NAME.",
            { Status: 429 or 503 } => " Run the command again; what was acknowledged is kept.",
            _ => "",
        });
        if (problem is { Status: >= 500, TraceId: string trace })
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $" Trace id {CaseScreen.Printable(trace)}.");
        }

        return text.ToString();
    }

    /// <summary>The words for a node that cannot be reached, or a line that broke.</summary>
    public static string ExplainBroken(Exception broken) =>
        $"The node does not answer: {broken.Message.TrimEnd('.')}. See whether it runs ('node run') and whether the address is right. What it acknowledged is kept; run the command again.";
}
