namespace LedgerCredit.Storage.Indexes;

/// <summary>What an index of records leads from.</summary>
public enum IndexKind
{
    /// <summary>Log, kind and id of a record. Erased records are not in it.</summary>
    Id = 1,

    /// <summary>The subject of a record. Erased records are not in it.</summary>
    Subject = 2,

    /// <summary>The leaf hash of an entry, erased or not.</summary>
    Leaf = 3,

    /// <summary>Log, kind and id of what a record replaces: leads from the replaced record to those that replace it, where those are not erased.</summary>
    Superseded = 4,
}

/// <summary>A pair of an index: the entry at a position may be what the key was made of.</summary>
/// <remarks>Sorted by key, then by position. Keys are 64 bits of hashes, so that two things can have one key.</remarks>
/// <param name="Key">See <see cref="IndexKeys"/>.</param>
/// <param name="Position">Where the entry is, as <see cref="LogPosition.Key"/>.</param>
public readonly record struct IndexPair(ulong Key, long Position) : IComparable<IndexPair>
{
    /// <inheritdoc/>
    public int CompareTo(IndexPair other) => Key == other.Key ? Position.CompareTo(other.Position) : Key < other.Key ? -1 : 1;

    /// <summary>Order of an index.</summary>
    public static bool operator <(IndexPair left, IndexPair right) => left.Key < right.Key || (left.Key == right.Key && left.Position < right.Position);

    /// <summary>Order of an index.</summary>
    public static bool operator >(IndexPair left, IndexPair right) => right < left;

    /// <summary>Order of an index.</summary>
    public static bool operator <=(IndexPair left, IndexPair right) => !(right < left);

    /// <summary>Order of an index.</summary>
    public static bool operator >=(IndexPair left, IndexPair right) => !(left < right);
}

/// <summary>The keys of a new entry.</summary>
/// <param name="Position">Where it is.</param>
/// <param name="IdKey">See <see cref="IndexKeys.OfId(int, Evidence.RecordKind, ReadOnlySpan{byte})"/>.</param>
/// <param name="SubjectKey">See <see cref="IndexKeys.OfSubject(ReadOnlySpan{byte})"/>.</param>
/// <param name="LeafKey">See <see cref="IndexKeys.OfLeaf"/>.</param>
/// <param name="SupersededKey">The key of the id that the record replaces, made as <paramref name="IdKey"/>; null where it replaces none.</param>
public readonly record struct NewIndexRow(LogPosition Position, ulong IdKey, ulong SubjectKey, ulong LeafKey, ulong? SupersededKey = null);

/// <summary>A question for a record by its id.</summary>
/// <param name="Log">The log.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Id">The id in UTF-8.</param>
/// <param name="IdKey">The key of these three, see <see cref="IndexKeys.OfId(int, Evidence.RecordKind, ReadOnlySpan{byte})"/>.</param>
public readonly record struct RecordQuestion(int Log, Evidence.RecordKind Kind, ReadOnlyMemory<byte> Id, ulong IdKey);
