using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Storage.Indexes;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>Derived: hash tiles. A right-edge tile is one row that grows until it is full.</summary>
public sealed class TileTable : IDisposable
{
    private readonly StoreCommands _commands;
    private readonly PairIndexSet _indexes;

    internal TileTable(SqliteConnection connection, PairIndexSet indexes)
    {
        _commands = new StoreCommands(connection);
        _indexes = indexes;
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
    /// <remarks>The index of leaves says where it may be, and the log's tiles of level 0 whether it is there.</remarks>
    public ulong? FindLeaf(int log, Bytes32 leafHash)
    {
        using IDisposable? use = _indexes.BeginUse();
        List<long> candidates = [];
        _indexes[IndexKind.Leaf].Find(IndexKeys.OfLeaf(leafHash), candidates);
        candidates.Sort();
        foreach (LogPosition position in candidates.Select(LogPosition.FromKey).Where(position => position.Log == log))
        {
            byte[] tile = Find(log, level: 0, position.LeafIndex / TileLayout.FullWidth) ?? [];
            int start = (int)(position.LeafIndex % TileLayout.FullWidth) * Bytes32.Length;
            if (tile.Length >= start + Bytes32.Length && tile.AsSpan(start, Bytes32.Length).SequenceEqual(leafHash.AsSpan()))
            {
                return position.LeafIndex;
            }
        }

        return null;
    }

    /// <summary>Finds many leaves of a log: for each that it has, the first index at which it stands.</summary>
    public IReadOnlyDictionary<Bytes32, ulong> FindLeaves(int log, IReadOnlySet<Bytes32> leafHashes)
    {
        ArgumentNullException.ThrowIfNull(leafHashes);
        using IDisposable? use = _indexes.BeginUse();
        Dictionary<Bytes32, ulong> found = [];
        foreach (Bytes32 leafHash in leafHashes)
        {
            if (FindLeaf(log, leafHash) is ulong leafIndex)
            {
                found.Add(leafHash, leafIndex);
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
