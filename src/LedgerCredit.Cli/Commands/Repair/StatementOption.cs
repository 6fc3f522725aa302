using System.CommandLine;
using System.Security.Cryptography;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Primitives;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>A statement that goes with a step: a text on the command line, or a file.</summary>
/// <remarks>The ledger has its salted digest alone; salt and text are kept in the workspace before anything is sent.</remarks>
internal sealed class StatementOption
{
    private readonly string _name;

    /// <summary>Makes <c>--name TEXT</c> and <c>--name-file FILE</c>.</summary>
    /// <param name="name">For example <c>reasons</c>.</param>
    /// <param name="what">What it is, for the help: <c>The reasons</c>.</param>
    public StatementOption(string name, string what)
    {
        _name = name;
        Text = new Option<string?>($"--{name}") { Description = $"{what}, at most {StatementStore.MaxText} characters. The ledger has a salted digest of it, nothing else.", HelpName = "TEXT" };
        File = new Option<string?>($"--{name}-file") { Description = $"{what}, as a file, which you keep.", HelpName = "FILE" };
    }

    /// <summary>The text.</summary>
    public Option<string?> Text { get; }

    /// <summary>The file.</summary>
    public Option<string?> File { get; }

    /// <summary>Whether the command has one.</summary>
    public bool IsGiven(ParseResult result) => result.GetValue(Text) is not null || result.GetValue(File) is not null;

    /// <summary>Adds the options to a command; commands without a statement, or with two, are refused.</summary>
    public void AddTo(Command command) => AddTo(command, isRequired: true);

    /// <summary>Adds the options to a command; commands with two statements are refused.</summary>
    public void AddOptionalTo(Command command) => AddTo(command, isRequired: false);

    /// <summary>Keeps the statement durably, before anything is sent.</summary>
    /// <exception cref="InputException">The text is too long, or the file missing or empty.</exception>
    public Statement Keep(ParseResult result, StatementStore store)
    {
        if (result.GetValue(File) is string path)
        {
            return store.KeepFile(HashOf(path));
        }

        string text = result.GetRequiredValue(Text)!;
        return text.Length <= StatementStore.MaxText
            ? store.KeepText(text)
            : throw new InputException($"--{_name} has {text.Length} characters: expected at most {StatementStore.MaxText}. Longer ones are given as a file, with --{_name}-file.");
    }

    private void AddTo(Command command, bool isRequired)
    {
        command.Add(Text);
        command.Add(File);
        command.Validators.Add(result =>
        {
            bool hasText = result.GetResult(Text) is not null;
            bool hasFile = result.GetResult(File) is not null;
            if (hasText && hasFile)
            {
                result.AddError($"Give --{_name} or --{_name}-file, not both.");
            }
            else if (isRequired && !hasText && !hasFile)
            {
                result.AddError($"Give --{_name} TEXT or --{_name}-file FILE.");
            }
        });
    }

    private static Bytes32 HashOf(string path)
    {
        using FileStream file = InputFile.Open(path);
        Bytes32 hash = Bytes32.FromBytes(SHA256.HashData(file));

        // The length of a pipe is not known, but what an empty file hashes to is.
        return hash != Sha256.Hash([]) ? hash : throw new InputException($"The file '{path}' is empty.");
    }
}
