using System.CommandLine;
using System.Globalization;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Cli.Commands;

/// <summary><c>node outbox [retry]</c>.</summary>
internal static class NodeOutboxCommands
{
    /// <summary>Makes the commands.</summary>
    public static Command Create()
    {
        Command retry = new("retry", "Make everything that waits due now. A running node sends it at once; 'node run --once' does it without.");
        retry.SetAction(result =>
        {
            using Store store = result.OpenWorkspace().OpenStore(StoreAccess.Write);
            int due = store.Outbox.MakeAllDue(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
            new CommandOutput(result).Result(
                new JsonObject(new JsonMember("due", new JsonNumber(due))),
                text => text.WriteLine(due == 0 ? "Nothing is waiting." : $"{due} messages are due now."));
            return ExitCode.Done;
        });

        Command outbox = new("outbox", "List the messages that supervisory endpoints have not taken yet: attempts, the next one, and why the last one failed.") { retry };
        outbox.SetAction(result =>
        {
            Workspace workspace = result.OpenWorkspace();
            using Store store = workspace.OpenStore(StoreAccess.Read);
            IReadOnlyList<PendingMessage> pending = store.Outbox.ReadPending();
            new CommandOutput(result).Result(new JsonArray([.. pending.Select(ToJson)]), text => Write(text, pending));
            return ExitCode.Done;
        });
        return outbox;
    }

    private static void Write(TextWriter text, IReadOnlyList<PendingMessage> pending)
    {
        if (pending.Count == 0)
        {
            text.WriteLine("Nothing is waiting.");
            return;
        }

        CommandOutput.Table(text, ["endpoint", "event", "attempts", "next attempt", "problem"], pending.Select(message => (IReadOnlyList<string>)
        [
            message.Endpoint,
            message.EventId,
            message.Attempts.ToString(CultureInfo.InvariantCulture),
            Time(message.NextAttemptAt),
            message.Problem ?? "",
        ]));
    }

    private static JsonObject ToJson(PendingMessage message) => new(
        new JsonMember("endpoint", new JsonString(message.Endpoint)),
        new JsonMember("eventId", new JsonString(message.EventId)),
        new JsonMember("createdAt", new JsonString(Time(message.CreatedAt))),
        new JsonMember("attempts", new JsonNumber(message.Attempts)),
        new JsonMember("nextAttemptAt", new JsonString(Time(message.NextAttemptAt))),
        new JsonMember("problem", message.Problem is null ? new JsonNull() : new JsonString(message.Problem)));

    private static string Time(long unixMilliseconds) => UtcTime.Format(DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds));
}
