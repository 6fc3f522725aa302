using System.CommandLine;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>Options that several commands of <c>repair</c> take.</summary>
internal static class RepairOptions
{
    /// <summary>The language of what is shown.</summary>
    public static Option<string> Language() => new("--lang") { Description = "en or zh.", HelpName = "L", DefaultValueFactory = _ => "en" };

    /// <summary>Who takes the step.</summary>
    /// <param name="party">The party of the step, in words.</param>
    public static Option<string?> Actor(string party) => new("--as")
    {
        Description = $"The account that acts for {party}: a member of this workspace, or SLUG.NAME for a further account. Default: the only one here with the role.",
        HelpName = "NAME",
    };

    /// <summary>The language that was asked for: <c>en</c> or <c>zh</c>.</summary>
    /// <exception cref="InputException">It is another one.</exception>
    public static string ReadLanguage(this ParseResult result, Option<string> option) => result.GetRequiredValue(option) switch
    {
        "en" => "en",
        "zh" => "zh",
        string other => throw new InputException($"'{other}' is not a language: expected en or zh."),
    };
}
