namespace LedgerCredit.Storage;

/// <summary>The tables of the store, and how a file is recognised as one.</summary>
/// <remarks>
/// What cannot be rebuilt: <c>entry</c> (entries, records, secrets) and <c>erasure</c>; <c>outbox</c> and <c>outbox_endpoint</c>, without
/// which supervisors would be told again; <c>api_key</c>, <c>access_grant</c> and <c>entered_by</c>: who may read what, and who entered what;
/// <c>repair_material</c>: the keys of materials, whose files are beside the store.
/// Signed, so compared rather than rebuilt: <c>checkpoint</c>, <c>cosignature</c>. From the ledger: <c>anchor</c>, <c>ledger_event</c>, <c>ledger_position</c>, <c>status_block</c>. Derived: <c>tile</c>,
/// <c>index_run</c>, <c>index_chunk</c>, <c>repair_case</c>, <c>repair_progress</c>.
/// A position is <c>log.number * 2^40 + leaf index</c>: appending to a log is then appending to the table, and the key
/// costs nothing beside the row.
/// </remarks>
internal static class StoreSchema
{
    /// <summary>"LCR1", in the header of the SQLite file.</summary>
    public const int ApplicationId = 0x4C435231;

    /// <summary>The version that this program makes.</summary>
    public const int Version = 7;

    /// <summary>The oldest version that this program reads, and brings up to date when it opens it for writing.</summary>
    public const int OldestVersion = 1;

    /// <summary>One statement for each table or index, by the version that brought it; the audit compares these texts with those in the file.</summary>
    public static IReadOnlyList<(string Name, string Sql)> ObjectsOf(int version) => version switch
    {
        1 => Version1,
        2 => Version2,
        3 => Version3,
        4 => Version4,
        5 => Version5,
        6 => Version6,
        7 => Version7,
        _ => throw new ArgumentOutOfRangeException(nameof(version)),
    };

    /// <summary>The tables that a version does without.</summary>
    public static IReadOnlyList<string> RemovedBy(int version) => version == 3 ? ["record_key", "record_subject"] : [];

    /// <summary>Everything that a store of a version has.</summary>
    public static IEnumerable<(string Name, string Sql)> ObjectsUpTo(int version)
    {
        int[] versions = [.. Enumerable.Range(OldestVersion, version - OldestVersion + 1)];
        return versions.SelectMany(ObjectsOf).ExceptBy(versions.SelectMany(RemovedBy), o => o.Name);
    }

    private static readonly (string Name, string Sql)[] Version1 =
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

    // What the contracts of the ledger told, how far it was read, and the cases as they stand: LedgerCredit.Node.LedgerIndex
    // says how they are kept. All of it can be read again from the ledger, and so can the statuses' blocks.
    private static readonly (string Name, string Sql)[] Version2 =
    [
        ("ledger_event",
            """
            CREATE TABLE ledger_event (
                block_number INTEGER NOT NULL,
                log_index INTEGER NOT NULL,
                block_hash BLOB NOT NULL,
                block_time INTEGER NOT NULL,
                transaction_hash BLOB NOT NULL,
                contract BLOB NOT NULL,
                topics BLOB NOT NULL,
                data BLOB NOT NULL,
                case_id INTEGER,
                PRIMARY KEY (block_number, log_index)
            ) STRICT
            """),
        ("ledger_event_case",
            "CREATE INDEX ledger_event_case ON ledger_event (case_id, block_number, log_index) WHERE case_id IS NOT NULL"),
        ("ledger_event_topics", "CREATE INDEX ledger_event_topics ON ledger_event (topics, block_number, log_index)"),
        ("ledger_position",
            """
            CREATE TABLE ledger_position (
                block_number INTEGER PRIMARY KEY,
                block_hash BLOB NOT NULL,
                block_time INTEGER NOT NULL
            ) STRICT
            """),
        ("repair_case",
            """
            CREATE TABLE repair_case (
                case_id INTEGER PRIMARY KEY,
                leaf_hash BLOB NOT NULL,
                subject_tag BLOB NOT NULL,
                authority BLOB NOT NULL,
                stage INTEGER NOT NULL,
                due_at INTEGER NOT NULL,
                objection_due_at INTEGER NOT NULL
            ) STRICT
            """),
        ("repair_case_leaf", "CREATE INDEX repair_case_leaf ON repair_case (leaf_hash)"),
        ("repair_case_subject", "CREATE INDEX repair_case_subject ON repair_case (subject_tag)"),
        ("repair_case_due", "CREATE INDEX repair_case_due ON repair_case (due_at) WHERE due_at > 0"),
        ("repair_progress",
            """
            CREATE TABLE repair_progress (
                log INTEGER PRIMARY KEY,
                block_number INTEGER NOT NULL,
                block_hash BLOB NOT NULL
            ) STRICT
            """),

        ("status_block",
            """
            CREATE TABLE status_block (
                number INTEGER PRIMARY KEY,
                hash BLOB NOT NULL
            ) STRICT
            """),

        // What supervisory endpoints are still to be told, and were told: neither the ledger nor anything else here knows it.
        ("outbox_endpoint",
            """
            CREATE TABLE outbox_endpoint (
                name TEXT PRIMARY KEY,
                first_block INTEGER NOT NULL,
                block_number INTEGER,
                block_hash BLOB,
                CHECK ((block_number IS NULL) = (block_hash IS NULL))
            ) STRICT, WITHOUT ROWID
            """),
        ("outbox",
            """
            CREATE TABLE outbox (
                number INTEGER PRIMARY KEY,
                event_id TEXT NOT NULL,
                endpoint TEXT NOT NULL,
                body BLOB,
                created_at INTEGER NOT NULL,
                attempts INTEGER NOT NULL DEFAULT 0,
                next_attempt_at INTEGER NOT NULL,
                problem TEXT,
                delivered_at INTEGER,
                CHECK ((body IS NULL) = (delivered_at IS NOT NULL))
            ) STRICT
            """),
        ("outbox_event", "CREATE UNIQUE INDEX outbox_event ON outbox (endpoint, event_id)"),
        ("outbox_due", "CREATE INDEX outbox_due ON outbox (endpoint, next_attempt_at) WHERE delivered_at IS NULL"),
    ];

