using LedgerCredit.Log;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>Reads the entries of a log in order, many at a time and without an object for each.</summary>
/// <remarks>Holds a read transaction from the first reading to the last or the disposal, so that all is of one state of the store.</remarks>
public sealed class EntryScan : IDisposable
{
    private readonly RawStatement _statement;
    private bool _isAtEnd;

    internal EntryScan(SqliteConnection connection, int log, ulong first)
    {
        _statement = new RawStatement(connection, "SELECT position, entry, secret, record FROM entry WHERE position BETWEEN ?1 AND ?2 ORDER BY position");
        _statement.Bind(1, new LogPosition(log, first).Key);
        _statement.Bind(2, LogPosition.KeysOf(log).Last);
    }

    /// <summary>Reads the next entries.</summary>
    /// <param name="batch">Is emptied and filled.</param>
    /// <returns>False where there are none any more.</returns>
    /// <exception cref="LogIntegrityException">A row has a value that it cannot have.</exception>
    public bool Read(EntryBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        batch.Clear();
        while (!_isAtEnd && !batch.IsFull)
        {
            if (!_statement.Step())
            {
                _isAtEnd = true;
                break;
            }

            int secretType = _statement.TypeOf(2);
            int recordType = _statement.TypeOf(3);
            bool isErased = recordType == SQLitePCL.raw.SQLITE_NULL;

            // The position is the row's own key, which the file's format has as an integer alone.
            if (_statement.TypeOf(1) != SQLitePCL.raw.SQLITE_BLOB
                || secretType is not (SQLitePCL.raw.SQLITE_BLOB or SQLitePCL.raw.SQLITE_NULL)
                || recordType is not (SQLitePCL.raw.SQLITE_BLOB or SQLitePCL.raw.SQLITE_NULL))
            {
                throw new LogIntegrityException("The store has an entry with a value that it cannot have. Run 'ledgercredit log audit' and restore a backup.");
            }

            batch.Add(LogPosition.FromKey(_statement.Integer(0)), isErased, secretType != SQLitePCL.raw.SQLITE_NULL, _statement, first: 1);
        }

        return batch.Count > 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _statement.Dispose();
}
