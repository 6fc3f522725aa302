using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LedgerCredit.Log;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage.Indexes;

/// <summary>The two tables of all indexes: runs, and their chunks.</summary>
/// <remarks>
/// A chunk's row has the key <c>run * 2^24 + chunk</c> and a blob of pairs of 16 bytes: key, then position, both big-endian. It fills a page
/// of the file, so that a row costs one page and no more.
/// </remarks>
internal sealed class PairRunTable(SqliteConnection connection) : IDisposable
{
    /// <summary>The most pairs of a chunk: as many as fit into a page of 8 KiB beside its row's own bytes.</summary>
    public const int ChunkPairs = 500;

    /// <summary>Bytes of a pair.</summary>
    public const int PairBytes = 16;

    private const int ChunkBits = 24;

    private readonly RawStatement _selectRuns = new(connection, "SELECT number, level, first_chunk, first_pair, end_chunk, pairs, target FROM index_run WHERE kind = ?1 ORDER BY number");
    private readonly RawStatement _insertRun = new(connection, "INSERT INTO index_run (number, kind, level, first_chunk, first_pair, end_chunk, pairs) SELECT coalesce(max(number), 0) + 1, ?1, ?2, 0, 0, 0, 0 FROM index_run RETURNING number");
    private readonly RawStatement _updateRun = new(connection, "UPDATE index_run SET first_chunk = ?2, first_pair = ?3, end_chunk = ?4, pairs = ?5, target = nullif(?6, 0) WHERE number = ?1");
    private readonly RawStatement _deleteRun = new(connection, "DELETE FROM index_run WHERE number = ?1");
    private readonly RawStatement _deleteRuns = new(connection, "DELETE FROM index_run WHERE number < (SELECT max(number) FROM index_run)");
    private readonly RawStatement _emptyRuns = new(connection, "UPDATE index_run SET first_chunk = 0, first_pair = 0, end_chunk = 0, pairs = 0, target = NULL");
    private readonly RawStatement _countOtherRuns = new(connection, "SELECT count(*) FROM index_run WHERE kind NOT IN (1, 2, 3, 4)");
    private readonly RawStatement _selectChunk = new(connection, "SELECT pairs FROM index_chunk WHERE number = ?1");
    private readonly RawStatement _insertChunk = new(connection, "INSERT INTO index_chunk (number, pairs) VALUES (?1, ?2)");
    private readonly RawStatement _replaceChunk = new(connection, "UPDATE index_chunk SET pairs = ?2 WHERE number = ?1");
    private readonly RawStatement _deleteChunk = new(connection, "DELETE FROM index_chunk WHERE number = ?1");
    private readonly RawStatement _deleteChunks = new(connection, "DELETE FROM index_chunk");
    private readonly RawStatement _countChunks = new(connection, "SELECT count(*) FROM index_chunk");

    // The bytes of the chunk that is being written.
    private readonly IndexPair[] _encoded = new IndexPair[ChunkPairs];

    /// <summary>The runs of an index by number.</summary>
    /// <exception cref="LogIntegrityException">A run cannot be one.</exception>
    public List<PairRun> ReadRuns(IndexKind kind)
    {
        List<PairRun> runs = [];
        _selectRuns.Bind(1, (long)kind);
        while (_selectRuns.Step())
        {
            bool isSound = _selectRuns.Integer(0) is > 0 and < 1L << (63 - ChunkBits)
                && _selectRuns.Integer(1) is >= 0 and < 64
                && _selectRuns.Integer(2) >= 0
                && _selectRuns.Integer(3) is >= 0 and <= ChunkPairs
                && _selectRuns.Integer(4) >= _selectRuns.Integer(2)
                && _selectRuns.Integer(4) < 1L << ChunkBits
                && _selectRuns.Integer(5) is >= 0 and < 1L << 48;
            if (!isSound)
            {
                _selectRuns.Reset();
                throw Damaged("a run that cannot be one");
            }

            runs.Add(new PairRun
            {
                Number = _selectRuns.Integer(0),
                Level = (int)_selectRuns.Integer(1),
                FirstChunk = (int)_selectRuns.Integer(2),
                FirstPair = (int)_selectRuns.Integer(3),
                EndChunk = (int)_selectRuns.Integer(4),
                Pairs = _selectRuns.Integer(5),
                Target = _selectRuns.TypeOf(6) == SQLitePCL.raw.SQLITE_NULL ? null : _selectRuns.Integer(6),
            });
        }

        return runs;
    }

    /// <summary>Makes an empty run. Its number is higher than any that there ever was, because the highest is never removed.</summary>
    public PairRun AddRun(IndexKind kind, int level)
    {
        _insertRun.Bind(1, (long)kind);
        _insertRun.Bind(2, level);
        _insertRun.Step();
        long number = _insertRun.Integer(0);
        _insertRun.Run();
        return new PairRun { Number = number, Level = level };
    }

    /// <summary>Writes what changed of a run.</summary>
    public void Update(PairRun run)
    {
        _updateRun.Bind(1, run.Number);
        _updateRun.Bind(2, run.FirstChunk);
        _updateRun.Bind(3, run.FirstPair);
        _updateRun.Bind(4, run.EndChunk);
        _updateRun.Bind(5, run.Pairs);
        _updateRun.Bind(6, run.Target ?? 0);
        _updateRun.Run();
    }

