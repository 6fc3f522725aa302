using LedgerCredit.Log;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>An anchor of a log: in flight, or on the ledger with its proof.</summary>
/// <param name="TreeSize">The anchored size.</param>
/// <param name="TransactionRaw">The signed transaction as it is sent and sent again; null for an anchor that was found on the ledger.</param>
/// <param name="LedgerProof">Header and state proofs that show it; null while in flight.</param>
/// <remarks>Nothing else is kept, because all else follows from these bytes and so cannot be altered apart from them.</remarks>
public sealed record StoredAnchor(ulong TreeSize, byte[]? TransactionRaw, byte[]? LedgerProof)
{
    /// <summary>Whether the transaction is signed and perhaps sent, but not known to be on the ledger.</summary>
    public bool IsInFlight => LedgerProof is null;
}

/// <summary>The anchors of the logs.</summary>
public sealed class AnchorTable : IDisposable
{
    private readonly StoreCommands _commands;

    internal AnchorTable(SqliteConnection connection)
    {
        _commands = new StoreCommands(connection);
    }

    /// <summary>Keeps an anchor.</summary>
    public void Add(int log, StoredAnchor anchor)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        _commands
            .With(
                "INSERT INTO anchor (log, tree_size, transaction_raw, ledger_proof) VALUES (@0, @1, @2, @3)",
                (long)log,
                checked((long)anchor.TreeSize),
                anchor.TransactionRaw,
                anchor.LedgerProof)
            .ExecuteNonQuery();
    }

    /// <summary>Adds the ledger's proof to an anchor that was in flight.</summary>
    /// <param name="log">The log.</param>
    /// <param name="treeSize">The size.</param>
    /// <param name="transactionRaw">The transaction that was mined: it takes the place of what another process has put there, which never will be.</param>
    /// <param name="ledgerProof">The proof.</param>
    /// <returns>Whether there is an anchor of this size.</returns>
    public bool Complete(int log, ulong treeSize, byte[] transactionRaw, byte[] ledgerProof)
    {
        ArgumentNullException.ThrowIfNull(transactionRaw);
        return _commands
            .With(
                "UPDATE anchor SET transaction_raw = @2, ledger_proof = @3 WHERE log = @0 AND tree_size = @1",
                (long)log,
                checked((long)treeSize),
                transactionRaw,
                ledgerProof)
            .ExecuteNonQuery() > 0;
    }

    /// <summary>
    /// Takes an anchor that the ledger has lost back to being in flight; one without a transaction of ours is forgotten.
    /// </summary>
    public void Reopen(int log, ulong treeSize)
    {
        _commands
            .With("DELETE FROM anchor WHERE log = @0 AND tree_size = @1 AND transaction_raw IS NULL", (long)log, checked((long)treeSize))
            .ExecuteNonQuery();
        _commands.With("UPDATE anchor SET ledger_proof = NULL WHERE log = @0 AND tree_size = @1", (long)log, checked((long)treeSize)).ExecuteNonQuery();
    }

    /// <summary>Forgets an anchor in flight that can never be mined any more.</summary>
    /// <param name="log">The log.</param>
    /// <param name="treeSize">The size.</param>
    /// <param name="transactionRaw">Its transaction: the anchor stays where another process has put other bytes in the place of these.</param>
    public void RemoveInFlight(int log, ulong treeSize, byte[] transactionRaw)
    {
        ArgumentNullException.ThrowIfNull(transactionRaw);
        _commands
            .With(
                "DELETE FROM anchor WHERE log = @0 AND tree_size = @1 AND ledger_proof IS NULL AND transaction_raw = @2",
                (long)log,
                checked((long)treeSize),
                transactionRaw)
            .ExecuteNonQuery();
    }

    /// <summary>All anchors of a log by size, each with its bytes: some kilobytes for each of any number.</summary>
    public IReadOnlyList<StoredAnchor> ReadAll(int log) =>
        Read(_commands.With("SELECT tree_size, transaction_raw, ledger_proof FROM anchor WHERE log = @0 ORDER BY tree_size", (long)log));

    /// <summary>The anchors of a log that are on the ledger, by size.</summary>
    /// <param name="log">The log.</param>
    /// <param name="after">The size behind which to begin; 0 for the first.</param>
    /// <param name="limit">The most to read.</param>
    public IReadOnlyList<StoredAnchor> ReadFinal(int log, ulong after, int limit) =>
        after > long.MaxValue
            ? []
            : Read(_commands.With(
                "SELECT tree_size, transaction_raw, ledger_proof FROM anchor WHERE log = @0 AND tree_size > @1 AND ledger_proof IS NOT NULL ORDER BY tree_size LIMIT @2",
                (long)log,
                (long)after,
                (long)limit));

    /// <summary>The anchor of a size, or null.</summary>
    public StoredAnchor? Find(int log, ulong treeSize) =>
        ReadOne(_commands.With(
            "SELECT tree_size, transaction_raw, ledger_proof FROM anchor WHERE log = @0 AND tree_size = @1", (long)log, checked((long)treeSize)));

    /// <summary>Whether there is an anchor of a size or of a larger one.</summary>
    public bool AnyFrom(int log, ulong treeSize) =>
        (long)_commands.With("SELECT EXISTS (SELECT 1 FROM anchor WHERE log = @0 AND tree_size >= @1)", (long)log, checked((long)treeSize)).ExecuteScalar()! != 0;

    /// <summary>The smallest anchor in flight behind a size, or null.</summary>
    /// <param name="log">The log.</param>
    /// <param name="after">The size; 0 for the first of all.</param>
    public StoredAnchor? FindInFlight(int log, ulong after = 0) =>
        ReadOne(_commands.With(
            "SELECT tree_size, transaction_raw, ledger_proof FROM anchor WHERE log = @0 AND tree_size > @1 AND ledger_proof IS NULL ORDER BY tree_size LIMIT 1",
            (long)log,
            checked((long)after)));

    /// <summary>The anchor on the ledger with the smallest tree that holds a leaf, or null.</summary>
    /// <exception cref="LogIntegrityException">The file is damaged.</exception>
    public StoredAnchor? FindCovering(int log, ulong leafIndex) =>
        ReadFinal(_commands.With(
            "SELECT tree_size, transaction_raw, ledger_proof FROM anchor WHERE log = @0 AND tree_size > @1 AND ledger_proof IS NOT NULL ORDER BY tree_size LIMIT 1",
            (long)log,
            checked((long)leafIndex)));

    /// <summary>The anchor on the ledger with the largest tree of a log, or null.</summary>
    /// <exception cref="LogIntegrityException">The file is damaged.</exception>
    public StoredAnchor? FindLatestFinal(int log) => FindFinalBefore(log, long.MaxValue);

    /// <summary>The anchor on the ledger with the largest tree below a size, or null.</summary>
    /// <exception cref="LogIntegrityException">The file is damaged.</exception>
    public StoredAnchor? FindFinalBefore(int log, ulong treeSize) =>
        ReadFinal(_commands.With(
            "SELECT tree_size, transaction_raw, ledger_proof FROM anchor WHERE log = @0 AND tree_size < @1 AND ledger_proof IS NOT NULL ORDER BY tree_size DESC LIMIT 1",
            (long)log,
            checked((long)treeSize)));

    /// <summary>How many anchors there are in all.</summary>
    public long Count() => (long)_commands.With("SELECT count(*) FROM anchor").ExecuteScalar()!;

    /// <inheritdoc/>
    public void Dispose() => _commands.Dispose();

    private static List<StoredAnchor> Read(SqliteCommand command)
    {
        List<StoredAnchor> anchors = [];
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            anchors.Add(Read(rows));
        }

        return anchors;
    }

    private static StoredAnchor? ReadOne(SqliteCommand command)
    {
        using SqliteDataReader row = command.ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    // That there is none is what people are told of a record: 'not anchored yet'. It is the key's pages that say so, and where one of them
    // was overwritten by a page of another index, SQLite finds nothing in it and no fault. The newest row must be in the key: what that
    // does not show of many pages, an audit does.
    private StoredAnchor? ReadFinal(SqliteCommand command)
    {
        if (ReadOne(command) is StoredAnchor anchor)
        {
            return anchor;
        }

        using SqliteDataReader newest = _commands.With("SELECT log, tree_size FROM anchor NOT INDEXED ORDER BY rowid DESC LIMIT 1").ExecuteReader();
        if (newest.Read())
        {
            long log = StoreRow.Integer(newest, 0);
            long size = StoreRow.Integer(newest, 1);
            if ((long)_commands.With("SELECT EXISTS (SELECT 1 FROM anchor WHERE log = @0 AND tree_size = @1)", log, size).ExecuteScalar()! == 0)
            {
                throw new LogIntegrityException("The store file is damaged: anchors are missing from the key of their table. Run 'ledgercredit log audit', and restore a backup.");
            }
        }

        return null;
    }

    private static StoredAnchor Read(SqliteDataReader row) => new(
        StoreRow.Size(row, 0),
        StoreRow.OptionalBlob(row, 1),
        StoreRow.OptionalBlob(row, 2));
}
