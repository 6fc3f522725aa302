namespace LedgerCredit.Storage;

/// <summary>The tables of the store, and how a file is recognised as one.</summary>
/// <remarks>
/// What cannot be rebuilt: <c>entry</c> (entries, records, secrets) and <c>erasure</c>. Signed, so compared rather than
/// rebuilt: <c>checkpoint</c>. From the ledger: <c>anchor</c>. Derived: <c>tile</c>, <c>record_key</c>, <c>record_subject</c>.
/// A position is <c>log.number * 2^40 + leaf index</c>: appending to a log is then appending to the table, and the key
/// costs nothing beside the row.
/// </remarks>
internal static class StoreSchema
{
    /// <summary>"LCR1", in the header of the SQLite file.</summary>
    public const int ApplicationId = 0x4C435231;

    /// <summary>The number of the newest migration.</summary>
    public const int Version = 1;

    /// <summary>One statement for each table; the audit compares these texts with those in the file.</summary>
    public static IReadOnlyList<(string Name, string Sql)> Tables { get; } =
    [
        ("log",
            """
            CREATE TABLE log (
                number INTEGER PRIMARY KEY,
                issuer TEXT NOT NULL UNIQUE,
                origin TEXT NOT NULL UNIQUE,
                verifier_key TEXT NOT NULL
            ) STRICT
            """),
        ("entry",
            """
            CREATE TABLE entry (
                position INTEGER PRIMARY KEY,
                entry BLOB NOT NULL,
                secret BLOB,
                record BLOB,
                CHECK ((secret IS NULL) = (record IS NULL))
            ) STRICT
            """),
        ("erasure",
            """
            CREATE TABLE erasure (
                position INTEGER PRIMARY KEY REFERENCES entry (position),
                statement BLOB NOT NULL
            ) STRICT
            """),
        ("record_key",
            """
            CREATE TABLE record_key (
                log INTEGER NOT NULL,
                kind INTEGER NOT NULL,
                id TEXT NOT NULL,
                position INTEGER NOT NULL,
                PRIMARY KEY (log, kind, id)
            ) STRICT, WITHOUT ROWID
            """),
        ("record_subject",
            """
            CREATE TABLE record_subject (
                subject TEXT NOT NULL,
                position INTEGER NOT NULL,
                PRIMARY KEY (subject, position)
            ) STRICT, WITHOUT ROWID
            """),
        ("tile",
            """
            CREATE TABLE tile (
                log INTEGER NOT NULL,
                level INTEGER NOT NULL,
                number INTEGER NOT NULL,
                hashes BLOB NOT NULL,
                PRIMARY KEY (log, level, number)
            ) STRICT
            """),
        ("checkpoint",
            """
            CREATE TABLE checkpoint (
                log INTEGER NOT NULL,
                tree_size INTEGER NOT NULL,
                note BLOB NOT NULL,
                PRIMARY KEY (log, tree_size)
            ) STRICT, WITHOUT ROWID
            """),
        ("anchor",
            """
            CREATE TABLE anchor (
                log INTEGER NOT NULL,
                tree_size INTEGER NOT NULL,
                transaction_raw BLOB,
                ledger_proof BLOB,
                PRIMARY KEY (log, tree_size),
                CHECK (transaction_raw IS NOT NULL OR ledger_proof IS NOT NULL)
            ) STRICT
            """),
    ];
}
