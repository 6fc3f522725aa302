using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Repair.Packages;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary><c>repair check</c>: compares an applicant's package with the ledger, file by file.</summary>
internal static class RepairCheckCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string> package = new("PACKAGE") { Description = "The package that the applicant handed over." };
        Option<string?> caseText = new("--case") { Description = "The case, where its sanction has several. Default: the newest.", HelpName = "N" };
        Option<string?> files = new("--files") { Description = "Write the files of the package to this folder, for reading. What is there is never overwritten.", HelpName = "DIR" };
        Option<string> language = RepairOptions.Language();
        Command check = new(
            "check",
            """
            Compare an applicant's package with the ledger, file by file: is each file the one whose digest the case has, whole
            and readable as what it is? Says what to approve. What the documents show is for the reviewer to judge.
            Exit code 0: package and ledger agree. 1: they differ. 2: it is no package. 3: the ledger cannot be reached.
            """)
        {
            package,
            caseText,
            files,
            language,
        };
        check.SetAction((result, cancellationToken) => RunAsync(
            result, result.GetRequiredValue(package), result.GetValue(caseText), result.GetValue(files), result.ReadLanguage(language), cancellationToken));
        return check;
    }

    private static async Task<int> RunAsync(
        ParseResult result, string path, string? caseText, string? folder, string language, CancellationToken cancellationToken)
    {
        CommandOutput output = new(result);
        PackageManifest manifest = ReadManifest(path);
        using RepairSession session = await RepairSession.OpenAsync(result, cancellationToken);
        IndexedCase indexed = CaseArgument.Find(session, caseText ?? manifest.Sanction.ToString());
        RulePack pack = session.Packs.FindByHash(indexed.Terms.RulePack) ?? throw ShowCommand.MissingPack(indexed);
        if (!TryCheck(output, path, indexed, pack, out PackageReport? report, out ParseProblem? problem))
        {
            throw new InputException($"'{path}' is not a repair package. {problem}");
        }

        IReadOnlyList<string> written = folder is null ? [] : Extract(path, folder);
        output.Result(
            ToJson(path, indexed, report, written, language),
            text => new PackageReportText(text, pack, language).Write(path, indexed, report, written));
        return report.IsValid ? ExitCode.Done : ExitCode.VerificationFailed;
    }

    private static bool TryCheck(
        CommandOutput output,
        string path,
        IndexedCase indexed,
        RulePack pack,
        [NotNullWhen(true)] out PackageReport? report,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        using FileStream file = InputFile.Open(path);
        using ProgressBar progress = ProgressBar.Start(output, "Checking", file.Length);
        using CountingStream counted = new(file, progress.Report);
        return PackageCheck.TryRun(counted, indexed.LeafHash, pack, indexed.Materials, out report, out problem);
    }

    private static PackageManifest ReadManifest(string path)
    {
        using FileStream file = InputFile.Open(path);
        return PackageReader.TryOpen(file, out PackageReader? reader, out ParseProblem? problem)
            ? reader.Manifest
            : throw new InputException($"'{path}' is not a repair package. {problem}");
    }

    // The names inside a package follow from place, code and type, so that none leads out of the folder. The whole package was
    // read before, so that it is one to its end.
    private static List<string> Extract(string path, string folder)
    {
        using FileStream package = InputFile.Open(path);
        if (!PackageReader.TryOpen(package, out PackageReader? reader, out ParseProblem? problem))
        {
            throw new InputException($"'{path}' is not a repair package. {problem}");
        }

        string[] targets = [.. Enumerable.Range(0, reader.Manifest.Materials.Count).Select(place => Path.Combine(folder, Path.GetFileName(reader.Manifest.FileName(place))))];
        foreach (string target in targets.Where(Path.Exists))
        {
            throw new InputException($"'{target}' is there already, and nothing is overwritten. Name another folder with --files.");
        }

        Directory.CreateDirectory(folder);
        List<string> written = [];
        foreach (string target in targets)
        {
            if (!reader.TryReadNext(out byte[]? content, out problem) || content is null)
            {
                throw new InputException($"'{path}' is not a whole repair package any more. {problem}");
            }

            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                // Documents of the subject are for the reviewer alone.
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using FileStream file = new(target, options);
            file.Write(content);
            written.Add(target);
        }

        return written;
    }

    private static JsonObject ToJson(string path, IndexedCase indexed, PackageReport report, IReadOnlyList<string> written, string language) => new(
        new JsonMember("package", new JsonString(path)),
        new JsonMember("case", new JsonNumber(checked((long)indexed.CaseId))),
        new JsonMember("sanction", new JsonString(indexed.LeafHash.ToString())),
        new JsonMember("valid", new JsonBoolean(report.IsValid)),
        new JsonMember("sanctionMatches", new JsonBoolean(report.IsSanction)),
        new JsonMember("rulePackMatches", new JsonBoolean(report.IsRulePack)),
        new JsonMember("materialsHash", new JsonString(report.MaterialsHash.ToString())),
        new JsonMember("files", new JsonArray([.. report.Files.Select(finding => ToJson(finding, language))])),
        new JsonMember("written", new JsonArray([.. written.Select(name => new JsonString(name))])));

    private static JsonObject ToJson(FileFinding finding, string language)
    {
        List<JsonMember> members =
        [
            new("place", new JsonNumber(finding.Index + 1)),
            new("outcome", new JsonString(PackageReportText.NameOf(finding.Outcome))),
        ];
        if (finding.InPackage is PackageMaterial material)
        {
            members.Add(new("material", new JsonString(RuleMaterial.CodeOf(material.Kind))));
            members.Add(new("file", new JsonString(material.Name)));
            members.Add(new("type", new JsonString(material.Type.ToName())));
            members.Add(new("bytes", new JsonNumber(material.Length)));
            AddText(members, "issuedOn", material.Statements.IssuedOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            AddText(members, "amountYuan", material.Statements.AmountYuan);
            AddText(members, "reference", material.Statements.Reference);
        }

        if (finding.OnLedger is LedgerMaterial onLedger)
        {
            members.Add(new("onLedger", new JsonObject(
                new JsonMember("material", new JsonString(RuleMaterial.CodeOf(onLedger.Kind))),
                new JsonMember("digest", new JsonString(onLedger.Digest.ToString())))));
        }

        if (finding.Content != ContentFailure.None)
        {
            members.Add(new("content", new JsonString(ContentTexts.Code(finding.Content))));
        }

        members.Add(new("message", new JsonString(PackageReportText.Words(finding).In(language))));
        return new JsonObject(members);
    }

    private static void AddText(List<JsonMember> members, string name, string? text)
    {
        if (text is not null)
        {
            members.Add(new(name, new JsonString(text)));
        }
    }
}
