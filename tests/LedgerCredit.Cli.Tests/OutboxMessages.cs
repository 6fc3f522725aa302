using System.Globalization;
using System.Text;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli.Tests;

/// <summary>Messages that wait in the outbox of a workspace, without the repairs that they would tell of.</summary>
internal static class OutboxMessages
{
    /// <summary>Adds messages whose bodies are their ids.</summary>
    public static void Add(string data, string endpoint, int count)
    {
        using Store store = Open(data);
        using StoreTransaction transaction = store.BeginWrite();
        for (int i = 0; i < count; i++)
        {
            string id = string.Create(CultureInfo.InvariantCulture, $"31700/0x00/case/{i}/repaired");
            store.Outbox.Add(id, endpoint, Encoding.UTF8.GetBytes(id), 1_700_000_000_000);
        }

        transaction.Commit();
    }

    /// <summary>Notes a failed attempt for the oldest message, the next being far away.</summary>
    public static void Fail(string data, string problem)
    {
        using Store store = Open(data);
        store.Outbox.MarkFailed(store.Outbox.ReadPending()[0], problem, TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds());
    }

    /// <summary>The messages that wait.</summary>
    public static IReadOnlyList<PendingMessage> Read(string data)
    {
        using Store store = Open(data);
        return store.Outbox.ReadPending();
    }

    private static Store Open(string data) => Store.Open(Path.Combine(data, "ledgercredit.db"), StoreAccess.Write);
}
