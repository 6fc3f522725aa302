using LedgerCredit.Contracts;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Tests.RepairRecords;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests.LedgerIndex;

/// <summary>An audit notices any altered value of the index, with a ledger and, where it follows from the rest, without.</summary>
[TestClass]
public sealed class LedgerIndexAuditTests
{
    private static RecorderScene _scene = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        CancellationToken token = context.CancellationToken;
        _scene = await RecorderScene.StartAsync(token);
        await _scene.ActAsync("enterprise", _scene.Open(0, RecorderScene.RequiredKinds), token);
        await _scene.ActAsync("reviewer-a", await _scene.ApproveAsync(1, token), token);
        await _scene.ActAsync("enterprise", _scene.Open(1, 1), token);
        await _scene.ActAsync("enterprise", RepairDeskContract.EncodeWithdraw(2), token);
        await _scene.ActAsync("arbiter", RepairDeskContract.EncodeObject(1, Sha256.Hash([1])), token);
        await _scene.CatchUpAsync(token);
    }

    [ClassCleanup]
    public static async Task StopAsync() => await _scene.DisposeAsync();

    [TestMethod]
    [DataRow("block_hash")]
    [DataRow("transaction_hash")]
    [DataRow("contract")]
    [DataRow("topics")]
    [DataRow("data")]
    [DataRow("block_time")]
    [DataRow("log_index")]
    [DataRow("case_id")]
    public async Task Audit_AnyValueOfAnEventAltered_NamesTheIndex(string column)
    {
        using TestWorkspace copy = _scene.Test.Copy();
        using StoreFile file = new(copy.Workspace.StorePath);
        Random random = new(5);
        IReadOnlyList<object?[]> rows = file.Query($"SELECT rowid, {column} FROM ledger_event");
        Assert.IsGreaterThan(20, rows.Count);
        foreach (object?[] row in rows)
        {
            object? altered = row[1] switch
            {
                byte[] { Length: 0 } => new byte[] { 1 },
                byte[] bytes => Altered(bytes, random),
                long number => number + 1000,
                _ => 1L,
            };
            file.Execute($"UPDATE ledger_event SET {column} = @1 WHERE rowid = @0", row[0], altered);

            await ExpectAsync(copy, $"{column} of row {row[0]}");

            file.Execute($"UPDATE ledger_event SET {column} = @1 WHERE rowid = @0", row[0], row[1]);
        }

        await ExpectSoundAsync(copy);
    }

    [TestMethod]
    public async Task Audit_AnyEventRemoved_NamesTheIndex()
    {
        using TestWorkspace copy = _scene.Test.Copy();
        using StoreFile file = new(copy.Workspace.StorePath);
        foreach (object?[] row in file.Query("SELECT * FROM ledger_event"))
        {
            file.Execute("DELETE FROM ledger_event WHERE block_number = @0 AND log_index = @1", row[0], row[1]);

            await ExpectAsync(copy, $"event {row[1]} of block {row[0]}");

            file.Execute("INSERT INTO ledger_event VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8)", row);
        }

        await ExpectSoundAsync(copy);
    }

    [TestMethod]
    [DataRow("UPDATE repair_case SET stage = stage + 1")]
    [DataRow("UPDATE repair_case SET due_at = due_at + 1 WHERE case_id = 1")]
    [DataRow("UPDATE repair_case SET objection_due_at = objection_due_at + 1 WHERE case_id = 1")]
    [DataRow("UPDATE repair_case SET subject_tag = leaf_hash WHERE case_id = 2")]
    [DataRow("UPDATE repair_case SET authority = leaf_hash WHERE case_id = 2")]
    [DataRow("UPDATE repair_case SET leaf_hash = authority WHERE case_id = 2")]
    [DataRow("UPDATE repair_case SET leaf_hash = x'01' WHERE case_id = 2")]
    [DataRow("UPDATE repair_case SET case_id = 9 WHERE case_id = 2")]
    [DataRow("DELETE FROM repair_case WHERE case_id = 2")]
    [DataRow("INSERT INTO repair_case SELECT 3, leaf_hash, subject_tag, authority, stage, due_at, objection_due_at FROM repair_case WHERE case_id = 2")]
    [DataRow("DELETE FROM ledger_position")]
    public async Task Audit_RowThatFollowsFromEventsAltered_IsNoticedWithoutALedger(string sql)
    {
        using TestWorkspace copy = _scene.Test.Copy();
        using StoreFile file = new(copy.Workspace.StorePath);
        Assert.IsGreaterThan(0, file.Execute(sql));

        AuditReport report = await copy.AuditAsync(session: null, Token);

        Assert.AreEqual(AuditVerdict.Diverges, report.Verdict);
        Assert.AreEqual("ledger-index-altered", report.Findings[0].Code);
    }

    [TestMethod]
    [DataRow("UPDATE ledger_position SET block_hash = @0 WHERE block_number = (SELECT max(block_number) FROM ledger_position)")]
    [DataRow("UPDATE ledger_position SET block_time = block_time + 1")]
    [DataRow("INSERT INTO ledger_event SELECT block_number, log_index + 100, block_hash, block_time, transaction_hash, contract, topics, data, case_id FROM ledger_event LIMIT 1")]
    public async Task Audit_OtherRowsAltered_NamesTheIndex(string sql)
    {
        using TestWorkspace copy = _scene.Test.Copy();
        using StoreFile file = new(copy.Workspace.StorePath);
        Assert.IsGreaterThan(0, file.Execute(sql, Sha256.Hash([7]).ToArray()));

        await ExpectAsync(copy, sql);
    }

    [TestMethod]
    public async Task Rebuild_AfterAnyAlteration_IsSoundAgain()
    {
        using TestWorkspace copy = _scene.Test.Copy();
        using StoreFile file = new(copy.Workspace.StorePath);
        foreach (string sql in (string[])
        [
            "INSERT INTO repair_case SELECT 3, leaf_hash, subject_tag, authority, stage, due_at, objection_due_at FROM repair_case WHERE case_id = 2",
            "UPDATE ledger_event SET case_id = NULL",
            "UPDATE ledger_event SET topics = x'01' WHERE case_id = 1",
            "UPDATE ledger_event SET data = x'', contract = x''",
            "DELETE FROM ledger_event WHERE case_id = 2",
            "DELETE FROM repair_case",
            "UPDATE repair_case SET leaf_hash = x''",
            "UPDATE ledger_position SET block_number = block_number + 100000",
        ])
        {
            Assert.IsGreaterThan(0, file.Execute(sql));
            await ExpectAsync(copy, sql);
            using Store store = copy.OpenStore();

            await new LedgerIndexer(_scene.Session.Client, _scene.Session.Contracts, store, _scene.Test.Finality).RebuildAsync(progress: null, Token);

            await ExpectSoundAsync(copy);
        }
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Audit_IndexBehindOrReorganised_IsSound()
    {
        await using RecorderScene scene = await RecorderScene.StartAsync(Token);
        await ExpectSoundAsync(scene.Test);
        await scene.CatchUpAsync(Token);
        string snapshot = ((JsonString)await scene.Test.Ledger!.AnvilAsync("evm_snapshot", [], Token)).Value;
        await scene.ActAsync("enterprise", scene.Open(0, 1), Token);
        await ExpectSoundAsync(scene.Test);
        await scene.CatchUpAsync(Token);
        await scene.Test.Ledger.AnvilAsync("evm_revert", [new JsonString(snapshot)], Token);
        await scene.PassAsync(9, Token);

        // The index has a case that the ledger has forgotten; the next catching up sees to it.
        await ExpectSoundAsync(scene.Test);
        await scene.CatchUpAsync(Token);
        await ExpectSoundAsync(scene.Test);
        using Store store = scene.Test.OpenStore();
        Assert.IsNull(new LedgerIndexReader(store).FindCase(1));
    }

    private static byte[] Altered(byte[] bytes, Random random)
    {
        byte[] altered = [.. bytes];
        altered[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
        return altered;
    }

    private async Task ExpectAsync(TestWorkspace workspace, string what)
    {
        AuditReport report = await workspace.AuditAsync(Token);
        Assert.AreEqual(AuditVerdict.Diverges, report.Verdict, what);
        Assert.AreEqual("ledger-index-altered", report.Findings[0].Code, what);
    }

    private async Task ExpectSoundAsync(TestWorkspace workspace)
    {
        AuditReport report = await workspace.AuditAsync(Token);
        Assert.AreEqual(AuditVerdict.Sound, report.Verdict, TestWorkspace.Describe(report));
    }
}
