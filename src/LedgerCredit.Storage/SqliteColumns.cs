using System.Runtime.InteropServices;

namespace LedgerCredit.Storage;

/// <summary>The functions that give the columns of a row, called without what the driver does around each call.</summary>
/// <remarks>
/// An audit calls ten of them for every entry. They only look at what the step read and neither wait nor call back, so the collector
/// need not be told of them. The library is the one that the driver loads.
/// </remarks>
internal static class SqliteColumns
{
    private const string Library = "e_sqlite3";

    public static int TypeOf(nint statement, int column) => sqlite3_column_type(statement, column);

    public static long Integer(nint statement, int column) => sqlite3_column_int64(statement, column);

    public static int LengthOf(nint statement, int column) => sqlite3_column_bytes(statement, column);

    public static void Copy(nint statement, int column, byte[] destination, int start, int length) =>
        Marshal.Copy(sqlite3_column_blob(statement, column), destination, start, length);

    [DllImport(Library, ExactSpelling = true)]
    [SuppressGCTransition]
    private static extern int sqlite3_column_type(nint statement, int column);

    [DllImport(Library, ExactSpelling = true)]
    [SuppressGCTransition]
    private static extern long sqlite3_column_int64(nint statement, int column);

    [DllImport(Library, ExactSpelling = true)]
    [SuppressGCTransition]
    private static extern int sqlite3_column_bytes(nint statement, int column);

    [DllImport(Library, ExactSpelling = true)]
    [SuppressGCTransition]
    private static extern nint sqlite3_column_blob(nint statement, int column);
}
