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
    public void Complete(int log, ulong treeSize, byte[] ledgerProof) =>
        _commands.With("UPDATE anchor SET ledger_proof = @2 WHERE log = @0 AND tree_size = @1", (long)log, checked((long)treeSize), ledgerProof).ExecuteNonQuery();

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
    public void RemoveInFlight(int log, ulong treeSize) =>
        _commands.With("DELETE FROM anchor WHERE log = @0 AND tree_size = @1 AND ledger_proof IS NULL", (long)log, checked((long)treeSize)).ExecuteNonQuery();

    /// <summary>All anchors of a log by size.</summary>
    public IReadOnlyList<StoredAnchor> ReadAll(int log)
    {
        List<StoredAnchor> anchors = [];
        using SqliteDataReader rows = _commands
            .With("SELECT tree_size, transaction_raw, ledger_proof FROM anchor WHERE log = @0 ORDER BY tree_size", (long)log)
            .ExecuteReader();
        while (rows.Read())
        {
            anchors.Add(Read(rows));
        }

        return anchors;
    }

    /// <summary>The anchor on the ledger with the smallest tree that holds a leaf, or null.</summary>
    public StoredAnchor? FindCovering(int log, ulong leafIndex)
    {
        using SqliteDataReader row = _commands
            .With(
                "SELECT tree_size, transaction_raw, ledger_proof FROM anchor WHERE log = @0 AND tree_size > @1 AND ledger_proof IS NOT NULL ORDER BY tree_size LIMIT 1",
                (long)log,
                checked((long)leafIndex))
            .ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    /// <summary>The anchor on the ledger with the largest tree of a log, or null.</summary>
    public StoredAnchor? FindLatestFinal(int log)
    {
        using SqliteDataReader row = _commands
            .With("SELECT tree_size, transaction_raw, ledger_proof FROM anchor WHERE log = @0 AND ledger_proof IS NOT NULL ORDER BY tree_size DESC LIMIT 1", (long)log)
            .ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    /// <summary>How many anchors there are in all.</summary>
    public long Count() => (long)_commands.With("SELECT count(*) FROM anchor").ExecuteScalar()!;

    /// <inheritdoc/>
    public void Dispose() => _commands.Dispose();

    private static StoredAnchor Read(SqliteDataReader row) => new(
        StoreRow.Size(row, 0),
        StoreRow.OptionalBlob(row, 1),
        StoreRow.OptionalBlob(row, 2));
}
