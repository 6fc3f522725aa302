using LedgerCredit.Primitives;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>What a repair case is selected by. Everything else about it follows from its events.</summary>
/// <param name="CaseId">The case, counted from 1.</param>
/// <param name="LeafHash">The sanction.</param>
/// <param name="SubjectTag">The subject's pseudonym.</param>
/// <param name="Authority">The organisation that decided.</param>
/// <param name="Stage">Where it stands, by the contract's number.</param>
/// <param name="DueAt">By when its step is due, in Unix seconds; 0 exactly when the case has ended.</param>
/// <param name="ObjectionDueAt">By when the first of its open objections is due, in Unix seconds; 0 where none is open or the case has ended.</param>
public sealed record StoredRepairCase(
    ulong CaseId, Bytes32 LeafHash, Bytes32 SubjectTag, Bytes32 Authority, byte Stage, ulong DueAt, ulong ObjectionDueAt);

/// <summary>Which cases are asked for; what is null or false does not matter.</summary>
public sealed record CaseFilter
{
    /// <summary>All cases.</summary>
    public static CaseFilter All { get; } = new();

    /// <summary>Only cases that have not ended.</summary>
    public bool IsUnderWay { get; init; }

    /// <summary>Only cases whose step or objection is overdue at this moment, in Unix seconds.</summary>
    public ulong? OverdueAt { get; init; }

    /// <summary>Only cases of this sanction.</summary>
    public Bytes32? LeafHash { get; init; }

    /// <summary>Only cases of this authority.</summary>
    public Bytes32? Authority { get; init; }

    /// <summary>Only cases of this subject.</summary>
    public Bytes32? SubjectTag { get; init; }

    /// <summary>Only cases that stand there, by the contract's number.</summary>
    public byte? Stage { get; init; }
}

/// <summary>Some of the cases that a filter matches, by their number.</summary>
/// <param name="Cases">The cases.</param>
/// <param name="Next">Behind which number to go on; null where nothing is left to be looked at.</param>
public sealed record StoredRepairCasePage(IReadOnlyList<StoredRepairCase> Cases, ulong? Next);

/// <summary>Derived: what repair cases are selected by.</summary>
public sealed class RepairCaseTable : IDisposable
{
    private const string Columns = "SELECT case_id, leaf_hash, subject_tag, authority, stage, due_at, objection_due_at FROM repair_case ";

    /// <summary>The most rows that a page reads.</summary>
    public const int MaxPageRows = 10_000;

    private readonly StoreCommands _commands;

    internal RepairCaseTable(SqliteConnection connection)
    {
        _commands = new StoreCommands(connection);
    }

    /// <summary>Writes a case in the place of what was there of it.</summary>
    public void Put(StoredRepairCase stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        _commands
            .With(
                """
                INSERT OR REPLACE INTO repair_case (case_id, leaf_hash, subject_tag, authority, stage, due_at, objection_due_at)
                VALUES (@0, @1, @2, @3, @4, @5, @6)
                """,
                checked((long)stored.CaseId),
                stored.LeafHash.ToArray(),
                stored.SubjectTag.ToArray(),
                stored.Authority.ToArray(),
                (long)stored.Stage,
                checked((long)stored.DueAt),
                checked((long)stored.ObjectionDueAt))
            .ExecuteNonQuery();
    }

    /// <summary>Forgets a case.</summary>
    public void Remove(ulong caseId) => _commands.With("DELETE FROM repair_case WHERE case_id = @0", checked((long)caseId)).ExecuteNonQuery();

    /// <summary>Forgets all cases.</summary>
    public void RemoveAll() => _commands.With("DELETE FROM repair_case").ExecuteNonQuery();

