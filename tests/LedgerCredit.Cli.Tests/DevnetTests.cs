namespace LedgerCredit.Cli.Tests;

/// <summary>Starting and stopping the embedded ledger.</summary>
[TestClass]
public sealed class DevnetTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task Devnet_UpStatusDown_SayWhatIsSo()
    {
        SharedWorkspace.RequireAnvil();
        string[] data = ["--data", _folder.At("workspace")];
        (await CommandRun.RunAsync(["workspace", "init", .. data])).Expect(ExitCode.Done);
        Assert.Contains("not running", (await CommandRun.RunAsync(["devnet", "status", .. data])).Expect(ExitCode.Undecided).Out);

        string address;
        try
        {
            CommandRun up = (await CommandRun.RunAsync(["devnet", "up", "--json", .. data])).Expect(ExitCode.Done);
            address = up.Json.GetProperty("rpcUrl").GetString()!;
            CommandRun again = (await CommandRun.RunAsync(["devnet", "up", "--json", .. data])).Expect(ExitCode.Done);
            Assert.AreEqual(up.Out, again.Out);
            Assert.Contains(address, (await CommandRun.RunAsync(["devnet", "status", .. data])).Expect(ExitCode.Done).Out);
        }
        finally
        {
            await CommandRun.RunAsync(["devnet", "down", .. data]);
        }

        Assert.Contains("was not running", (await CommandRun.RunAsync(["devnet", "down", .. data])).Expect(ExitCode.Done).Out);
        (await CommandRun.RunAsync(["devnet", "status", .. data])).Expect(ExitCode.Undecided);
    }

    [TestMethod]
    public async Task Advance_ThenRestart_NeverGoesBack()
    {
        SharedWorkspace.RequireAnvil();
        string[] data = ["--data", _folder.At("workspace")];
        (await CommandRun.RunAsync(["workspace", "init", .. data])).Expect(ExitCode.Done);
        (await CommandRun.RunAsync(["devnet", "advance", "1s", .. data])).ExpectFailure(ExitCode.Undecided, "is not running");
        try
        {
            (await CommandRun.RunAsync(["devnet", "up", .. data])).Expect(ExitCode.Done);
            DateTimeOffset first = await AdvanceAsync("1s", data);
            DateTimeOffset before = await AdvanceAsync("3d", data);
            (await CommandRun.RunAsync(["devnet", "down", .. data])).Expect(ExitCode.Done);
            (await CommandRun.RunAsync(["devnet", "up", .. data])).Expect(ExitCode.Done);
            DateTimeOffset after = await AdvanceAsync("1s", data);

            Assert.IsGreaterThanOrEqualTo(first.AddDays(3), before);
            Assert.IsGreaterThan(before, after);
        }
        finally
        {
            await CommandRun.RunAsync(["devnet", "down", .. data]);
        }
    }

    [TestMethod]
    [DataRow("10")]
    [DataRow("0s")]
    [DataRow("-1s")]
    [DataRow("1w")]
    [DataRow("1.5h")]
    [DataRow("3661d")]
    [DataRow("99999999999d")]
    public async Task Advance_WhatIsNoDuration_IsRefused(string duration)
    {
        CommandRun run = await CommandRun.RunAsync("devnet", "advance", duration, "--data", _folder.At("none"));

        run.ExpectFailure(ExitCode.BadInput, "");
    }

    [TestMethod]
    public async Task Devnet_OfAWorkspaceOnAnotherLedger_IsRefused()
    {
        string consensus = _folder.Write("consensus.json", """{"type": "pinned", "hash": "keccak", "blocks": {}}""");
        string password = _folder.Write("password.txt", "correct horse\n");
        string[] data = ["--data", _folder.At("workspace"), "--password-file", password];
        (await CommandRun.RunAsync(["workspace", "init", "--rpc", "http://127.0.0.1:1", "--consensus", consensus, .. data])).Expect(ExitCode.Done);

        foreach (string verb in (string[])["up", "down"])
        {
            (await CommandRun.RunAsync(["devnet", verb, .. data])).ExpectFailure(ExitCode.Configuration, "which others run");
        }

        (await CommandRun.RunAsync(["contracts", "deploy", .. data])).ExpectFailure(ExitCode.Undecided, "127.0.0.1");
    }

    [TestMethod]
    public async Task Address_WithAUserAndPassword_IsUsedAndNeverShown()
    {
        string consensus = _folder.Write("consensus.json", """{"type": "pinned", "hash": "keccak", "blocks": {}}""");
        string password = _folder.Write("password.txt", "correct horse\n");
        string[] data = ["--data", _folder.At("workspace"), "--password-file", password];
        const string Rpc = "http://somebody:SeCrEt@127.0.0.1:1/key/SeCrEt";
        CommandRun made = (await CommandRun.RunAsync(["workspace", "init", "--rpc", Rpc, "--consensus", consensus, .. data])).Expect(ExitCode.Done);
        Assert.Contains("ledger http://127.0.0.1:1.", made.Out);
        Assert.Contains("contracts use", made.Out);
        Assert.Contains(Rpc, await File.ReadAllTextAsync(_folder.At("workspace/workspace.json"), TestContext.CancellationToken));
        CommandRun[] runs =
        [
            made,
            await CommandRun.RunAsync(["contracts", "deploy", .. data]),
            await CommandRun.RunAsync(["workspace", "init", "--rpc", "ftp://somebody:SeCrEt@host", "--data", _folder.At("other")]),
            await CommandRun.RunAsync(["log", "audit", "--rpc", "somebody:SeCrEt@host", .. data]),
            await CommandRun.RunAsync(["log", "status", "--node", "http://somebody:SeCrEt@127.0.0.1:1", .. data]),
            await CommandRun.RunAsync(["node", "run", "--listen", "http://somebody:SeCrEt@127.0.0.1:1", .. data]),
        ];
        foreach (CommandRun run in runs)
        {
            Assert.DoesNotContain("SeCrEt", run.Out + run.Error);
            Assert.AreEqual(run == made, run.ExitCode == ExitCode.Done, run.ToString());
        }
    }

    private static async Task<DateTimeOffset> AdvanceAsync(string duration, string[] data) =>
        (await CommandRun.RunAsync(["devnet", "advance", duration, "--json", .. data])).Expect(ExitCode.Done).Json.GetProperty("blockTime").GetDateTimeOffset();
}
