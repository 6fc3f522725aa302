using LedgerCredit.Storage.Indexes;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>What a caller wants to do with a store.</summary>
public enum StoreAccess
{
    /// <summary>Read only: nothing is written, not even a journal is recovered by others' hands.</summary>
    Read,

    /// <summary>Read and append.</summary>
    Write,
}

/// <summary>The store of a workspace: one SQLite file in WAL mode, <c>synchronous=FULL</c>.</summary>
/// <remarks>
/// Not thread-safe: one instance for each unit of work. Several processes may open the same file; a writer waits for
/// another up to <see cref="BusyTimeout"/>. SQLite's errors arrive as <see cref="System.Data.Common.DbException"/>;
/// <see cref="StoreFailure.Classify"/> says what they mean.
/// </remarks>
public sealed class Store : IDisposable
{
    /// <summary>How long a write waits for another process's transaction.</summary>
    public static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(30);

    private readonly SqliteConnection _connection;
    private readonly StoreCommands _commands;
    private readonly PairIndexSet _indexes;

    private Store(SqliteConnection connection)
    {
        _connection = connection;
        _commands = new StoreCommands(connection);
        _indexes = new PairIndexSet(connection);
        Logs = new LogTable(connection);
        Entries = new EntryTable(connection);
        Index = new RecordIndex(_indexes, Entries);
        Tiles = new TileTable(connection, _indexes);
        Checkpoints = new CheckpointTable(connection);
        Cosignatures = new CosignatureTable(connection);
        Anchors = new AnchorTable(connection);
        LedgerEvents = new LedgerEventTable(connection);
        LedgerPositions = new LedgerPositionTable(connection);
        RepairCases = new RepairCaseTable(connection);
        RepairProgress = new RepairProgressTable(connection);
        Outbox = new OutboxTable(connection);
        StatusBlocks = new StatusBlockTable(connection);
        ApiKeys = new ApiKeyTable(connection);
        AccessGrants = new AccessGrantTable(connection);
        EnteredBy = new EnteredByTable(connection);
        Materials = new MaterialTable(connection);
    }

    /// <summary>The logs of this store.</summary>
    public LogTable Logs { get; }

    /// <summary>Entries with their records and secrets, and erasure statements.</summary>
    public EntryTable Entries { get; }

    /// <summary>Derived: where a record is by its id and by its subject, and an entry by its leaf hash.</summary>
    public RecordIndex Index { get; }

    /// <summary>Derived: the hash tiles.</summary>
    public TileTable Tiles { get; }

    /// <summary>Every checkpoint that was signed.</summary>
    public CheckpointTable Checkpoints { get; }

    /// <summary>What witnesses said of checkpoints.</summary>
    public CosignatureTable Cosignatures { get; }

    /// <summary>Anchors in flight and done.</summary>
    public AnchorTable Anchors { get; }

    /// <summary>From the ledger: the events of the contracts.</summary>
    public LedgerEventTable LedgerEvents { get; }

    /// <summary>From the ledger: up to where its events were read.</summary>
    public LedgerPositionTable LedgerPositions { get; }

    /// <summary>Derived: what repair cases are selected by.</summary>
    public RepairCaseTable RepairCases { get; }

    /// <summary>Derived: up to where the steps of repair cases are in each log as records.</summary>
    public RepairProgressTable RepairProgress { get; }

    /// <summary>What supervisory endpoints are to be told.</summary>
    public OutboxTable Outbox { get; }

    /// <summary>The blocks as of which evidence files made here show the status of sanctions.</summary>
    public StatusBlockTable StatusBlocks { get; }

    /// <summary>The keys that programs call with.</summary>
    public ApiKeyTable ApiKeys { get; }

    /// <summary>What subjects let others read.</summary>
    public AccessGrantTable AccessGrants { get; }

    /// <summary>Who entered a record.</summary>
    public EnteredByTable EnteredBy { get; }

    /// <summary>The materials of repairs that are kept here.</summary>
    public MaterialTable Materials { get; }

    /// <summary>Makes a new, empty store.</summary>
    /// <exception cref="IOException">The file exists.</exception>
    public static Store Create(string path)
    {
        CreateEmptyFile(path);
        using (SqliteConnection connection = Connect(path, SqliteOpenMode.ReadWrite))
        {
            StoreCommands.Run(connection, "PRAGMA page_size = 8192");
            StoreCommands.Run(connection, "PRAGMA journal_mode = WAL");
            using SqliteTransaction transaction = connection.BeginTransaction();
            foreach ((string _, string sql) in StoreSchema.ObjectsUpTo(StoreSchema.Version))
            {
                StoreCommands.Run(connection, sql);
            }

            StoreCommands.Run(connection, FormattableString.Invariant($"PRAGMA application_id = {StoreSchema.ApplicationId}"));
            StoreCommands.Run(connection, FormattableString.Invariant($"PRAGMA user_version = {StoreSchema.Version}"));
            transaction.Commit();
        }

        return Open(path, StoreAccess.Write);
    }

