namespace LedgerCredit.Storage;

/// <summary>Some entries that lie one behind the other, as they stand in the store. Reused from one reading to the next; not thread-safe.</summary>
public sealed class EntryBatch
{
    private readonly int _maxRows;
    private readonly int _maxBytes;
    private readonly Row[] _rows;
    private byte[] _bytes;
    private int _used;

    /// <summary>Makes a batch.</summary>
    /// <param name="maxRows">At most so many entries.</param>
    /// <param name="maxBytes">No further entry once it has so many bytes. At least one entry is always taken.</param>
    public EntryBatch(int maxRows = 1024, int maxBytes = 1 << 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        _maxRows = maxRows;
        _maxBytes = maxBytes;
        _rows = new Row[maxRows];
        _bytes = new byte[maxBytes];
    }

    /// <summary>How many entries there are.</summary>
    public int Count { get; private set; }

    internal bool IsFull => Count == _maxRows || _used >= _maxBytes;

    /// <summary>Where an entry is.</summary>
    public LogPosition Position(int number) => RowOf(number).Position;

    /// <summary>The entry: 66 bytes, unless it was altered.</summary>
    public ReadOnlySpan<byte> Entry(int number)
    {
        Row row = RowOf(number);
        return _bytes.AsSpan(row.Start, row.EntryBytes);
    }

    /// <summary>Whether record and secret were destroyed.</summary>
    public bool IsErased(int number) => RowOf(number).IsErased;

    /// <summary>Whether there is a secret, be it empty. Only damage leaves an entry with its record and without it, or the other way round.</summary>
    public bool HasSecret(int number) => RowOf(number).HasSecret;

    /// <summary>The secret: 32 bytes, unless it was altered; none of an erased entry.</summary>
    public ReadOnlySpan<byte> Secret(int number)
    {
        Row row = RowOf(number);
        return _bytes.AsSpan(row.Start + row.EntryBytes, row.SecretBytes);
    }

    /// <summary>The canonical record; nothing of an erased entry.</summary>
    public ReadOnlySpan<byte> Record(int number)
    {
        Row row = RowOf(number);
        return _bytes.AsSpan(row.Start + row.EntryBytes + row.SecretBytes, row.RecordBytes);
    }

    internal void Clear()
    {
        Count = 0;
        _used = 0;
    }

    /// <summary>Adds the present row of a statement, whose entry, secret and record are three columns that are blobs or null.</summary>
    internal void Add(LogPosition position, bool isErased, bool hasSecret, RawStatement row, int first)
    {
        int entry = row.LengthOf(first);
        int secret = hasSecret ? row.LengthOf(first + 1) : 0;
        int record = isErased ? 0 : row.LengthOf(first + 2);
        _rows[Count++] = new Row(position, isErased, hasSecret, _used, entry, secret, record);
        int needed = _used + entry + secret + record;
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length + (_bytes.Length / 4)));
        }

        Append(row, first, entry);
        Append(row, first + 1, secret);
        Append(row, first + 2, record);
    }

    private void Append(RawStatement row, int column, int length)
    {
        // An empty blob has no address.
        if (length > 0)
        {
            row.Copy(column, _bytes, _used, length);
            _used += length;
        }
    }

    private ref readonly Row RowOf(int number)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, Count);
        return ref _rows[number];
    }

    private readonly record struct Row(LogPosition Position, bool IsErased, bool HasSecret, int Start, int EntryBytes, int SecretBytes, int RecordBytes);
}
