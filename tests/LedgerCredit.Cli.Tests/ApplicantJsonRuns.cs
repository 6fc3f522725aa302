using System.Globalization;

namespace LedgerCredit.Cli.Tests;

/// <summary>Every command of the applicant, and the reviewer's check, with <c>--json</c>, for the golden file of shapes.</summary>
internal static class ApplicantJsonRuns
{
    /// <summary>Runs the commands, each in all forms that its document has.</summary>
    public static async Task<IReadOnlyList<CommandRun>> RunAsync(TestFolder folder)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        ApplicantFiles files = new(folder, "json");
        string evidence = await files.ImposeAsync(desk);
        string trust = folder.At("repair-trust.json");
        (await desk.RunAsync("evidence", "trust", "-o", trust)).Expect(ExitCode.Done);
        string redacted = folder.At("repair-redacted.json");
        (await desk.RunAsync("evidence", "redact", evidence, "--disclose", "fineYuan", "--keep-terms", "-o", redacted)).Expect(ExitCode.Done);
        string termed = await ImposeAttachedTermAsync(desk, folder);

        List<CommandRun> runs = [];
        await AddAsync(ExitCode.Done, "repair", "plan", evidence, "--trust", trust);
        await AddAsync(ExitCode.Done, "repair", "plan", redacted);
        await AddAsync(ExitCode.Done, "repair", "plan", termed);
        await AddAsync(ExitCode.Done, ["repair", "open", evidence, "--as", RepairWorkspace.Enterprise, .. files.Materials(), "--dry-run"]);
        await AddAsync(ExitCode.BadInput, ["repair", "open", evidence, "--as", RepairWorkspace.Enterprise, .. files.Materials("D10"), "--material", $"D20={files.Pdf("tax.pdf")}"]);
        string package = folder.At("json.zip");
        await AddAsync(ExitCode.Done, ["repair", "open", evidence, "--as", RepairWorkspace.Enterprise, .. files.Materials(), "--package", package]);
        string caseId = runs[^1].Json.GetProperty("case").GetInt64().ToString(CultureInfo.InvariantCulture);
        await AddAsync(ExitCode.Done, ["repair", "open", evidence, "--as", RepairWorkspace.Enterprise, .. files.Materials()]);
        await AddAsync(ExitCode.Done, "repair", "check", package, "--files", folder.At("json-files"));
        string[] more = ["repair", "supplement", caseId, "--as", RepairWorkspace.Enterprise, "--material", $"D08={files.Jpeg("photo.jpg")}"];
        await AddAsync(ExitCode.Done, more);
        await AddAsync(ExitCode.Done, more);
        await AddAsync(ExitCode.BadInput, "repair", "supplement", caseId, "--as", RepairWorkspace.Enterprise, "--material", $"D09={files.Write("empty.pdf", [])}");
        await AddAsync(ExitCode.VerificationFailed, "repair", "check", package);
        await AddAsync(ExitCode.Done, "repair", "withdraw", caseId, "--as", RepairWorkspace.Enterprise);
        await AddAsync(ExitCode.BadInput, "repair", "supplement", caseId, "--as", RepairWorkspace.Enterprise, "--material", $"D09={files.Pdf("late.pdf")}");
        return runs;

        async Task AddAsync(int exitCode, params string[] arguments) => runs.Add((await desk.RunAsync([.. arguments, "--json"])).Expect(exitCode));
    }

    private static async Task<string> ImposeAttachedTermAsync(RepairWorkspace desk, TestFolder folder)
    {
        string record = folder.Write("termed.ndjson", $$$"""{"kind":"sanction","id":"termed","issuer":"{{{RepairWorkspace.Authority}}}","subject":"x-example:termed","issuedAt":"2024-05-10T00:00:00+08:00","claims":{"authorityName":"City Regulator","grade":"general","decisionNo":"No. 8","violation":"late report","basis":"Example Act","penalties":["警告"],"decidedOn":"2024-05-10","attachedTermUntil":"2024-06-10","repairable":false,"rulePack":"demo"}}""" + "\n");
        (await desk.RunAsync("record", "import", record)).Expect(ExitCode.Done);
        (await desk.RunAsync("log", "anchor", "--wait")).Expect(ExitCode.Done);
        (await desk.RunAsync("evidence", "create", "termed", "-o", folder.At("termed.json"))).Expect(ExitCode.Done);
        return folder.At("termed.json");
    }
}
