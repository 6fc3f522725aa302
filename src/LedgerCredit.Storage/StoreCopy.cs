using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LedgerCredit.Storage;

/// <summary>Copies a store page by page while others write to it, by SQLite's online backup (sqlite.org/backup.html).</summary>
internal static class StoreCopy
{
    private const string Main = "main";
    private const int PagesPerStep = 256;

    /// <summary>Copies what a connection sees.</summary>
    /// <param name="source">A connection in a read transaction: so all pages are of one moment, however many steps it takes.</param>
    /// <param name="target">A connection to an empty file.</param>
    /// <param name="progress">Hears how many pages are copied; may be null.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <exception cref="SqliteException">A page could not be read or written.</exception>
    public static void Run(SqliteConnection source, SqliteConnection target, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        using sqlite3_backup backup = raw.sqlite3_backup_init(target.Handle!, Main, source.Handle!, Main);
        if (backup.IsInvalid)
        {
            SqliteException.ThrowExceptionForRC(raw.sqlite3_errcode(target.Handle!), target.Handle!);
        }

        int step;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            step = raw.sqlite3_backup_step(backup, PagesPerStep);
            progress?.Report(raw.sqlite3_backup_pagecount(backup) - raw.sqlite3_backup_remaining(backup));
        }
        while (step == raw.SQLITE_OK);

        // What went wrong in a step is told again at the end, where it is undone.
        int end = raw.sqlite3_backup_finish(backup);
        if (step != raw.SQLITE_DONE || end != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(step != raw.SQLITE_DONE ? step : end, target.Handle!);
        }
    }
}
