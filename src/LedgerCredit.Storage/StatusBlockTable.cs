using LedgerCredit.Primitives;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>The blocks as of which evidence files made here show the status of sanctions.</summary>
/// <remarks>
/// On a ledger without validators, trust policies pin them beside the anchors' blocks. Nothing in the store vouches for a hash
/// here: the audit compares each with the ledger.
/// </remarks>
public sealed class StatusBlockTable : IDisposable
{
    private readonly StoreCommands _commands;

    internal StatusBlockTable(SqliteConnection connection)
    {
        _commands = new StoreCommands(connection);
    }

    /// <summary>Keeps a block; after a reorganisation the newer hash of its number.</summary>
    public void Put(ulong number, Bytes32 hash) =>
        _commands
            .With("INSERT INTO status_block (number, hash) VALUES (@0, @1) ON CONFLICT (number) DO UPDATE SET hash = excluded.hash", checked((long)number), hash.ToArray())
            .ExecuteNonQuery();

    /// <summary>All blocks, by number.</summary>
    public IReadOnlyList<(ulong Number, Bytes32 Hash)> ReadAll()
    {
        List<(ulong, Bytes32)> blocks = [];
        using SqliteDataReader rows = _commands.With("SELECT number, hash FROM status_block ORDER BY number").ExecuteReader();
        while (rows.Read())
        {
            blocks.Add((StoreRow.Size(rows, 0), StoreRow.Hash(rows, 1)));
        }

        return blocks;
    }

    /// <inheritdoc/>
    public void Dispose() => _commands.Dispose();
}
