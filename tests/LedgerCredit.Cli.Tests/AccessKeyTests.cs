using System.Text.Json;
using LedgerCredit.Node.Access;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli.Tests;

/// <summary><c>access key</c>: the key is shown once, and what is kept opens nothing.</summary>
[TestClass]
public sealed class AccessKeyTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Data => _folder.At("ws");

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task New_ThenListThenRevoke_IsTheLifeOfAKey()
    {
        await InitAsync();
        CommandRun made = (await RunAsync("access", "key", "new", "--member", "example-bank", "--name", "core system", "--scope", "records:read,audit")).Expect(ExitCode.Done);
        string text = made.Out.TrimEnd();
        Assert.MatchesRegex("^lcr_1_[A-Za-z0-9_-]{43}$", text);
        Assert.Contains("shown this once", made.Error);
        Assert.DoesNotContain(text, made.Error);
        using (Store store = Store.Open(Path.Combine(Data, "ledgercredit.db"), StoreAccess.Read))
        using (System.Security.Cryptography.RandomNumberGenerator random = System.Security.Cryptography.RandomNumberGenerator.Create())
        {
            Assert.IsTrue(new ApiKeys(TimeProvider.System, random).TryAuthenticate(store, text, out StoredApiKey? key));
            Assert.AreEqual("example-bank", key.Member);
        }

        JsonElement second = (await RunAsync("access", "key", "new", "--member", "example-bank", "--name", "b", "--scope", "admin", "--expires", "30", "--json")).Expect(ExitCode.Done).Json;
        Assert.AreEqual(2, second.GetProperty("number").GetInt64());
        Assert.StartsWith("lcr_2_", second.GetProperty("key").GetString()!);
        Assert.AreNotEqual(JsonValueKind.Null, second.GetProperty("expiresAt").ValueKind);

        // Nothing that is listed is or leads to a key.
        CommandRun list = (await RunAsync("access", "key", "list")).Expect(ExitCode.Done);
        Assert.Contains("core system", list.Out);
        Assert.Contains("in use", list.Out);
        Assert.DoesNotContain("lcr_", list.Out);
        Assert.DoesNotContain("lcr_", (await RunAsync("access", "key", "list", "--json")).Out);

        CommandRun revoked = (await RunAsync("access", "key", "revoke", "1")).Expect(ExitCode.Done);
        Assert.Contains("is refused since", revoked.Out);
        Assert.Contains("revoked", (await RunAsync("access", "key", "list")).Out);
        JsonElement again = (await RunAsync("access", "key", "revoke", "1", "--json")).Expect(ExitCode.Done).Json;
        Assert.AreNotEqual(JsonValueKind.Null, again.GetProperty("revokedAt").ValueKind);
    }

    [TestMethod]
    [DataRow("--member example-bank --name a@b --scope audit", ExitCode.BadInput, "Expected a name", DisplayName = "bad name")]
    [DataRow("--member example-bank --name a --scope everything", ExitCode.BadInput, "are no scopes", DisplayName = "unknown scope")]
    [DataRow("--member example-bank --name a --scope audit,audit", ExitCode.BadInput, "are no scopes", DisplayName = "scope twice")]
    [DataRow("--member example-bank --name a --scope audit --expires 0", ExitCode.BadInput, "days", DisplayName = "no days")]
    [DataRow("--member example-bank --name a --scope audit --expires 3661", ExitCode.BadInput, "days", DisplayName = "too many days")]
    [DataRow("--member nobody --name a --scope audit", ExitCode.Configuration, "is no member", DisplayName = "no member")]
    [DataRow("--member access-log --name a --scope audit", ExitCode.Configuration, "is no member", DisplayName = "the log of reads")]
    public async Task New_WithWhatIsNone_SaysSoAndMakesNothing(string options, int exitCode, string message)
    {
        await InitAsync();

        (await RunAsync(["access", "key", "new", .. options.Split(' ')])).ExpectFailure(exitCode, message);

        Assert.AreEqual(0, (await RunAsync("access", "key", "list", "--json")).Json.GetProperty("keys").GetArrayLength());
    }

    [TestMethod]
    public async Task Revoke_WhatIsNotThere_IsTwo()
    {
        await InitAsync();

        (await RunAsync("access", "key", "revoke", "7")).ExpectFailure(ExitCode.BadInput, "There is no key 7");
        (await RunAsync("access", "key", "revoke", "x")).ExpectFailure(ExitCode.BadInput, "x");
    }

    private async Task InitAsync()
    {
        (await RunAsync("workspace", "init")).Expect(ExitCode.Done);
        (await RunAsync("member", "add", "example-bank", "--role", "enterprise")).Expect(ExitCode.Done);
        (await RunAsync("member", "add", "access-log", "--role", "operator")).Expect(ExitCode.Done);
    }

    private Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.RunAsync([.. arguments, "--data", Data]);
}