    /// <summary>Opens an existing store.</summary>
    /// <remarks>
    /// A store of an older version gets the tables that it lacks when it is opened for writing, in one transaction: a crash
    /// leaves it as it was. Opened for reading it is left alone: what it lacks reads as empty, and the index of records is made in
    /// memory, which takes some seconds and 50 bytes a record until the store is opened for writing once.
    /// </remarks>
    /// <exception cref="StoreFormatException">The file is missing, or is not a store of a version that this program knows.</exception>
    public static Store Open(string path, StoreAccess access)
    {
        if (!File.Exists(path))
        {
            throw new StoreFormatException(
                $"The store '{path}' does not exist. Restore it from a backup: it is never made anew in a workspace, because a second store could fork a log.");
        }

        SqliteConnection connection = Connect(path, access == StoreAccess.Read ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite);
        try
        {
            long applicationId = StoreCommands.Scalar(connection, "PRAGMA application_id");
            long version = StoreCommands.Scalar(connection, "PRAGMA user_version");
            if (applicationId != StoreSchema.ApplicationId || version is < StoreSchema.OldestVersion or > StoreSchema.Version)
            {
                throw new StoreFormatException(
                    $"'{path}' is not a LedgerCredit store of version {StoreSchema.Version}: expected application id {StoreSchema.ApplicationId:x8}, version {StoreSchema.OldestVersion} to {StoreSchema.Version}, found {applicationId:x8}, {version}.");
            }

            if (version != StoreSchema.Version)
            {
                if (access == StoreAccess.Write)
                {
                    StoreUpgrade.Run(connection);
                }
                else
                {
                    StoreUpgrade.StandIn(connection, (int)version);
                }
            }

            return new Store(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Begins a write transaction, waiting for other writers; what it reads stays true until it ends.</summary>
    public StoreTransaction BeginWrite() => new(_connection, "BEGIN IMMEDIATE", _indexes.Forget);

    /// <summary>Keeps 1 MiB of pages in memory from now on, for whoever reads all of the store once and so needs no page a second time.</summary>
    /// <remarks>As much as stays in the processor's own cache: a page is then copied there and read there.</remarks>
    public void KeepFewPages() => StoreCommands.Run(_connection, "PRAGMA cache_size = -1024");

    /// <summary>A number that differs from the last one that was read here where others have committed something since, whichever process they are.</summary>
    /// <remarks>Outside of transactions. It says nothing of what this object commits itself.</remarks>
    public long ReadChangeNumber() => (long)_commands.With("PRAGMA data_version").ExecuteScalar()!;

    /// <summary>Begins a read transaction: all reads see one state of the store.</summary>
    public StoreTransaction BeginRead() => new(_connection, "BEGIN DEFERRED", undone: null);

    /// <summary>Asks SQLite whether pages, indexes, types and constraints are sound, and compares the schema.</summary>
    /// <returns>What is wrong, in SQLite's words; empty when all is sound.</returns>
    public IReadOnlyList<string> CheckIntegrity()
    {
        List<string> problems = [];
        using (SqliteCommand check = _connection.CreateCommand())
        {
            check.CommandText = "PRAGMA integrity_check(20)";
            using SqliteDataReader rows = check.ExecuteReader();
            while (rows.Read())
            {
                if (rows.GetString(0) != "ok")
                {
                    problems.Add(rows.GetString(0));
                }
            }
        }

        int version = (int)StoreCommands.Scalar(_connection, "PRAGMA user_version");
        Dictionary<string, string> expected = StoreSchema.ObjectsUpTo(version).ToDictionary(t => t.Name, t => t.Sql, StringComparer.Ordinal);
        using SqliteCommand schema = _connection.CreateCommand();
        schema.CommandText = "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_autoindex_%'";
        using SqliteDataReader objects = schema.ExecuteReader();
        while (objects.Read())
        {
            string name = objects.GetString(0);
            if (!expected.Remove(name, out string? sql) || objects.IsDBNull(1) || objects.GetString(1) != sql)
            {
                problems.Add("the schema has an object that this version does not make, or another definition of it");
            }
        }

        problems.AddRange(expected.Keys.Select(name => $"table or index {name} is missing"));
        return problems;
    }

    /// <summary>Copies the store into a new file, page by page and without its write-ahead log; others may write meanwhile.</summary>
    /// <remarks>
    /// The copy is not made durable: whoever wants to keep it has to flush it, and a crash leaves a file of which nothing is
    /// certain.
    /// </remarks>
    /// <param name="path">The file.</param>
    /// <param name="progress">Hears how many pages are copied; may be null.</param>
    /// <param name="cancellationToken">Stops between some hundred pages.</param>
    /// <exception cref="InvalidOperationException">There is no transaction, of whose state of the store the copy would be.</exception>
    /// <exception cref="IOException">The file exists.</exception>
    /// <exception cref="System.Data.Common.DbException">A page could not be read or written.</exception>
    public void CopyTo(string path, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle!) != 0)
        {
            throw new InvalidOperationException("A store is copied in a read transaction.");
        }

        // A transaction sees one state from its first read on. Without one, SQLite would begin anew after each step during which
        // another process wrote, and might never end.
        StoreCommands.Scalar(_connection, "SELECT count(*) FROM log");
        CreateEmptyFile(path);
        using SqliteConnection target = Connect(path, SqliteOpenMode.ReadWrite);
        StoreCommands.Run(target, "PRAGMA journal_mode = OFF");
        StoreCommands.Run(target, "PRAGMA synchronous = OFF");
        StoreCopy.Run(_connection, target, progress, cancellationToken);
    }

    /// <summary>Writes everything from the write-ahead log into the file and empties it, so that no erased bytes stay there.</summary>
    /// <exception cref="IOException">Another connection is reading, so the log could not be emptied.</exception>
    public void TruncateWriteAheadLog()
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        using SqliteDataReader row = command.ExecuteReader();
        if (row.Read() && row.GetInt64(0) != 0)
        {
            throw new IOException("Another process is reading the store, so its write-ahead log could not be emptied. Try again when it has ended.");
        }
    }

