using LedgerCredit.Log;
using LedgerCredit.Primitives;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>Derived: hash tiles. A right-edge tile is one row that grows until it is full.</summary>
public sealed class TileTable : IDisposable
{
    private readonly StoreCommands _commands;

    internal TileTable(SqliteConnection connection)
    {
        _commands = new StoreCommands(connection);
    }

    /// <summary>Writes a tile over a narrower one of the same place.</summary>
    public void Put(int log, Tile tile)
    {
        ArgumentNullException.ThrowIfNull(tile);
        _commands
            .With(
                "INSERT INTO tile (log, level, number, hashes) VALUES (@0, @1, @2, @3) ON CONFLICT (log, level, number) DO UPDATE SET hashes = excluded.hashes",
                (long)log,
                (long)tile.Id.Level,
                checked((long)tile.Id.Index),
                tile.Hashes.ToArray())
            .ExecuteNonQuery();
    }

    /// <summary>The stored hashes of a place, however many there are, or null.</summary>
    public byte[]? Find(int log, int level, ulong index) =>
        _commands.With("SELECT hashes FROM tile WHERE log = @0 AND level = @1 AND number = @2", (long)log, (long)level, checked((long)index)).ExecuteScalar() as byte[];

    /// <summary>Finds a leaf of a log by its hash: the first index at which it stands, or null.</summary>
    /// <remarks>Reads the log's tiles of level 0, which hold the leaf hashes, until it is found: 8 KiB for each 256 entries.</remarks>
    public ulong? FindLeaf(int log, Bytes32 leafHash)
    {
        using SqliteDataReader rows = _commands
            .With("SELECT number, hashes FROM tile WHERE log = @0 AND level = 0 ORDER BY number", (long)log)
            .ExecuteReader();
        while (rows.Read())
        {
            byte[] hashes = StoreRow.Blob(rows, 1);
            for (int start = 0; start < hashes.Length;)
            {
                int found = hashes.AsSpan(start).IndexOf(leafHash.AsSpan());
                if (found < 0)
                {
                    break;
                }

                // Bytes of two neighbours can look like it.
                if ((start + found) % Bytes32.Length == 0)
                {
                    return (StoreRow.Size(rows, 0) * TileLayout.FullWidth) + (ulong)((start + found) / Bytes32.Length);
                }

                start += found + 1;
            }
        }

        return null;
    }

    /// <summary>Finds many leaves of a log in one reading of its tiles: for each that it has, the first index at which it stands.</summary>
    public IReadOnlyDictionary<Bytes32, ulong> FindLeaves(int log, IReadOnlySet<Bytes32> leafHashes)
    {
        ArgumentNullException.ThrowIfNull(leafHashes);
        Dictionary<Bytes32, ulong> found = [];
        using SqliteDataReader rows = _commands
            .With("SELECT number, hashes FROM tile WHERE log = @0 AND level = 0 ORDER BY number", (long)log)
            .ExecuteReader();
        while (found.Count < leafHashes.Count && rows.Read())
        {
            ulong first = StoreRow.Size(rows, 0) * TileLayout.FullWidth;
            byte[] hashes = StoreRow.Blob(rows, 1);
            for (int i = 0; i < hashes.Length / Bytes32.Length; i++)
            {
                Bytes32 leafHash = Bytes32.FromBytes(hashes.AsSpan(i * Bytes32.Length, Bytes32.Length));
                if (leafHashes.Contains(leafHash))
                {
                    found.TryAdd(leafHash, first + (ulong)i);
                }
            }
        }

        return found;
    }

    /// <summary>How many tiles there are in all.</summary>
    public long Count() => (long)_commands.With("SELECT count(*) FROM tile").ExecuteScalar()!;

    /// <summary>The tiles of one log, as the tree's algorithms want them.</summary>
    public ITileReader ReaderOf(int log) => new Reader(this, log);

    /// <inheritdoc/>
    public void Dispose() => _commands.Dispose();

    private sealed class Reader(TileTable table, int log) : ITileReader
    {
        public ReadOnlyMemory<byte> ReadTile(TileId tile)
        {
            byte[] hashes = table.Find(log, tile.Level, tile.Index)
                ?? throw new LogIntegrityException($"Tile {TileLayout.Path(tile)} is missing in the store. 'ledgercredit log audit' says what else is.");
            int expected = tile.Width * Bytes32.Length;
            return hashes.Length >= expected
                ? hashes.AsMemory(0, expected)
                : throw new LogIntegrityException($"Tile {TileLayout.Path(tile)} is damaged: expected at least {expected} bytes, found {hashes.Length}.");
        }
    }
}
