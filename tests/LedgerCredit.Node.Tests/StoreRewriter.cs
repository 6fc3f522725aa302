using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests;

/// <summary>What a dishonest operator can do who has all keys: make everything derived and signed fit other entries.</summary>
internal static class StoreRewriter
{
    /// <summary>Keeps the first entries of a log, puts one record in another's place, and makes index, tiles and checkpoint anew.</summary>
    internal static void Resign(TestWorkspace workspace, string issuer, int entries, CreditRecord? replacement, int index)
    {
        using Store store = workspace.OpenStore();
        using LogKey key = workspace.OpenLogKey(issuer);
        using StoreFile file = new(workspace.Workspace.StorePath);
        StoredLog log = store.Logs.Find(issuer)!;
        long first = (long)log.Number << 40;
        file.Execute("DELETE FROM entry WHERE position >= @0 AND position < @1", first + entries, first + (1L << 40));
        if (replacement is not null)
        {
            PreparedRecord prepared = workspace.Prepare(replacement);
            file.Execute("DELETE FROM erasure WHERE position = @0", first + index);
            file.Execute(
                "UPDATE entry SET entry = @1, secret = @2, record = @3 WHERE position = @0",
                first + index,
                prepared.Entry,
                prepared.Secret.ToArray(),
                prepared.Canonical);
        }

        using StoreTransaction transaction = store.BeginWrite();
        TreeAppender tree = TreeAppender.CreateEmpty();
        foreach (StoredEntry entry in store.Entries.ReadAll(log.Number).ToList())
        {
            tree.Append(MerkleHash.Leaf(entry.Entry));
        }

        store.Index.Rebuild(store.Logs.ReadAll());
        foreach (Tile tile in tree.TakeChangedTiles())
        {
            store.Tiles.Put(log.Number, tile);
        }

        Checkpoint checkpoint = new(log.Origin, tree.Size, tree.RootHash());
        store.Checkpoints.Add(log.Number, tree.Size, Encoding.UTF8.GetBytes(key.Signer.Sign(checkpoint.Format()).Format()));
        transaction.Commit();
    }
}