    /// <summary>The same, where that is possible at once: nobody else's writing waits for it.</summary>
    /// <returns>False where another connection is reading or writing, so that erased bytes may stand in the write-ahead log for some time.</returns>
    public bool TryTruncateWriteAheadLog()
    {
        _ = SQLitePCL.raw.sqlite3_busy_timeout(_connection.Handle!, 0);
        try
        {
            return StoreCommands.Scalar(_connection, "PRAGMA wal_checkpoint(TRUNCATE)") == 0;
        }
        finally
        {
            _ = SQLitePCL.raw.sqlite3_busy_timeout(_connection.Handle!, (int)BusyTimeout.TotalMilliseconds);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Logs.Dispose();
        Entries.Dispose();
        Tiles.Dispose();
        Checkpoints.Dispose();
        Cosignatures.Dispose();
        Anchors.Dispose();
        LedgerEvents.Dispose();
        LedgerPositions.Dispose();
        RepairCases.Dispose();
        RepairProgress.Dispose();
        Outbox.Dispose();
        StatusBlocks.Dispose();
        ApiKeys.Dispose();
        AccessGrants.Dispose();
        EnteredBy.Dispose();
        Materials.Dispose();
        _indexes.Dispose();
        _commands.Dispose();
        _connection.Dispose();
    }

    // CreateNew refuses an existing file without a race; SQLite then takes the empty file as an empty database.
    private static void CreateEmptyFile(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            // Records and secrets are in it. SQLite gives its other files the same permissions.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (new FileStream(path, options))
        {
        }
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        SqliteConnectionStringBuilder settings = new()
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = (int)BusyTimeout.TotalSeconds,
        };
        SqliteConnection connection = new(settings.ToString());
        try
        {
            connection.Open();

            // SQLite's own waiting, for statements that are not run by the driver.
            _ = SQLitePCL.raw.sqlite3_busy_timeout(connection.Handle!, (int)BusyTimeout.TotalMilliseconds);

            // FULL: a commit that returned survives power loss. secure_delete: an erased secret is overwritten, not just unlinked.
            StoreCommands.Run(connection, "PRAGMA synchronous = FULL");
            StoreCommands.Run(connection, "PRAGMA foreign_keys = ON");
            StoreCommands.Run(connection, "PRAGMA secure_delete = ON");
            StoreCommands.Run(connection, "PRAGMA trusted_schema = OFF");

            // 32 MiB of pages in memory, so that a group of ten thousand records is not written twice because it does not fit.
            StoreCommands.Run(connection, "PRAGMA cache_size = -32768");

            // The write-ahead log is carried into the file when it has 4,000 pages (32 MiB): a page that several groups change is then
            // written once. A reader that stays long makes it grow; when he has left it is cut to 64 MiB.
            StoreCommands.Run(connection, "PRAGMA wal_autocheckpoint = 4000");
            StoreCommands.Run(connection, "PRAGMA journal_size_limit = 67108864");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
