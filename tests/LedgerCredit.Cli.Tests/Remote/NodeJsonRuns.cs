namespace LedgerCredit.Cli.Tests.Remote;

/// <summary>Commands that a node alone can do, and those that print more with one, with <c>--json</c>, for the golden file of shapes.</summary>
internal static class NodeJsonRuns
{
    /// <summary>Runs the commands, each at least once.</summary>
    public static async Task<IReadOnlyList<CommandRun>> RunAsync(TestFolder folder)
    {
        RepairWorkspace desk = await RepairWorkspace.GetAsync();
        ApplicantFiles files = new(folder, "json-node");
        string evidence = await files.ImposeAsync(desk);
        List<CommandRun> runs = [];
        await using RunningNode node = await RunningNode.StartBesideAsync(desk, CancellationToken.None);
        await AddAsync("repair", "plan", evidence, "--purpose", "own-records");
        runs.Add((await desk.RunAsync(["repair", "open", evidence, "--as", RepairWorkspace.Enterprise, .. files.Materials(), "--upload", "--purpose", "own-records", "--node", node.Url, "--json"])).Expect(ExitCode.Done));
        await AddAsync("repair", "material", "upload", evidence, "--material", $"D08={files.Jpeg("node.jpg")}");
        await AddAsync("repair", "material", "list", evidence, "--purpose", "own-records");
        string id = runs[^1].Json.GetProperty("materials")[0].GetProperty("id").GetString()!;
        await AddAsync("repair", "material", "download", id, "-o", folder.At("downloaded"), "--purpose", "own-records");
        await AddAsync("repair", "material", "delete", id);
        await AddAsync("access", "grant", "give", ApplicantFiles.SubjectOf(evidence), "--consumer", RepairWorkspace.OtherAuthority, "--purpose", "credit-review", "--expires", "1");
        string number = runs[^1].Json.GetProperty("number").GetRawText();
        await AddAsync("access", "grant", "list", ApplicantFiles.SubjectOf(evidence));
        await AddAsync("access", "grant", "withdraw", number);
        await AddAsync("access", "grant", "list", ApplicantFiles.SubjectOf(evidence));
        return runs;

        async Task AddAsync(params string[] arguments) =>
            runs.Add((await desk.RunAsync([.. arguments, "--node", node.Url, "--sign-in", RepairWorkspace.Enterprise, "--json"])).Expect(ExitCode.Done));
    }
}
