using System.CommandLine;
using LedgerCredit.Node.Workspaces;

namespace LedgerCredit.Cli;

/// <summary>Options that every command takes.</summary>
internal static class CommonOptions
{
    private const string DataVariable = "LEDGERCREDIT_DATA";
    private const string DefaultFolder = "ledgercredit-data";

    /// <summary>The workspace.</summary>
    public static Option<string?> Data { get; } = new("--data")
    {
        Description = $"The workspace folder. Default: ${DataVariable}, else '{DefaultFolder}' here.",
        HelpName = "DIR",
        Recursive = true,
    };

    /// <summary>Output for machines.</summary>
    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Print one JSON document on standard output.",
        Recursive = true,
    };

    /// <summary>The password of protected keys.</summary>
    public static Option<string?> PasswordFile { get; } = new("--password-file")
    {
        Description = $"File with the password of the workspace's keys. Default: ${PasswordSource.Variable}, else a prompt on a terminal.",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>The workspace folder that the command names.</summary>
    public static string WorkspaceFolder(this ParseResult result)
    {
        if (result.GetValue(Data) is string named)
        {
            return named.Length > 0 ? named : throw new InputException("--data needs the name of a folder.");
        }

        return Environment.GetEnvironmentVariable(DataVariable) is { Length: > 0 } folder ? folder : DefaultFolder;
    }

    /// <summary>Opens the workspace that the command names.</summary>
    public static Workspace OpenWorkspace(this ParseResult result) => Workspace.Open(result.WorkspaceFolder());

    /// <summary>The keys of a workspace, with the password from where the command says.</summary>
    public static KeyRing OpenKeys(this ParseResult result, Workspace workspace) => new(workspace, result.Passwords());

    /// <summary>The password of protected keys, from where the command says.</summary>
    public static PasswordSource Passwords(this ParseResult result) => new(result.GetValue(PasswordFile), result.InvocationConfiguration.Error);
}