    /// <summary>The cases that a filter matches, by their number.</summary>
    public IReadOnlyList<StoredRepairCase> Read(CaseFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        // One statement for each way in, so that its index is used; the rest is compared row by row.
        SqliteCommand command = filter switch
        {
            { LeafHash: Bytes32 leafHash } => _commands.With(Columns + "WHERE leaf_hash = @0 ORDER BY case_id", leafHash.ToArray()),
            { SubjectTag: Bytes32 subjectTag } => _commands.With(Columns + "WHERE subject_tag = @0 ORDER BY case_id", subjectTag.ToArray()),
            { IsUnderWay: true } or { OverdueAt: not null } => _commands.With(Columns + "WHERE due_at > 0 ORDER BY case_id"),
            _ => _commands.With(Columns + "ORDER BY case_id"),
        };
        return [.. ReadAll(command).Where(stored => Matches(stored, filter))];
    }

    /// <summary>A page of the cases that a filter matches: as much is read as is given, and at most <see cref="MaxPageRows"/> rows beside them that do not match.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="after">Only cases of higher numbers than this one.</param>
    /// <param name="limit">At most so many.</param>
    public StoredRepairCasePage ReadPage(CaseFilter filter, ulong after, int limit)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        if (after > long.MaxValue)
        {
            return new StoredRepairCasePage([], null);
        }

        const string Page = "case_id > @0 ORDER BY case_id LIMIT @1";
        long first = (long)after;
        long most = MaxPageRows + 1;
        SqliteCommand command = filter switch
        {
            { LeafHash: Bytes32 leafHash } => _commands.With(Columns + "WHERE leaf_hash = @2 AND " + Page, first, most, leafHash.ToArray()),
            { SubjectTag: Bytes32 subjectTag } => _commands.With(Columns + "WHERE subject_tag = @2 AND " + Page, first, most, subjectTag.ToArray()),
            { IsUnderWay: true } or { OverdueAt: not null } => _commands.With(Columns + "WHERE due_at > 0 AND " + Page, first, most),
            _ => _commands.With(Columns + "WHERE " + Page, first, most),
        };
        List<StoredRepairCase> cases = [];
        ulong last = after;
        int rows = 0;
        foreach (StoredRepairCase stored in ReadAll(command))
        {
            if (rows == MaxPageRows || cases.Count == limit)
            {
                return new StoredRepairCasePage(cases, last);
            }

            rows++;
            last = stored.CaseId;
            if (Matches(stored, filter))
            {
                cases.Add(stored);
            }
        }

        return new StoredRepairCasePage(cases, null);
    }

    /// <summary>The cases that have not ended, by their number, a page of them: nothing behind it is read.</summary>
    /// <param name="after">Only cases of higher numbers than this one.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<StoredRepairCase> ReadUnderWay(ulong after, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return after > long.MaxValue
            ? []
            : [.. ReadAll(_commands.With(Columns + "WHERE due_at > 0 AND case_id > @0 ORDER BY case_id LIMIT @1", (long)after, (long)limit))];
    }

    /// <inheritdoc/>
    public void Dispose() => _commands.Dispose();

    private static IEnumerable<StoredRepairCase> ReadAll(SqliteCommand command)
    {
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            yield return Read(rows);
        }
    }

    private static bool Matches(StoredRepairCase stored, CaseFilter filter) =>
        (!filter.IsUnderWay || stored.DueAt > 0)
        && (filter.OverdueAt is not ulong now || IsOver(stored.DueAt, now) || IsOver(stored.ObjectionDueAt, now))
        && (filter.LeafHash is not Bytes32 leafHash || stored.LeafHash == leafHash)
        && (filter.Authority is not Bytes32 authority || stored.Authority == authority)
        && (filter.SubjectTag is not Bytes32 subjectTag || stored.SubjectTag == subjectTag)
        && (filter.Stage is not byte stage || stored.Stage == stage);

    private static bool IsOver(ulong dueAt, ulong now) => dueAt > 0 && now >= dueAt;

    private static StoredRepairCase Read(SqliteDataReader row) => new(
        StoreRow.Size(row, 0),
        StoreRow.Hash(row, 1),
        StoreRow.Hash(row, 2),
        StoreRow.Hash(row, 3),
        StoreRow.Byte(row, 4),
        StoreRow.Size(row, 5),
        StoreRow.Size(row, 6));
}
