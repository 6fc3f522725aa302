using LedgerCredit.Storage.Indexes;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>What becomes of a store of an older version.</summary>
internal static class StoreUpgrade
{
    // The version that brought the indexes of records.
    private const int IndexVersion = 3;

    // The version that brought the index of what is superseded, in the tables that were there.
    private const int SupersededVersion = 6;

    /// <summary>Makes the file one of the present version.</summary>
    /// <remarks>
    /// One transaction: a crash in it leaves the old version, from which the next opening begins anew. Two processes may find the old version
    /// at once: the second one waits for the lock and then finds nothing to do.
    /// </remarks>
    public static void Run(SqliteConnection connection)
    {
        using StoreTransaction transaction = new(connection, "BEGIN IMMEDIATE", undone: null);
        int version = (int)StoreCommands.Scalar(connection, "PRAGMA user_version");
        for (int missing = version + 1; missing <= StoreSchema.Version; missing++)
        {
            foreach ((string _, string sql) in StoreSchema.ObjectsOf(missing))
            {
                StoreCommands.Run(connection, sql);
            }
        }

        if (version < IndexVersion)
        {
            BuildIndex(connection, (index, all) => index.Rebuild(all));
            foreach (string table in Enumerable.Range(version + 1, StoreSchema.Version - version).SelectMany(StoreSchema.RemovedBy))
            {
                StoreCommands.Run(connection, "DROP TABLE " + table);
            }
        }
        else if (version < SupersededVersion)
        {
            BuildIndex(connection, (index, all) => index.AddSuperseded(all));
        }

        StoreCommands.Run(connection, FormattableString.Invariant($"PRAGMA user_version = {StoreSchema.Version}"));
        transaction.Commit();
    }

    /// <summary>Gives a connection that is open for reading what its file lacks.</summary>
    /// <remarks>In temporary tables of this connection alone: they are in memory, and the file is not written.</remarks>
    public static void StandIn(SqliteConnection connection, int version)
    {
        // What came later than the indexes of records makes no table, and nothing is missed without it but time.
        if (version >= SupersededVersion)
        {
            return;
        }

        const string Create = "CREATE TABLE ";
        StoreCommands.Run(connection, "PRAGMA temp_store = MEMORY");

        // The tables of the indexes also where there are some: they are hidden by those that have all.
        int[] missing = [.. Enumerable.Range(version + 1, StoreSchema.Version - version)];
        foreach ((string _, string sql) in missing.Union([IndexVersion]).SelectMany(StoreSchema.ObjectsOf).Where(o => o.Sql.StartsWith(Create, StringComparison.Ordinal)))
        {
            StoreCommands.Run(connection, "CREATE TEMP TABLE " + sql[Create.Length..]);
        }

        using StoreTransaction transaction = new(connection, "BEGIN DEFERRED", undone: null);
        BuildIndex(connection, (index, all) => index.Rebuild(all));
        transaction.Commit();
    }

    // From the entries, not from the tables that it replaces: these are derived as well.
    private static void BuildIndex(SqliteConnection connection, Action<RecordIndex, IReadOnlyList<StoredLog>> build)
    {
        using LogTable logs = new(connection);
        using EntryTable entries = new(connection);
        using PairIndexSet indexes = new(connection);
        build(new RecordIndex(indexes, entries), logs.ReadAll());
    }
}
