using Microsoft.Data.Sqlite;

namespace LedgerCredit.Cli.Tests;

/// <summary>Looks into the store of a workspace and alters it, as someone with access to the file would.</summary>
internal static class StoreFile
{
    /// <summary>The secrets of all records.</summary>
    public static List<byte[]> ReadSecrets(string workspace)
    {
        List<byte[]> secrets = [];
        using SqliteConnection store = Open(workspace);
        using SqliteCommand select = store.CreateCommand();
        select.CommandText = "SELECT secret FROM entry";
        using SqliteDataReader rows = select.ExecuteReader();
        while (rows.Read())
        {
            secrets.Add((byte[])rows[0]);
        }

        return secrets;
    }

    /// <summary>Replaces a text that stands in a record.</summary>
    public static void AlterRecord(string workspace, string issuer, int index, string from, string to)
    {
        using SqliteConnection store = Open(workspace);
        using SqliteCommand update = store.CreateCommand();
        update.CommandText = """
            UPDATE entry SET record = CAST(replace(CAST(record AS TEXT), $from, $to) AS BLOB)
            WHERE position = (SELECT number FROM log WHERE issuer = $issuer) * 1099511627776 + $index
            AND instr(CAST(record AS TEXT), $from) > 0
            """;
        update.Parameters.AddWithValue("$from", from);
        update.Parameters.AddWithValue("$to", to);
        update.Parameters.AddWithValue("$issuer", issuer);
        update.Parameters.AddWithValue("$index", index);
        Assert.AreEqual(1, update.ExecuteNonQuery());
    }

    private static SqliteConnection Open(string workspace)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = Path.Combine(workspace, "ledgercredit.db"), Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
