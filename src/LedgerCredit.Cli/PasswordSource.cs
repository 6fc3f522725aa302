using LedgerCredit.Node.Workspaces;

namespace LedgerCredit.Cli;

/// <summary>Gets the password of protected keys: from a file, the environment, or a prompt.</summary>
internal sealed class PasswordSource(string? file, TextWriter prompt) : IPasswordSource
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "LEDGERCREDIT_PASSWORD";

    /// <inheritdoc/>
    public string GetPassword()
    {
        if (file is not null)
        {
            // One trailing newline is what every editor adds; anything else belongs to the password.
            string text = File.ReadAllText(file);
            return text.EndsWith('\n') ? text[..^1].TrimEnd('\r') : text;
        }

        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } password)
        {
            return password;
        }

        if (Console.IsInputRedirected)
        {
            throw new WorkspaceException($"The keys of this workspace are protected. Give the password with --password-file or in {Variable}.");
        }

        prompt.Write("Password of the workspace's keys: ");
        System.Text.StringBuilder typed = new();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (key.KeyChar != '\0')
            {
                typed.Append(key.KeyChar);
            }
        }

        prompt.WriteLine();
        return typed.ToString();
    }
}
