namespace LedgerCredit.Cli.Tests;

/// <summary>Every command of <c>repair</c> with <c>--json</c>, for the golden file of shapes.</summary>
internal static class RepairJsonRuns
{
    /// <summary>Runs the commands, each at least once.</summary>
    /// <param name="folder">For files.</param>
    public static async Task<IReadOnlyList<CommandRun>> RunAsync(TestFolder folder)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        List<CommandRun> runs = [.. await ApplicantJsonRuns.RunAsync(folder)];
        int first = desk.NextSanction();
        string asked = await desk.OpenAsync(first);
        await StepAsync(RepairWorkspace.Authority, "ask", asked, "--material", "D06", "--notice", "x");
        await desk.SupplementAsync(asked, 6);
        await StepAsync(RepairWorkspace.Authority, "refuse", asked, "--reasons", "x");

        string id = await desk.OpenAsync(first);
        await StepAsync(RepairWorkspace.Authority, "shield", desk.EvidenceOf(first), "--ruling", "x");
        await StepAsync(RepairWorkspace.Authority, "unshield", desk.EvidenceOf(first), "--ruling", "x");
        await StepAsync(RepairWorkspace.Authority, "accept", id);
        await StepAsync(RepairWorkspace.Authority, "confirm", id, "--statement", "x");
        await StepAsync(RepairWorkspace.ReviewerOne, "approve", id, "--materials-hash", (await desk.ReadAsync(id)).MaterialsHash.ToString(), "--score", "90");
        await StepAsync(RepairWorkspace.Auditor, "object", id, "--grounds", "x");
        runs.Add((await desk.RunAsync("repair", "show", id, "--json")).Expect(ExitCode.Done));
        await StepAsync(RepairWorkspace.Arbiter, "resolve", id, "--objector", RepairWorkspace.Auditor, "--dismiss", "--reasons", "x");
        runs.Add((await desk.RunAsync("repair", "pause", "--json")).Expect(ExitCode.Done));
        runs.Add((await desk.RunAsync("repair", "show", id, "--json")).Expect(ExitCode.Done));
        runs.Add((await desk.RunAsync("repair", "resume", "--json")).Expect(ExitCode.Done));

        string late = await desk.OpenAsync();
        await desk.ApproveAsync(RepairWorkspace.ReviewerTwo, id);
        runs.Add((await desk.RunAsync("repair", "list", "--json")).Expect(ExitCode.Done));
        await desk.MoveToAsync((await desk.ReadAsync(id)).ObjectionsUntil);
        await StepAsync(RepairWorkspace.Auditor, "trigger", id);
        await StepAsync(RepairWorkspace.Authority, "revoke", id, "--findings", "x");
        runs.Add((await desk.RunAsync("repair", "show", id, "--json")).Expect(ExitCode.Done));
        await StepAsync(RepairWorkspace.SecondKey, "revoke", id);
        runs.Add((await desk.RunAsync("repair", "show", id, "--json")).Expect(ExitCode.Done));
        await StepAsync(RepairWorkspace.Authority, "annul", desk.EvidenceOf(first), "--grounds", "x");
        await desk.MoveToAsync((await desk.ReadAsync(late)).DueAt);
        runs.Add((await desk.RunAsync("repair", "list", "--overdue", "--json")).Expect(ExitCode.Done));
        await StepAsync(RepairWorkspace.Auditor, "escalate", late);
        return runs;

        async Task StepAsync(string actor, params string[] arguments) => runs.Add(await desk.StepAsync(actor, [.. arguments, "--json"]));
    }
}
