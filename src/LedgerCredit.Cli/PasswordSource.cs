using System.Text;
using System.Text.Unicode;
using LedgerCredit.Node.Workspaces;

namespace LedgerCredit.Cli;

/// <summary>Gets the password of protected keys: from a file, the environment, or a prompt.</summary>
internal sealed class PasswordSource(string? file, TextWriter prompt) : IPasswordSource
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "LEDGERCREDIT_PASSWORD";

    private const int MaxFileBytes = 4096;
    private string? _password;

    /// <inheritdoc/>
    /// <exception cref="InputException">The file is missing, too large or not UTF-8, or the password is empty or was typed in two ways.</exception>
    public string GetPassword(bool isNew)
    {
        _password ??= file is null ? AskPassword(isNew) : ReadFile(file);
        return _password.Length > 0 ? _password : throw new InputException("The password is empty; an empty one protects nothing.");
    }

    private static string ReadFile(string path)
    {
        byte[] bytes = InputFile.Read(path, MaxFileBytes);
        if (!Utf8.IsValid(bytes))
        {
            throw new InputException($"'{path}' is not UTF-8 text.");
        }

        // One trailing newline is what every editor adds; anything else belongs to the password.
        string text = Encoding.UTF8.GetString(bytes);
        return text.EndsWith('\n') ? text[..^1].TrimEnd('\r') : text;
    }

    private string AskPassword(bool isNew)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } password)
        {
            return password;
        }

        if (Console.IsInputRedirected)
        {
            throw new WorkspaceException($"The keys of this workspace are protected. Give the password with --password-file or in {Variable}.");
        }

        if (!isNew)
        {
            return Prompt("Password of the workspace's keys: ");
        }

        string first = Prompt("New password for the workspace's keys: ");
        return Prompt("The same again: ") == first ? first : throw new InputException("The two passwords differ. Nothing was made; run the command again.");
    }

    private string Prompt(string question)
    {
        prompt.Write(question);
        StringBuilder typed = new();
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