    /// <summary>Removes a run whose chunks are gone.</summary>
    public void Remove(PairRun run)
    {
        _deleteRun.Bind(1, run.Number);
        _deleteRun.Run();
    }

    /// <summary>Removes everything but the highest number, in the row of a run that is empty now.</summary>
    public void Clear()
    {
        _deleteChunks.Run();
        _deleteRuns.Run();
        _emptyRuns.Run();
    }

    /// <summary>Reads a chunk.</summary>
    /// <param name="run">The run.</param>
    /// <param name="chunk">The chunk's number in it.</param>
    /// <param name="pairs">Room for <see cref="ChunkPairs"/>.</param>
    /// <returns>How many pairs it has.</returns>
    /// <exception cref="LogIntegrityException">It is missing, or is none.</exception>
    public int ReadChunk(PairRun run, int chunk, Span<IndexPair> pairs)
    {
        ReadOnlySpan<byte> bytes = Select(run, chunk);
        Span<ulong> words = MemoryMarshal.Cast<IndexPair, ulong>(pairs)[..(bytes.Length / sizeof(ulong))];
        bytes.CopyTo(MemoryMarshal.AsBytes(words));
        _selectChunk.Reset();
        Swap(words);
        return words.Length / 2;
    }

    /// <summary>Reads the first pair of a chunk.</summary>
    /// <returns>False where the chunk is empty.</returns>
    /// <exception cref="LogIntegrityException">The chunk is missing, or is none.</exception>
    public bool TryReadFirstPair(PairRun run, int chunk, out IndexPair pair)
    {
        ReadOnlySpan<byte> bytes = Select(run, chunk);
        bool isThere = !bytes.IsEmpty;
        pair = isThere
            ? new IndexPair(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadInt64BigEndian(bytes[sizeof(ulong)..]))
            : default;
        _selectChunk.Reset();
        return isThere;
    }

    /// <summary>Adds a chunk behind the last one of a run, whose row the caller updates.</summary>
    public void AppendChunk(PairRun run, ReadOnlySpan<IndexPair> pairs)
    {
        _insertChunk.Bind(1, KeyOf(run, run.EndChunk));
        _insertChunk.Bind(2, Encode(pairs));
        _insertChunk.Run();
        run.EndChunk++;
        run.Pairs += pairs.Length;
    }

    /// <summary>Writes a chunk over the present one.</summary>
    public void ReplaceChunk(PairRun run, int chunk, ReadOnlySpan<IndexPair> pairs)
    {
        _replaceChunk.Bind(1, KeyOf(run, chunk));
        _replaceChunk.Bind(2, Encode(pairs));
        _replaceChunk.Run();
    }

    /// <summary>Removes a chunk.</summary>
    public void RemoveChunk(PairRun run, int chunk)
    {
        _deleteChunk.Bind(1, KeyOf(run, chunk));
        _deleteChunk.Run();
    }

    /// <summary>How many chunks there are of all indexes.</summary>
    public long CountChunks() => Scalar(_countChunks);

    /// <summary>How many runs are of no index: none in a sound store.</summary>
    public long CountOtherRuns() => Scalar(_countOtherRuns);

    /// <summary>What to say of damage.</summary>
    public static LogIntegrityException Damaged(string what) =>
        new($"The index of records is damaged: it has {what}. Run 'ledgercredit log audit' and restore a backup.");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RawStatement statement in (RawStatement[])
            [
                _selectRuns, _insertRun, _updateRun, _deleteRun, _deleteRuns, _emptyRuns, _countOtherRuns,
                _selectChunk, _insertChunk, _replaceChunk, _deleteChunk, _deleteChunks, _countChunks,
            ])
        {
            statement.Dispose();
        }
    }

    private static long KeyOf(PairRun run, int chunk)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(chunk, 1 << ChunkBits);
        return (run.Number << ChunkBits) | (long)chunk;
    }

    private static long Scalar(RawStatement statement)
    {
        statement.Step();
        long value = statement.Integer(0);
        statement.Reset();
        return value;
    }

    private static void Swap(Span<ulong> words)
    {
        if (BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(words, words);
        }
    }

    // Valid until the statement is reset, which the caller does.
    private ReadOnlySpan<byte> Select(PairRun run, int chunk)
    {
        _selectChunk.Bind(1, KeyOf(run, chunk));
        if (!_selectChunk.Step())
        {
            throw Damaged("a run that lacks a chunk");
        }

        ReadOnlySpan<byte> bytes = _selectChunk.Blob(0);
        if (_selectChunk.TypeOf(0) == SQLitePCL.raw.SQLITE_BLOB && bytes.Length % PairBytes == 0 && bytes.Length <= ChunkPairs * PairBytes)
        {
            return bytes;
        }

        _selectChunk.Reset();
        throw Damaged("a chunk that is none");
    }

    private ReadOnlySpan<byte> Encode(ReadOnlySpan<IndexPair> pairs)
    {
        pairs.CopyTo(_encoded);
        Span<IndexPair> encoded = _encoded.AsSpan(0, pairs.Length);
        Swap(MemoryMarshal.Cast<IndexPair, ulong>(encoded));
        return MemoryMarshal.AsBytes(encoded);
    }
}
