using System.CommandLine;
using System.CommandLine.Help;
using System.Text;

namespace LedgerCredit.Cli.Tests;

/// <summary>The command line as its user sees it.</summary>
[TestClass]
public sealed class HelpTests
{
    private const int Width = 100;

    // Design, section 10: names and options that scripts rely on.
    private static readonly Dictionary<string, string[]> Fixed = new(StringComparer.Ordinal)
    {
        ["workspace init"] = [],
        ["devnet up"] = [],
        ["devnet down"] = [],
        ["devnet status"] = [],
        ["contracts deploy"] = [],
        ["member add"] = ["--role"],
        ["member list"] = [],
        ["key new"] = [],
        ["key import"] = [],
        ["key list"] = [],
        ["record import"] = ["--format", "--issuer", "--issued-at", "--reject"],
        ["record show"] = [],
        ["record digest"] = ["--secret", "--subject-key"],
        ["record canonicalize"] = [],
        ["record erase"] = [],
        ["log anchor"] = ["--wait"],
        ["log status"] = [],
        ["log audit"] = ["--rpc"],
        ["log export"] = [],
        ["evidence create"] = ["-o", "--disclose"],
        ["evidence redact"] = ["--disclose", "-o"],
        ["evidence verify"] = ["--trust", "--rpc", "--record", "--lang"],
        ["merkle verify-inclusion"] = [],
        ["merkle verify-consistency"] = [],
        ["repair plan"] = ["--lang"],
        ["repair open"] = ["--as", "--lang"],
        ["repair supplement"] = ["--as", "--lang"],
        ["repair confirm"] = ["--as", "--lang"],
        ["repair approve"] = ["--as", "--lang"],
        ["repair refuse"] = ["--as", "--lang"],
        ["repair object"] = ["--as", "--lang"],
        ["repair resolve"] = ["--as", "--lang"],
        ["repair withdraw"] = ["--as", "--lang"],
        ["repair trigger"] = ["--as", "--lang"],
        ["repair revoke"] = ["--as", "--lang"],
        ["repair show"] = ["--lang"],
        ["repair list"] = ["--lang"],
        ["rating history"] = [],
        ["subject report"] = [],
    };

    [TestMethod]
    public void Help_OfEveryCommand_MatchesTheGoldenFile()
    {
        StringBuilder text = new();
        foreach ((string path, Command _) in CommandTree.All)
        {
            RootCommand root = CommandLine.CreateRoot(() => Stream.Null);
            ((HelpAction)root.Options.OfType<HelpOption>().Single().Action!).MaxWidth = Width;
            using StringWriter output = new();
            int exitCode = root.Parse([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"])
                .Invoke(new InvocationConfiguration { Output = output });

            Assert.AreEqual(ExitCode.Done, exitCode, path);
            text.Append($"$ ledgercredit {path} --help".Replace("  ", " ", StringComparison.Ordinal)).Append('\n');
            text.Append(string.Join('\n', output.ToString().Replace(RootCommand.ExecutableName, "ledgercredit", StringComparison.Ordinal).TrimEnd().Split('\n').Select(line => line.TrimEnd()))).Append("\n\n");
        }

        Golden.AssertMatches("help.txt", text.ToString());
    }

    [TestMethod]
    public void Commands_OfTheDesign_AreThereWithTheirOptions()
    {
        foreach ((string path, string[] options) in Fixed)
        {
            Command? command = CommandTree.Leaves.SingleOrDefault(leaf => leaf.Path == path).Command;
            Assert.IsNotNull(command, path);
            foreach (string option in options)
            {
                Assert.Contains(o => o.Name == option || o.Aliases.Contains(option), command.Options, $"{path} {option}");
            }
        }
    }

    [TestMethod]
    public void Commands_OptionsAndArguments_AreAllDescribed()
    {
        foreach ((string path, Command command) in CommandTree.All)
        {
            Assert.IsFalse(string.IsNullOrWhiteSpace(command.Description), path);
            foreach (Symbol symbol in command.Options.Cast<Symbol>().Concat(command.Arguments))
            {
                Assert.IsFalse(string.IsNullOrWhiteSpace(symbol.Description), $"{path} {symbol.Name}");
                Assert.EndsWith(".", symbol.Description!.TrimEnd(), $"{path} {symbol.Name}");
            }

            foreach (Option option in command.Options.Where(o => o.ValueType != typeof(bool) && o.ValueType != typeof(void)))
            {
                Assert.IsFalse(string.IsNullOrWhiteSpace(option.HelpName), $"{path} {option.Name} does not name its value.");
            }
        }
    }

    [TestMethod]
    public async Task Version_OfTheTool_IsThatOfTheProduct()
    {
        CommandRun run = (await CommandRun.RunAsync("--version")).Expect(ExitCode.Done);

        Assert.AreEqual(CommandLine.Version, run.Out.Trim());
        Assert.MatchesRegex(@"^\d+\.\d+\.\d+$", CommandLine.Version);
    }

    [TestMethod]
    public async Task NoCommand_OnlyANoun_SaysHowToGetHelp()
    {
        (await CommandRun.RunAsync()).ExpectFailure(ExitCode.BadInput, "'ledgercredit --help'");
        (await CommandRun.RunAsync("evidence")).ExpectFailure(ExitCode.BadInput, "'ledgercredit evidence --help'");
        (await CommandRun.RunAsync("record", "shwo", "X")).ExpectFailure(ExitCode.BadInput, "'ledgercredit record --help'");
    }
}
