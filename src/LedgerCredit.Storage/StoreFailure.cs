using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>A file that should be a store is missing or something else.</summary>
public sealed class StoreFormatException(string message) : Exception(message);

/// <summary>What an error of the database means for the person in front of it.</summary>
public enum StoreFailureKind
{
    /// <summary>Something this program did wrong.</summary>
    Bug,

    /// <summary>The file or a page of it is damaged.</summary>
    Damaged,

    /// <summary>The disk is full.</summary>
    DiskFull,

    /// <summary>Reading or writing failed.</summary>
    Io,

    /// <summary>Another process held the store for too long.</summary>
    Busy,

    /// <summary>The file or folder may not be written.</summary>
    ReadOnly,
}

/// <summary>Classifies errors of the database.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Message">One sentence with what to do.</param>
public sealed record StoreFailure(StoreFailureKind Kind, string Message)
{
    /// <summary>Says what an exception of the store means.</summary>
    public static StoreFailure Classify(DbException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);

        // Primary result codes of SQLite (sqlite.org/rescode.html).
        int code = exception is SqliteException sqlite ? sqlite.SqliteErrorCode : 0;
        return code switch
        {
            11 or 26 => new(StoreFailureKind.Damaged, "The store file is damaged: SQLite cannot read it as a sound database. Restore a backup."),
            13 => new(StoreFailureKind.DiskFull, "The disk is full; nothing of the unfinished batch was kept. Free some space and run the command again."),
            10 => new(StoreFailureKind.Io, "Reading or writing the store failed: the disk is full or broken. Check it and run the command again."),
            5 or 6 => new(StoreFailureKind.Busy, "Another process is writing to the store. Wait for it to end and run the command again."),
            8 or 14 or 23 => new(StoreFailureKind.ReadOnly, "The store may not be opened or written. Check the permissions of the workspace folder."),
            _ => new(StoreFailureKind.Bug, $"The store refused an operation (SQLite result code {code})."),
        };
    }
}
