using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Records;

/// <summary>Destroys a record and its secret, and leaves the signed statement that says so.</summary>
/// <param name="store">The store, open for writing.</param>
/// <param name="timeProvider">The clock of statements.</param>
public sealed class RecordEraser(Store store, TimeProvider timeProvider)
{
    /// <summary>Erases a record. One that another process has erased since it was found stays as that one left it.</summary>
    /// <param name="found">The record.</param>
    /// <param name="key">Its log's key.</param>
    /// <param name="rules">The rules by which the record was accepted.</param>
    /// <param name="reason">One line without content of the record.</param>
    /// <returns>The signed statement, and whether it is new.</returns>
    /// <exception cref="LogIntegrityException">The stored record cannot be read, or its erasure has no statement that the log signed.</exception>
    public (ErasureStatement Statement, bool IsNew) Erase(FoundRecord found, LogKey key, RecordRules rules, string reason)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(key);

        // 1. One transaction: record, secret and index rows go, the statement comes. A crash before the commit leaves the
        //    record whole; nobody was told that it is gone.
        ErasureStatement statement;
        bool isNew;
        using (StoreTransaction transaction = store.BeginWrite())
        {
            StoredEntry? stored = store.Entries.Find(found.Position);
            ErasureStatement? earlier = stored is { IsErased: true } ? FindStatement(found, key, MerkleHash.Leaf(stored.Entry)) : null;
            isNew = earlier is null;
            statement = earlier ?? EraseNow(found, key, stored, rules, reason);
            transaction.Commit();
        }

        // 2. Until here the old pages may still stand in the write-ahead log. A crash before this line leaves them there
        //    until the next erasure or the next clean end of a writer empties it; CompleteErasures does it at once.
        CompleteErasures();
        return (statement, isNew);
    }

    // What another process left since the record was found.
    private ErasureStatement? FindStatement(FoundRecord found, LogKey key, Bytes32 leafHash) =>
        store.Entries.FindErasure(found.Position) is byte[] note
        && ErasureStatement.TryVerify(note, key.Signer.VerifierKey, out ErasureStatement? statement)
        && statement.Origin == found.Log.Origin
        && statement.LeafIndex == found.Position.LeafIndex
        && statement.LeafHash == leafHash
            ? statement
            : null;

    private ErasureStatement EraseNow(FoundRecord found, LogKey key, StoredEntry? stored, RecordRules rules, string reason)
    {
        if (stored?.Record is null || !CreditRecord.TryParse(stored.Record, rules, out CreditRecord? record, out _))
        {
            throw new LogIntegrityException($"The record at index {found.Position.LeafIndex} of log '{found.Log.Origin}' cannot be read. Run 'ledgercredit log audit'.");
        }

        DateTimeOffset now = timeProvider.GetUtcNow();
        ErasureStatement statement = new(
            found.Log.Origin,
            found.Position.LeafIndex,
            MerkleHash.Leaf(stored.Entry),
            now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)),
            ErasureStatement.ComputeIdTag(key.ErasureKey, record.Kind, record.Id),
            reason);
        store.Entries.Erase(found.Position, Encoding.UTF8.GetBytes(statement.Sign(key.Signer).Format()));
        store.Index.Remove(found.Position, record);
        return statement;
    }

    /// <summary>Empties the write-ahead log, so that nothing of an erased record is left in the store's files.</summary>
    public void CompleteErasures() => store.TruncateWriteAheadLog();

    /// <summary>Finds the statement of a record that was erased before, or null.</summary>
    public ErasureStatement? FindErased(StoredLog log, LogKey key, RecordKind kind, string id)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(key);
        foreach ((LogPosition _, byte[] note) in store.Entries.ReadErasures(log.Number))
        {
            if (ErasureStatement.TryVerify(note, key.Signer.VerifierKey, out ErasureStatement? statement)
                && statement.IdTag == ErasureStatement.ComputeIdTag(key.ErasureKey, kind, id))
            {
                return statement;
            }
        }

        return null;
    }
}