    // The indexes of LedgerCredit.Storage.Indexes, in place of tables whose trees were written all over for every batch. And the few
    // entries of repair records by themselves: the second byte of an entry is its kind.
    private static readonly (string Name, string Sql)[] Version3 =
    [
        ("index_run",
            """
            CREATE TABLE index_run (
                number INTEGER PRIMARY KEY,
                kind INTEGER NOT NULL,
                level INTEGER NOT NULL,
                first_chunk INTEGER NOT NULL,
                first_pair INTEGER NOT NULL,
                end_chunk INTEGER NOT NULL,
                pairs INTEGER NOT NULL,
                target INTEGER
            ) STRICT
            """),
        ("index_chunk",
            """
            CREATE TABLE index_chunk (
                number INTEGER PRIMARY KEY,
                pairs BLOB NOT NULL
            ) STRICT
            """),
        ("entry_repair", "CREATE INDEX entry_repair ON entry (position) WHERE substr(entry, 2, 1) = x'02'"),
    ];

    // What the service needs beside the log: what witnesses said of checkpoints, who may call, whom subjects let read, who entered a record.
    // Times are Unix seconds.
    private static readonly (string Name, string Sql)[] Version4 =
    [
        ("cosignature",
            """
            CREATE TABLE cosignature (
                log INTEGER NOT NULL,
                tree_size INTEGER NOT NULL,
                witness TEXT NOT NULL,
                line BLOB NOT NULL,
                PRIMARY KEY (log, tree_size, witness)
            ) STRICT, WITHOUT ROWID
            """),
        ("api_key",
            """
            CREATE TABLE api_key (
                number INTEGER PRIMARY KEY,
                hash BLOB NOT NULL UNIQUE,
                name TEXT NOT NULL,
                member TEXT NOT NULL,
                scopes TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                expires_at INTEGER,
                revoked_at INTEGER,
                last_used_at INTEGER
            ) STRICT
            """),
        ("access_grant",
            """
            CREATE TABLE access_grant (
                number INTEGER PRIMARY KEY,
                subject TEXT NOT NULL,
                consumer TEXT NOT NULL,
                purpose TEXT NOT NULL,
                granted_by TEXT NOT NULL,
                granted_at INTEGER NOT NULL,
                expires_at INTEGER NOT NULL,
                withdrawn_at INTEGER
            ) STRICT
            """),
        ("access_grant_subject", "CREATE INDEX access_grant_subject ON access_grant (subject, number)"),
        ("access_grant_consumer", "CREATE INDEX access_grant_consumer ON access_grant (consumer, subject)"),
        ("entered_by",
            """
            CREATE TABLE entered_by (
                position INTEGER PRIMARY KEY,
                caller TEXT NOT NULL
            ) STRICT
            """),
    ];

    // The materials of repairs that applicants gave the node to keep; the index on the place makes the same file one row.
    private static readonly (string Name, string Sql)[] Version5 =
    [
        ("repair_material",
            """
            CREATE TABLE repair_material (
                number INTEGER PRIMARY KEY,
                id TEXT NOT NULL UNIQUE,
                sanction BLOB NOT NULL,
                subject TEXT NOT NULL,
                organisation BLOB NOT NULL,
                uploaded_by TEXT NOT NULL,
                kind INTEGER NOT NULL,
                media_type TEXT NOT NULL,
                bytes INTEGER NOT NULL,
                sha256 BLOB NOT NULL,
                salt BLOB NOT NULL,
                uploaded_at INTEGER NOT NULL,
                wrapped_key BLOB NOT NULL
            ) STRICT
            """),
        ("repair_material_place", "CREATE UNIQUE INDEX repair_material_place ON repair_material (sanction, organisation, kind, sha256, salt)"),
        ("repair_material_organisation", "CREATE INDEX repair_material_organisation ON repair_material (organisation)"),
    ];

    // Pages of the grants to an organisation. And the index of what records replace, which is in the tables of the other indexes.
    private static readonly (string Name, string Sql)[] Version6 =
    [
        ("access_grant_page", "CREATE INDEX access_grant_page ON access_grant (consumer, number)"),
    ];

    // Of the anchors of a log, which are as many as the rounds of a node, those that the ledger has not taken yet: hardly ever more than one.
    private static readonly (string Name, string Sql)[] Version7 =
    [
        ("anchor_in_flight", "CREATE INDEX anchor_in_flight ON anchor (log, tree_size) WHERE ledger_proof IS NULL"),
    ];
}
