using System.CommandLine;
using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Repair.Materials;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary><c>--material D06=receipt.pdf,date=2026-04-02,amount=20000.00,number=V-17</c>.</summary>
internal static class MaterialOption
{
    private const string DateName = "date";
    private const string AmountName = "amount";
    private const string NumberName = "number";

    private static readonly string[] Names = [DateName, AmountName, NumberName];

    /// <summary>Makes the option.</summary>
    public static Option<string[]> Create() => new("--material")
    {
        Description =
            "A document: its code, its file and what it says, as D06=receipt.pdf,date=2026-04-02,amount=20000.00,number=V-17. "
            + "Give one for each file, in the order in which they are to be read. A date is needed for payments (D06), acceptance reports (D07) "
            + "and the letter of commitment, an amount for payments; 'repair plan' says what else is needed.",
        HelpName = "CODE=FILE,…",
        Required = true,
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>Reads the files that were named.</summary>
    /// <param name="texts">The option's values.</param>
    /// <param name="rules">What the rule pack accepts.</param>
    /// <param name="output">For how far it is.</param>
    /// <exception cref="InputException">Some cannot be read; the message names all of them.</exception>
    public static IReadOnlyList<Material> Read(IReadOnlyList<string> texts, RepairRules rules, CommandOutput output)
    {
        List<Material> materials = [];
        List<string> problems = [];
        using ProgressBar progress = ProgressBar.Start(output, "Reading files", texts.Count);
        foreach (string text in texts)
        {
            if (TryParse(text, out int kind, out string path, out MaterialStatements statements, problems))
            {
                using FileStream file = InputFile.Open(path);
                materials.Add(new Material(kind, Path.GetFileName(path), MaterialContent.Read(file, rules), statements));
                progress.Report(materials.Count);
            }
        }

        return problems.Count == 0 ? materials : throw new InputException(string.Join(Environment.NewLine, problems));
    }

    /// <summary>Reads <c>CODE=FILE</c>, for files that are given away as they are.</summary>
    /// <exception cref="InputException">Some are none, or state more than that; the message names all of them.</exception>
    public static IReadOnlyList<(int Kind, string Path)> ReadFiles(IReadOnlyList<string> texts)
    {
        List<(int Kind, string Path)> files = [];
        List<string> problems = [];
        foreach (string text in texts)
        {
            if (TryParse(text, out int kind, out string path, out MaterialStatements statements, problems))
            {
                files.Add((kind, path));
                if (statements != MaterialStatements.None)
                {
                    problems.Add($"--material {text}: expected CODE=FILE alone; dates, amounts and numbers are stated when it is submitted.");
                }
            }
        }

        return problems.Count == 0 ? files : throw new InputException(string.Join(Environment.NewLine, problems));
    }

    // What follows the file's name is taken off from the end, so that a name may have commas in it; and a name that is there as
    // it stands is never taken apart.
    private static bool TryParse(string text, out int kind, out string path, out MaterialStatements statements, List<string> problems)
    {
        int before = problems.Count;
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        path = equals < 0 ? "" : text[(equals + 1)..];
        if (!RuleMaterial.TryParseCode(equals < 0 ? text : text[..equals], out kind) || path.Length == 0)
        {
            problems.Add($"--material {text}: expected CODE=FILE with a code from D01 to D63, for example D05=decision.pdf.");
            statements = MaterialStatements.None;
            return false;
        }

        Dictionary<string, string> stated = [];
        while (!File.Exists(path) && LastStatement(path) is (string name, int place))
        {
            if (!stated.TryAdd(name, path[(place + name.Length + 2)..]))
            {
                problems.Add($"--material {text}: '{name}' is there twice.");
            }

            path = path[..place];
        }

        DateOnly? issuedOn = null;
        if (stated.TryGetValue(DateName, out string? date))
        {
            issuedOn = DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day) ? day : null;
            if (issuedOn is null)
            {
                problems.Add($"--material {text}: '{date}' is no date: expected YYYY-MM-DD.");
            }
        }

        if (!File.Exists(path))
        {
            problems.Add(Directory.Exists(path) ? $"--material {text}: '{path}' is a folder; expected a file." : $"--material {text}: the file '{path}' does not exist.");
        }

        statements = new MaterialStatements(issuedOn, stated.GetValueOrDefault(AmountName), stated.GetValueOrDefault(NumberName));
        return problems.Count == before;
    }

    private static (string Name, int Place)? LastStatement(string text)
    {
        (string Name, int Place)? last = null;
        foreach (string name in Names)
        {
            int place = text.LastIndexOf($",{name}=", StringComparison.Ordinal);
            if (place >= 0 && (last is null || place > last.Value.Place))
            {
                last = (name, place);
            }
        }

        return last;
    }
}
