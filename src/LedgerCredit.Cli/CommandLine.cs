using System.CommandLine;
using System.CommandLine.Parsing;
using System.CommandLine.Help;
using System.Data.Common;
using System.Reflection;
using LedgerCredit.Cli.Commands;
using LedgerCredit.Cli.Commands.Bench;
using LedgerCredit.Cli.Commands.Repair;
using LedgerCredit.Cli.Remote;
using LedgerCredit.Client;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Log;
using LedgerCredit.Node.Devnets;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli;

/// <summary>The command tree, and the one place where failures become exit codes.</summary>
internal static class CommandLine
{
    /// <summary>The product's version.</summary>
    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    // An argument that begins with '@' is what it says, a record's id for example, and not the name of a file of arguments.
    private static ParserConfiguration Parsing { get; } = new() { ResponseFileTokenReplacer = null };

    /// <summary>Parses and runs a command.</summary>
    /// <param name="arguments">As given by the shell.</param>
    /// <param name="invocation">Where output and errors go.</param>
    /// <param name="openStandardInput">Opens standard input, for the commands that read it.</param>
    /// <param name="cancellationToken">Asks the command to stop where nothing is half done.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        string[] arguments,
        InvocationConfiguration invocation,
        Func<Stream> openStandardInput,
        CancellationToken cancellationToken)
    {
        // Failures become exit codes below, and signals a cancelled token in Program: the library's own handlers would end
        // the process in the middle of a group of records.
        invocation.EnableDefaultExceptionHandler = false;
        invocation.ProcessTerminationTimeout = null;
        TextWriter error = invocation.Error;
        ParseResult? result = null;
        try
        {
            result = CreateRoot(openStandardInput).Parse(arguments, Parsing);
            List<string> problems = [.. FindArgumentProblems(result)];

            // What was not understood explains what is missing, so it comes first.
            problems.AddRange(result.Errors.Select(e => e.Message).OrderBy(message => !message.StartsWith("Unrecognized", StringComparison.Ordinal)));
            if (problems.Count > 0)
            {
                foreach (string problem in problems.Select(ExplainNode))
                {
                    await error.WriteLineAsync(problem);
                }

                string command = string.Join(' ', PathOf(result.CommandResult.Command));
                await error.WriteLineAsync($"'{command} --help' shows how it is used.");
                return ExitCode.BadInput;
            }

            if (result.Action is HelpAction help)
            {
                help.MaxWidth = HelpText.Width();
            }

            return await result.InvokeAsync(invocation, cancellationToken);
        }
        catch (InputException e)
        {
            return await FailHereAsync(error, result, e.Message, ExitCode.BadInput);
        }
        catch (Exception e) when (e is WorkspaceException or StoreFormatException)
        {
            return await FailHereAsync(error, result, e.Message, ExitCode.Configuration);
        }
        catch (LogIntegrityException e)
        {
            return await FailAsync(error, e.Message, ExitCode.VerificationFailed);
        }
        catch (DbException e)
        {
            StoreFailure failure = StoreFailure.Classify(e);
            return await FailAsync(error, failure.Message, failure.Kind == StoreFailureKind.Bug ? ExitCode.Bug : ExitCode.Undecided);
        }
        catch (LedgerCreditException e)
        {
            return await FailAsync(error, NodeProblems.Explain(e), NodeProblems.ExitCodeOf(e));
        }
        catch (NodeAnswerException e)
        {
            return await FailAsync(error, e.Message, ExitCode.VerificationFailed);
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException or OperationCanceledException { InnerException: TimeoutException })
        {
            return await FailAsync(error, NodeProblems.ExplainBroken(e), ExitCode.Undecided);
        }
        catch (ContractRevertException e) when (GovernanceErrorText.Find(e.Error) is string refusal)
        {
            return await FailAsync(error, refusal, ExitCode.BadInput);
        }
        catch (Exception e) when (e is LedgerException or LedgerStalledException or DevnetException or ContractRevertException or IOException or UnauthorizedAccessException)
        {
            return await FailAsync(error, e.Message, ExitCode.Undecided);
        }
        catch (OperationCanceledException)
        {
            return await FailAsync(error, "Stopped. What was acknowledged is kept; run the command again to go on.", ExitCode.Undecided);
        }
#pragma warning disable CA1031 // The outermost handler: whatever arrives here is a bug and is reported as one.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await error.WriteLineAsync($"This is a bug of ledgercredit {Version}: {e.GetType().Name}: {e.Message}");
            await error.WriteLineAsync(e.StackTrace);
            return ExitCode.Bug;
        }
    }

    /// <summary>Makes the whole command tree.</summary>
    /// <param name="openStandardInput">Opens standard input, for the commands that read it.</param>
    public static RootCommand CreateRoot(Func<Stream> openStandardInput)
    {
        RootCommand root = new(
            """
            LedgerCredit makes credit records provable: it commits each record of an authority, anchors the commitments on a
            ledger in batches, and writes evidence files that prove offline that a record existed, unchanged, at that time.

            A first walk:  workspace init, devnet up, contracts deploy, member add, record import,
                           log anchor --wait, evidence create, evidence trust, evidence verify.
                           'scripts/demo.sh' does it for you.
            Exit codes:    0 done or valid, 1 verification failed, 2 usage, malformed input or a refusal,
                           3 undecided, remote or disk trouble, 4 configuration, 70 bug.
            """);
        root.Add(CommonOptions.Data);
        root.Add(CommonOptions.Json);
        root.Add(CommonOptions.PasswordFile);
        root.Add(WorkspaceCommands.Create());
        root.Add(DevnetCommands.Create());
        root.Add(ContractsCommands.Create());
        root.Add(MemberCommands.Create());
        root.Add(KeyCommands.Create());
        root.Add(RecordCommands.Create());
        root.Add(LogCommands.Create());
        root.Add(EvidenceCommands.Create());
        root.Add(RepairCommands.Create());
        root.Add(MerkleCommands.Create(openStandardInput));
        root.Add(NodeCommands.Create());
        root.Add(WitnessCommands.Create());
        root.Add(AccessCommands.Create());
        root.Add(HistoryCommands.CreateRating());
        root.Add(HistoryCommands.CreateSubject());
        root.Add(BenchCommands.Create());
        HelpText.Arrange(root);
        return root;
    }

    // An empty argument is an unset variable of a script, and a file that is named like an option a mistyped option.
    private static IEnumerable<string> FindArgumentProblems(ParseResult result)
    {
        foreach (Token token in result.Tokens.Where(token => token.Type == TokenType.Argument))
        {
            if (token.Value.Length == 0)
            {
                yield return "An argument is empty. Is a variable of your script unset?";
            }
            else if (token.Value.StartsWith("--", StringComparison.Ordinal))
            {
                yield return $"Unrecognized option '{token.Value}'. A file of that name is written './{token.Value}'.";
            }
        }
    }

    // Most options are unknown because they are mistyped; this one because the command has nothing to ask a node.
    private static string ExplainNode(string problem) => problem.Contains("'--node'", StringComparison.Ordinal)
        ? "Unrecognized option '--node': this command works here, and cannot be asked of a node."
        : problem;

    private static IEnumerable<string> PathOf(Command command)
    {
        Command? parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? ["ledgercredit"] : PathOf(parent).Append(command.Name);
    }

    // Who set the variable may have looked for something that the node has, and that is not here.
    private static async Task<int> FailHereAsync(TextWriter error, ParseResult? result, string message, int exitCode)
    {
        await FailAsync(error, message, exitCode);
        if (result is not null && NodeOptions.IgnoresVariable(result.CommandResult.Command))
        {
            await error.WriteLineAsync($"The node that ${NodeOptions.UrlVariable} names was not asked: '{string.Join(' ', PathOf(result.CommandResult.Command))}' works here only.");
        }

        return exitCode;
    }

    private static async Task<int> FailAsync(TextWriter error, string message, int exitCode)
    {
        await error.WriteLineAsync(message);
        return exitCode;
    }
}
