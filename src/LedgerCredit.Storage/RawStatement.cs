using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LedgerCredit.Storage;

/// <summary>A prepared statement for what is run for every record: values go in and out as spans, without an object for each.</summary>
/// <remarks>
/// The statement is prepared when it is first used. Errors are the <see cref="SqliteException"/> that the driver would throw.
/// Parameters are numbered from 1, columns from 0, as by SQLite.
/// </remarks>
/// <param name="connection">An open connection, which outlives this.</param>
/// <param name="sql">A constant.</param>
internal sealed class RawStatement(SqliteConnection connection, string sql) : IDisposable
{
    private sqlite3_stmt? _statement;

    // The same: it is valid as long as the statement is, which ends with this.
    private nint _handle;

    /// <summary>Sets a parameter.</summary>
    public void Bind(int parameter, long value) => Check(raw.sqlite3_bind_int64(Prepared(), parameter, value));

    /// <summary>Sets a parameter; SQLite copies the bytes.</summary>
    public void Bind(int parameter, ReadOnlySpan<byte> value) => Check(raw.sqlite3_bind_blob(Prepared(), parameter, value));

    /// <summary>Runs a statement that gives no rows. The next one can be run at once.</summary>
    /// <exception cref="SqliteException">The database refused it.</exception>
    public void Run()
    {
        while (Step())
        {
        }
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>False where there is none: the statement is ready to be run again then, as after an error.</returns>
    /// <exception cref="SqliteException">The database refused it.</exception>
    public bool Step()
    {
        int code = raw.sqlite3_step(Prepared());
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        // The code is told by the step; resetting repeats it.
        Reset();
        if (code != raw.SQLITE_DONE)
        {
            Check(code);
        }

        return false;
    }

    /// <summary>Leaves the present row, so that the statement holds no read transaction open.</summary>
    public void Reset()
    {
        if (_statement is not null)
        {
            // What it answers is the error of the last step, which was told already.
            _ = raw.sqlite3_reset(_statement);
        }
    }

    /// <summary>The type of a column of the present row, as SQLite numbers types.</summary>
    public int TypeOf(int column) => SqliteColumns.TypeOf(_handle, column);

    /// <summary>A column of the present row.</summary>
    public long Integer(int column) => SqliteColumns.Integer(_handle, column);

    /// <summary>A column of the present row; valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_statement!, column);

    /// <summary>The length in bytes of a column of the present row that is a blob or null.</summary>
    public int LengthOf(int column) => SqliteColumns.LengthOf(_handle, column);

    /// <summary>Copies a column of the present row that is a blob and not empty.</summary>
    /// <param name="column">Which.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="start">The first byte to write.</param>
    /// <param name="length">Its <see cref="LengthOf"/>.</param>
    public void Copy(int column, byte[] destination, int start, int length) => SqliteColumns.Copy(_handle, column, destination, start, length);

    /// <inheritdoc/>
    public void Dispose()
    {
        _handle = 0;
        _statement?.Dispose();
    }

    private sqlite3_stmt Prepared()
    {
        if (_statement is null)
        {
            Check(raw.sqlite3_prepare_v2(connection.Handle!, Encoding.UTF8.GetBytes(sql), out _statement));
            _handle = _statement!.DangerousGetHandle();
        }

        return _statement!;
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(code, connection.Handle!);
        }
    }
}
