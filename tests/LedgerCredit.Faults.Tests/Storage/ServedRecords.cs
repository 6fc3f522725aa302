using LedgerCredit.Cli.Tests;
using LedgerCredit.Faults.Tests.Torture;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Faults.Tests.Storage;

/// <summary>What a sound workspace answers; a damaged one must give the same answer or none.</summary>
internal sealed class ServedRecords
{
    private readonly FaultScene _scene;
    private readonly Dictionary<RecordKey, (string Shown, byte[] Evidence)> _answers = [];
    private readonly string _content;

    private ServedRecords(FaultScene scene)
    {
        _scene = scene;
        _content = ReadContent(FaultScene.StoreOf(scene.Data));
    }

    /// <summary>Asks a sound workspace for some records.</summary>
    public static async Task<ServedRecords> AskAsync(FaultScene scene, IEnumerable<RecordKey> keys)
    {
        ServedRecords served = new(scene);
        foreach (RecordKey key in keys)
        {
            CommandRun shown = (await ShowAsync(scene.Data, key)).Expect(0);
            string file = scene.Fresh("evidence.json");
            (await CreateAsync(scene.Data, key, file)).Expect(0);
            served._answers.Add(key, (shown.Out, File.ReadAllBytes(file)));
            File.Delete(file);
        }

        return served;
    }

    /// <summary>Asks a damaged workspace for the same records.</summary>
    /// <returns>How many answers were refused; the others were right.</returns>
    /// <exception cref="AssertFailedException">An answer was wrong.</exception>
    public async Task<int> AssertRightOrRefusedAsync(string data, string what)
    {
        int refused = 0;
        foreach ((RecordKey key, (string shown, byte[] evidence)) in _answers)
        {
            CommandRun show = await ShowAsync(data, key);
            RequireOrderly(show, what);
            refused += show.ExitCode == 0 ? 0 : 1;
            Assert.AreEqual(show.ExitCode == 0 ? shown : "", show.Out, $"{what}: {show}");

            string file = _scene.Fresh("evidence.json");
            CommandRun create = await CreateAsync(data, key, file);
            RequireOrderly(create, what);
            refused += create.ExitCode == 0 ? 0 : 1;
            Assert.AreEqual(create.ExitCode == 0, File.Exists(file), $"{what}: {create}");
            if (create.ExitCode == 0)
            {
                // The same evidence, or other evidence that proves the same, as from another anchor that is as good.
                bool isSame = Convert.ToHexString(await File.ReadAllBytesAsync(file)) == Convert.ToHexString(evidence);
                if (!isSame)
                {
                    CommandRun verify = await CommandRun.RunAsync("evidence", "verify", file, "--trust", _scene.Trust);
                    Assert.AreEqual(0, verify.ExitCode, $"{what}: {verify}");
                }

                File.Delete(file);
            }
        }

        return refused;
    }

    /// <summary>Whether a store holds the same rows: what was damaged are bytes that hold nothing.</summary>
    public bool IsSameContent(string data) => ReadContent(FaultScene.StoreOf(data)) == _content;

    /// <summary>A command that met damage ends with a sentence, not as a bug.</summary>
    public static void RequireOrderly(CommandRun run, string what) => Assert.IsTrue(run.ExitCode is 0 or 1 or 2 or 3 or 4, $"{what}: {run}");

    private static Task<CommandRun> ShowAsync(string data, RecordKey key) =>
        FaultScene.RunAsync(data, "record", "show", key.Id, "--issuer", key.Issuer, "--kind", key.Kind, "--json");

    private static Task<CommandRun> CreateAsync(string data, RecordKey key, string file) =>
        FaultScene.RunAsync(data, "evidence", "create", key.Id, "--issuer", key.Issuer, "--kind", key.Kind, "-o", file);

    // Every row of every table, as SQLite reads them, with the schema and the two numbers in the header that mean something.
    private static string ReadContent(string store)
    {
        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = store, Pooling = false, Mode = SqliteOpenMode.ReadOnly }.ToString());
        connection.Open();
        List<string> lines = [.. Query(connection, "PRAGMA application_id"), .. Query(connection, "PRAGMA user_version"), .. Query(connection, "SELECT type, name, sql FROM sqlite_schema")];
        foreach (string table in Query(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").ToList())
        {
            lines.AddRange(Query(connection, $"SELECT * FROM \"{table}\" ORDER BY 1, 2"));
        }

        return string.Join('\n', lines);
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "A test's own statements.")]
    private static IEnumerable<string> Query(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            yield return string.Join('|', Enumerable.Range(0, rows.FieldCount).Select(i => rows.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : rows.GetValue(i).ToString()));
        }
    }
}
