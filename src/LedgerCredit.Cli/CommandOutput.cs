using System.CommandLine;
using System.Text;
using LedgerCredit.Primitives.Json;
using Spectre.Console;

namespace LedgerCredit.Cli;

/// <summary>Where a command writes: results to standard output, all else to standard error.</summary>
internal sealed class CommandOutput(ParseResult result)
{
    private const int UnboundedWidth = 10_000;

    /// <summary>Whether the caller wants JSON.</summary>
    public bool IsJson { get; } = result.GetValue(CommonOptions.Json);

    /// <summary>Standard output.</summary>
    public TextWriter Out { get; } = result.InvocationConfiguration.Output;

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; } = result.InvocationConfiguration.Error;

    /// <summary>Whether people read standard output on a terminal.</summary>
    public bool IsTerminal => IsOnTerminal(Out);

    /// <summary>Prints the result: the JSON document or the lines for people.</summary>
    /// <param name="json">The stable document.</param>
    /// <param name="human">Writes the same for people.</param>
    public void Result(JsonValue json, Action<TextWriter> human)
    {
        if (IsJson)
        {
            Out.Write(Encoding.UTF8.GetString(JsonText.WriteIndented(json)));
        }
        else
        {
            human(Out);
        }
    }

    /// <summary>Says something beside the result.</summary>
    public void Note(string text) => Error.WriteLine(text);

    /// <summary>Prints a table for people; as wide as the terminal, or as its content where there is none.</summary>
    public static void Table(TextWriter writer, IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows)
    {
        using StringWriter drawn = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(drawn),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
        });
        console.Profile.Width = IsOnTerminal(writer) ? Console.WindowWidth : UnboundedWidth;
        Table table = new() { Border = TableBorder.Simple };
        foreach (string heading in headings)
        {
            table.AddColumn(new TableColumn(Markup.Escape(heading)));
        }

        foreach (IReadOnlyList<string> row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        console.Write(table);

        // The library pads every line to the table's width and puts an empty one above and below.
        foreach (string line in drawn.ToString().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0))
        {
            writer.WriteLine(line);
        }
    }

    private static bool IsOnTerminal(TextWriter writer) => writer == Console.Out && !Console.IsOutputRedirected;
}
