using System.Globalization;
using LedgerCredit.Contracts;
using LedgerCredit.Node.Auditing;
using LedgerCredit.Node.Members;

namespace LedgerCredit.Node.Tests;

/// <summary>Any one value of any row that is altered is noticed, and the finding names the right thing.</summary>
[TestClass]
public sealed class AuditMutationTests
{
    private const int Seed = 20261121;
    private static AuditFixture _fixture = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => _fixture = await AuditFixture.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await _fixture.DisposeAsync();

    // The samples: every byte of a value up to this many, then this many by a fixed seed.
    [TestMethod]
    [DataRow("entry", "entry", 200, "entry-altered", DisplayName = "entry.entry")]
    [DataRow("entry", "secret", 8, "record-altered", DisplayName = "entry.secret")]
    [DataRow("entry", "record", 24, "record-altered", DisplayName = "entry.record")]
    [DataRow("erasure", "statement", 120, "erasure-altered", DisplayName = "erasure.statement")]
    [DataRow("tile", "hashes", 200, "tile-altered", DisplayName = "tile.hashes")]
    [DataRow("checkpoint", "note", 60, "checkpoint-altered", DisplayName = "checkpoint.note")]
    [DataRow("anchor", "transaction_raw", 60, "anchor-altered", DisplayName = "anchor.transaction_raw")]
    [DataRow("anchor", "ledger_proof", 120, "anchor-altered", DisplayName = "anchor.ledger_proof")]
    [DataRow("index_chunk", "pairs", 40, "index-altered", DisplayName = "index_chunk.pairs")]
    [DataRow("log", "issuer", 20, "log-altered", DisplayName = "log.issuer")]
    [DataRow("log", "origin", 20, "log-altered", DisplayName = "log.origin")]
    [DataRow("log", "verifier_key", 20, "log-altered", DisplayName = "log.verifier_key")]
    public async Task Audit_AnyByteOfAValueAltered_NamesIt(string table, string column, int samples, string code)
    {
        using TestWorkspace copy = _fixture.Workspace.Copy();
        using StoreFile file = new(copy.Workspace.StorePath);
        Random random = new(Seed);
        string isText = file.Scalar<string>($"SELECT type FROM pragma_table_info('{table}') WHERE name = '{column}'");
        foreach (object?[] row in file.Query($"SELECT {Key(table)}, CAST({column} AS BLOB) FROM {table} WHERE {column} IS NOT NULL"))
        {
            byte[] original = (byte[])row[^1]!;
            IEnumerable<int> places = original.Length <= samples
                ? Enumerable.Range(0, original.Length)
                : Enumerable.Range(0, samples).Select(_ => random.Next(original.Length));
            foreach (int place in places)
            {
                byte[] altered = [.. original];

                // Text columns stay text: a letter becomes another one. Bytes become any other byte.
                altered[place] ^= isText == "TEXT" ? (byte)1 : (byte)random.Next(1, 256);
                Set(file, table, column, row, altered, isText);
                AuditReport report = await copy.AuditAsync(_fixture.Session, TestContext.CancellationToken);
                string what = $"{table}.{column} of row {string.Join('/', row[..^1])}, byte {place}: {TestWorkspace.Describe(report)}";
                Assert.AreEqual(AuditVerdict.Diverges, report.Verdict, what);
                Assert.AreEqual(code, report.Findings[0].Code, what);
                if (table is "entry" or "erasure")
                {
                    AssertNames(report.Findings[0], (long)row[0]!, what);
                }
            }

            Set(file, table, column, row, original, isText);
        }

        await copy.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = 12, [TestWorkspace.Agency] = 5 }, TestContext.CancellationToken);
    }

    [TestMethod]
    [DataRow("entry", "position")]
    [DataRow("erasure", "position")]
    [DataRow("index_run", "number")]
    [DataRow("index_run", "kind")]
    [DataRow("index_run", "first_chunk")]
    [DataRow("index_run", "first_pair")]
    [DataRow("index_run", "end_chunk")]
    [DataRow("index_run", "pairs")]
    [DataRow("index_chunk", "number")]
    [DataRow("tile", "log")]
    [DataRow("tile", "level")]
    [DataRow("tile", "number")]
    [DataRow("checkpoint", "log")]
    [DataRow("checkpoint", "tree_size")]
    [DataRow("anchor", "log")]
    [DataRow("anchor", "tree_size")]
    [DataRow("log", "number")]
    public async Task Audit_AnyNumberAltered_Diverges(string table, string column)
    {
        using TestWorkspace copy = _fixture.Workspace.Copy();
        using StoreFile file = new(copy.Workspace.StorePath);
        foreach (object?[] row in file.Query($"SELECT {Key(table)}, {column} FROM {table}"))
        {
            long original = (long)row[^1]!;
            foreach (long altered in (long[])[original + 1, original ^ 64, 0, -original - 1, long.MaxValue, long.MinValue, original + (1L << 40)])
            {
                if (altered == original || !TrySetNumber(file, table, column, row, original, altered))
                {
                    continue;
                }

                AuditReport report = await copy.AuditAsync(_fixture.Session, TestContext.CancellationToken);
                Assert.AreEqual(AuditVerdict.Diverges, report.Verdict, $"{table}.{column} {original} -> {altered}: {TestWorkspace.Describe(report)}");
                Assert.IsTrue(TrySetNumber(file, table, column, row, altered, original));
            }
        }

        await copy.CheckAsync(new Dictionary<string, ulong> { [TestWorkspace.Authority] = 12, [TestWorkspace.Agency] = 5 }, TestContext.CancellationToken);
    }

    [TestMethod]
    [DataRow("DELETE FROM entry WHERE position & 255 = 5", "entry-missing", 5, DisplayName = "entry deleted")]
    [DataRow("DELETE FROM entry WHERE position & 255 = 11", "entry-missing", 11, DisplayName = "last entry deleted")]
    [DataRow("UPDATE entry SET record = NULL, secret = NULL WHERE position & 255 = 3", "record-missing", 3, DisplayName = "record emptied")]
    [DataRow("UPDATE entry SET secret = NULL WHERE position & 255 = 3", "record-altered", 3, DisplayName = "secret removed")]
    [DataRow("UPDATE entry SET secret = x'' WHERE position & 255 = 3", "record-altered", 3, DisplayName = "secret emptied")]
    [DataRow("UPDATE entry SET record = x'7b7d', secret = x'' WHERE position IN (SELECT position FROM erasure)", "erasure-contradicted", AuditFixture.ErasedIndex, DisplayName = "record beside its erasure statement, with an empty secret")]
    [DataRow("UPDATE entry SET record = x'7b7d' WHERE position IN (SELECT position FROM erasure)", "erasure-contradicted", AuditFixture.ErasedIndex, DisplayName = "record beside its erasure statement, without a secret")]
    [DataRow("UPDATE entry SET secret = x'00' WHERE position IN (SELECT position FROM erasure)", "erasure-contradicted", AuditFixture.ErasedIndex, DisplayName = "secret beside its erasure statement")]
    [DataRow("UPDATE entry SET secret = x'00' WHERE position & 255 = 3", "record-altered", 3, DisplayName = "secret of another length")]
    [DataRow("UPDATE entry SET entry = x'' WHERE position & 255 = 3", "entry-altered", 3, DisplayName = "entry emptied")]
    [DataRow("UPDATE entry SET record = x'' WHERE position & 255 = 3", "record-altered", 3, DisplayName = "record of no bytes")]
    [DataRow("UPDATE entry SET record = CAST(record || x'20' AS BLOB) WHERE position & 255 = 3", "record-altered", 3, DisplayName = "record with a space behind it")]
    [DataRow("INSERT INTO entry SELECT position + 100, entry, secret, record FROM entry WHERE position & 255 = 5", "entry-missing", 12, DisplayName = "entry added with a gap")]
    [DataRow("DELETE FROM erasure", "record-missing", AuditFixture.ErasedIndex, DisplayName = "erasure statement deleted")]
    [DataRow("UPDATE erasure SET position = position + 1", "record-missing", AuditFixture.ErasedIndex, DisplayName = "erasure statement moved")]
    [DataRow("INSERT INTO erasure SELECT position + 2, statement FROM erasure", "erasure-contradicted", 6, DisplayName = "erasure statement added")]
    [DataRow("INSERT INTO erasure SELECT position + 70, statement FROM erasure", "erasure-altered", 74, DisplayName = "erasure statement beyond the log")]
    [DataRow("INSERT INTO erasure SELECT 7, statement FROM erasure", "rows-unexpected", -1, DisplayName = "erasure statement outside any log")]
    [DataRow("DELETE FROM tile WHERE log = 1", "tile-altered", -2, DisplayName = "tile deleted")]
    [DataRow("INSERT INTO tile VALUES (1, 1, 0, x'00')", "rows-unexpected", -1, DisplayName = "tile added")]
    [DataRow("UPDATE tile SET hashes = substr(hashes, 1, length(hashes) - 32)", "tile-altered", -2, DisplayName = "tile shortened")]
    [DataRow("UPDATE tile SET hashes = CAST(hashes || hashes AS BLOB)", "tile-altered", -2, DisplayName = "tile lengthened")]
    [DataRow("DELETE FROM checkpoint WHERE tree_size = 12", "checkpoint-missing", -2, DisplayName = "newest checkpoint deleted")]
    [DataRow("DELETE FROM checkpoint WHERE tree_size = 4", "checkpoint-missing", -2, DisplayName = "checkpoint of an anchor deleted")]
    [DataRow("INSERT INTO checkpoint SELECT log, 99, note FROM checkpoint WHERE tree_size = 12", "entry-missing", 12, DisplayName = "checkpoint beyond the log")]
    [DataRow("INSERT INTO checkpoint SELECT 77, tree_size, note FROM checkpoint WHERE tree_size = 12", "rows-unexpected", -1, DisplayName = "checkpoint of no log")]
    [DataRow("DELETE FROM anchor WHERE tree_size = 4", "anchor-missing", -2, DisplayName = "anchor deleted")]
    [DataRow("INSERT INTO anchor SELECT log, 7, transaction_raw, ledger_proof FROM anchor WHERE tree_size = 4", "anchor-altered", -2, DisplayName = "anchor copied to another size")]
    [DataRow("INSERT INTO anchor SELECT 77, tree_size, transaction_raw, ledger_proof FROM anchor WHERE tree_size = 4", "rows-unexpected", -1, DisplayName = "anchor of no log")]
    [DataRow("INSERT INTO anchor VALUES (1, 12, NULL, NULL)", "", -1, DisplayName = "anchor of nothing")]
    [DataRow("UPDATE index_chunk SET pairs = substr(pairs, 17) WHERE number >> 24 IN (SELECT number FROM index_run WHERE kind = 1)", "index-altered", -2, DisplayName = "id deleted")]
    [DataRow("UPDATE index_chunk SET pairs = substr(pairs, 17) WHERE number >> 24 IN (SELECT number FROM index_run WHERE kind = 2)", "index-altered", -2, DisplayName = "subject deleted")]
    [DataRow("UPDATE index_chunk SET pairs = substr(pairs, 17) WHERE number >> 24 IN (SELECT number FROM index_run WHERE kind = 3)", "index-altered", -2, DisplayName = "leaf deleted")]
    [DataRow("UPDATE index_chunk SET pairs = CAST(pairs || x'ffffffffffffffff0000010000000003' AS BLOB) WHERE number >> 24 = 1", "index-altered", -1, DisplayName = "pair added")]
    [DataRow("UPDATE index_chunk SET pairs = CAST(pairs || x'ffffffffffffffff0000010000000003' AS BLOB) WHERE number >> 24 = 1; UPDATE index_run SET pairs = pairs + 1 WHERE number = 1", "rows-unexpected", -1, DisplayName = "pair added and counted")]
    [DataRow("INSERT INTO index_run VALUES (7, 9, 0, 0, 0, 0, 0, NULL)", "rows-unexpected", -1, DisplayName = "run of no index")]
    [DataRow("INSERT INTO index_chunk VALUES (117440512, x'')", "rows-unexpected", -1, DisplayName = "chunk of no run")]
    [DataRow("DELETE FROM log WHERE number = 2", "log-missing", -2, DisplayName = "log deleted")]
    [DataRow("INSERT INTO log VALUES (9, 'other', 'test.ledgercredit/other', 'x')", "log-altered", -2, DisplayName = "log added")]
    [DataRow("CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM erasure; END", "store-damaged", -1, DisplayName = "trigger added")]
    [DataRow("CREATE TABLE other (x)", "store-damaged", -1, DisplayName = "table added")]
    [DataRow("DROP TABLE index_chunk", "store-damaged", -1, DisplayName = "table dropped")]
    [DataRow("PRAGMA user_version = 9", "store-damaged", -1, DisplayName = "version altered")]
    public async Task Audit_RowsAddedOrRemoved_NamesIt(string sql, string code, int leafIndex)
    {
        using TestWorkspace copy = _fixture.Workspace.Copy();
        using (StoreFile file = new(copy.Workspace.StorePath))
        {
            file.Execute(sql);
        }

        AuditReport report = await copy.AuditAsync(_fixture.Session, TestContext.CancellationToken);

        Assert.AreEqual(AuditVerdict.Diverges, report.Verdict, TestWorkspace.Describe(report));
        AuditFinding? named = code.Length == 0 ? report.Findings[0] : report.Findings.FirstOrDefault(f => f.Code == code);
        Assert.IsNotNull(named, TestWorkspace.Describe(report));
        if (leafIndex >= 0)
        {
            Assert.AreEqual((ulong)leafIndex, named.LeafIndex, TestWorkspace.Describe(report));
        }

        if (leafIndex is >= 0 or -2)
        {
            Assert.IsNotNull(named.Issuer);
        }
    }

    [TestMethod]
    [DataRow("record", "record-altered")]
    [DataRow("secret", "record-altered")]
    [DataRow("record, secret", "record-altered")]
    [DataRow("entry", "entry-altered")]
    [DataRow("entry, record, secret", "")]
    public async Task Audit_TwoRowsSwapped_NamesBoth(string columns, string code)
    {
        using TestWorkspace copy = _fixture.Workspace.Copy();
        using (StoreFile file = new(copy.Workspace.StorePath))
        {
            IReadOnlyList<object?[]> rows = file.Query($"SELECT position, {columns} FROM entry WHERE position & 255 IN (6, 7) AND position < 2199023255552 ORDER BY position");
            string assignments = string.Join(", ", columns.Split(", ").Select((column, i) => $"{column} = @{i + 1}"));
            file.Execute($"UPDATE entry SET {assignments} WHERE position = @0", [rows[0][0], .. rows[1][1..]]);
            file.Execute($"UPDATE entry SET {assignments} WHERE position = @0", [rows[1][0], .. rows[0][1..]]);
        }

        AuditReport report = await copy.AuditAsync(_fixture.Session, TestContext.CancellationToken);

        Assert.AreEqual(AuditVerdict.Diverges, report.Verdict);
        Assert.IsTrue(code.Length == 0 || report.Findings[0].Code == code, TestWorkspace.Describe(report));
        Assert.AreEqual(6UL, report.Findings[0].LeafIndex, TestWorkspace.Describe(report));
        Assert.Contains(7UL, report.Findings.Where(f => f.LeafIndex is not null).Select(f => f.LeafIndex!.Value), TestWorkspace.Describe(report));
    }

    // As beside the first 'node run' of a workspace, which adds the log of who read what.
    [TestMethod]
    public async Task Audit_MemberAddedAfterTheWorkspaceWasOpened_IsSound()
    {
        using TestWorkspace copy = _fixture.Workspace.Copy();
        using TestWorkspace other = copy.Reopen();
        new MemberRegistry(other.Workspace, other.Keys).AddLocal("added-meanwhile", [ConsortiumRole.Agency]);

        AuditReport report = await copy.AuditAsync(session: null, TestContext.CancellationToken);

        Assert.IsEmpty(report.Findings, TestWorkspace.Describe(report));
        Assert.HasCount(3, report.Logs);
    }

    [TestMethod]
    public async Task Audit_ErasedRecord_IsListedNotDamaged()
    {
        AuditReport report = await _fixture.Workspace.AuditAsync(_fixture.Session, TestContext.CancellationToken);

        Assert.AreEqual(AuditVerdict.Sound, report.Verdict, TestWorkspace.Describe(report));
        ErasedEntry erased = report.Logs.Single(log => log.Issuer == TestWorkspace.Authority).Erased.Single();
        Assert.AreEqual((ulong)AuditFixture.ErasedIndex, erased.LeafIndex);
        Assert.AreEqual("test", erased.Reason);
    }

    [TestMethod]
    public async Task Audit_WithoutLedger_IsNotCompared()
    {
        AuditReport report = await _fixture.Workspace.AuditAsync(session: null, TestContext.CancellationToken);

        Assert.AreEqual(AuditVerdict.NotCompared, report.Verdict, TestWorkspace.Describe(report));
        Assert.AreEqual("no ledger", report.NotComparedBecause);
        Assert.IsTrue(report.Logs.SelectMany(log => log.Anchors).All(anchor => anchor.Standing == AnchorStanding.NotCompared));
    }

    // Without the ledger, too: what is stored of an anchor holds together by itself.
    [TestMethod]
    public async Task Audit_AnchorAlteredWithoutLedger_Diverges()
    {
        using TestWorkspace copy = _fixture.Workspace.Copy();
        using StoreFile file = new(copy.Workspace.StorePath);
        object?[] row = file.Query("SELECT log, tree_size, ledger_proof FROM anchor WHERE tree_size = 9").Single();
        byte[] original = (byte[])row[2]!;
        Random random = new(Seed);
        for (int i = 0; i < 150; i++)
        {
            byte[] altered = [.. original];
            altered[random.Next(altered.Length)] ^= (byte)random.Next(1, 256);
            file.Execute("UPDATE anchor SET ledger_proof = @2 WHERE log = @0 AND tree_size = @1", row[0], row[1], altered);
            AuditReport report = await copy.AuditAsync(session: null, TestContext.CancellationToken);
            Assert.AreEqual("anchor-altered", report.Findings is [AuditFinding first, ..] ? first.Code : null, TestWorkspace.Describe(report));
        }
    }

    private static void AssertNames(AuditFinding finding, long position, string what)
    {
        string issuer = position >> 40 == 1 ? TestWorkspace.Authority : TestWorkspace.Agency;
        Assert.AreEqual(issuer, finding.Issuer, what);
        Assert.AreEqual((ulong)(position & 0xFFFFFFFF), finding.LeafIndex, what);
    }

    private static string Key(string table) => table switch
    {
        // One row of each of them for a record, so that the position tells rows apart.
        "entry" or "erasure" => "position",
        "tile" or "anchor" => "rowid",
        "checkpoint" => "log, tree_size",
        _ => "number",
    };

    private static void Set(StoreFile file, string table, string column, object?[] row, byte[] value, string type)
    {
        string cast = type == "TEXT" ? "CAST(@0 AS TEXT)" : "@0";
        string where = string.Join(" AND ", Key(table).Split(", ").Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"{name} = @{i + 1}")));
        Assert.AreEqual(1, file.Execute($"UPDATE {table} SET {column} = {cast} WHERE {where}", [value, .. row[..^1]]), $"{table}.{column}");
    }

    private static bool TrySetNumber(StoreFile file, string table, string column, object?[] row, long from, long to)
    {
        string[] keys = Key(table).Split(", ");
        List<object?> values = [to];
        List<string> conditions = [];
        for (int i = 0; i < keys.Length; i++)
        {
            conditions.Add(string.Create(CultureInfo.InvariantCulture, $"{keys[i]} = @{i + 1}"));
            values.Add(keys[i] == column ? from : row[i]);
        }

        try
        {
            return file.Execute($"UPDATE {table} SET {column} = @0 WHERE {string.Join(" AND ", conditions)}", [.. values]) == 1;
        }
        catch (Microsoft.Data.Sqlite.SqliteException e) when (e.SqliteErrorCode == 19)
        {
            // Another row has this key: the table itself refuses it.
            return false;
        }
    }
}
