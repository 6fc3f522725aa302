using System.CommandLine;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>access …</c>: who may call the service of this workspace, and what subjects let others read.</summary>
internal static class AccessCommands
{
    /// <summary>Makes the commands.</summary>
    public static Command Create() => new("access", "Who may call the service of this workspace, and what subjects let others read.") { AccessKeyCommands.Create(), AccessGrantCommands.Create() };
}
