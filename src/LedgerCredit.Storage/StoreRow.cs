using LedgerCredit.Log;
using LedgerCredit.Primitives;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>Reads columns of a row that must be of their declared type.</summary>
/// <remarks>
/// STRICT tables cannot hold anything else, so another type or a missing value means that the file was damaged below
/// SQLite. The driver would convert some of them silently and answer others with exceptions of a caller's mistake.
/// </remarks>
internal static class StoreRow
{
    /// <summary>An integer.</summary>
    /// <exception cref="LogIntegrityException">The row is damaged.</exception>
    public static long Integer(SqliteDataReader row, int column) =>
        SQLitePCL.raw.sqlite3_column_type(row.Handle, column) == SQLitePCL.raw.SQLITE_INTEGER ? row.GetInt64(column) : throw Damaged(row, column);

    /// <summary>A size or index: an integer that is not negative.</summary>
    /// <exception cref="LogIntegrityException">The row is damaged.</exception>
    public static ulong Size(SqliteDataReader row, int column)
    {
        long value = Integer(row, column);
        return value >= 0 ? (ulong)value : throw Damaged(row, column);
    }

    /// <summary>A size or index, or null.</summary>
    /// <exception cref="LogIntegrityException">The row is damaged.</exception>
    public static ulong? OptionalSize(SqliteDataReader row, int column) =>
        SQLitePCL.raw.sqlite3_column_type(row.Handle, column) == SQLitePCL.raw.SQLITE_NULL ? null : Size(row, column);

    /// <summary>An integer below 256 that is not negative.</summary>
    /// <exception cref="LogIntegrityException">The row is damaged.</exception>
    public static byte Byte(SqliteDataReader row, int column)
    {
        long value = Integer(row, column);
        return value is >= 0 and <= byte.MaxValue ? (byte)value : throw Damaged(row, column);
    }

    /// <summary>Thirty-two bytes.</summary>
    /// <exception cref="LogIntegrityException">The row is damaged.</exception>
    public static Bytes32 Hash(SqliteDataReader row, int column)
    {
        byte[] bytes = Blob(row, column);
        return bytes.Length == Bytes32.Length ? Bytes32.FromBytes(bytes) : throw Damaged(row, column);
    }

    /// <summary>A text.</summary>
    /// <exception cref="LogIntegrityException">The row is damaged.</exception>
    public static string Text(SqliteDataReader row, int column) =>
        SQLitePCL.raw.sqlite3_column_type(row.Handle, column) == SQLitePCL.raw.SQLITE_TEXT ? row.GetString(column) : throw Damaged(row, column);

    /// <summary>A text, or null.</summary>
    /// <exception cref="LogIntegrityException">The row is damaged.</exception>
    public static string? OptionalText(SqliteDataReader row, int column) =>
        SQLitePCL.raw.sqlite3_column_type(row.Handle, column) == SQLitePCL.raw.SQLITE_NULL ? null : Text(row, column);

    /// <summary>Bytes.</summary>
    /// <exception cref="LogIntegrityException">The row is damaged.</exception>
    public static byte[] Blob(SqliteDataReader row, int column) => OptionalBlob(row, column) ?? throw Damaged(row, column);

    /// <summary>Bytes, or null.</summary>
    /// <exception cref="LogIntegrityException">The row is damaged.</exception>
    public static byte[]? OptionalBlob(SqliteDataReader row, int column) => SQLitePCL.raw.sqlite3_column_type(row.Handle, column) switch
    {
        SQLitePCL.raw.SQLITE_NULL => null,
        SQLitePCL.raw.SQLITE_BLOB => row.GetFieldValue<byte[]>(column),
        _ => throw Damaged(row, column),
    };

    private static LogIntegrityException Damaged(SqliteDataReader row, int column) =>
        new($"The store has a row whose column '{row.GetName(column)}' holds a value that it cannot have. Run 'ledgercredit log audit' and restore a backup.");
}
