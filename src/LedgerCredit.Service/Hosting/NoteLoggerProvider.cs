using LedgerCredit.Node.Running;
using LedgerCredit.Primitives.Json;
using Microsoft.Extensions.Logging;

namespace LedgerCredit.Service.Hosting;

/// <summary>Gives what the HTTP server logs to the node's reports: one line each, in text or JSON like all others.</summary>
/// <remarks>The server logs no bodies; addresses of this API hold no names of subjects. Exceptions are given with type and stack, because ours say nothing of records.</remarks>
internal sealed class NoteLoggerProvider(Action<NodeNote> report) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new NoteLogger(categoryName, report);

    public void Dispose()
    {
    }

    private sealed class NoteLogger(string category, Action<NodeNote> report) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            string message = formatter(state, exception);
            List<JsonMember> facts =
            [
                new("level", new JsonString(logLevel == LogLevel.Warning ? "warning" : "error")),
                new("category", new JsonString(category)),
                new("event", new JsonString(eventId.Name ?? "")),
            ];
            if (exception is not null)
            {
                facts.Add(new("exception", new JsonString(exception.ToString())));
            }

            report(new NodeNote("http", exception is null ? message : $"{message}: {exception.GetType().Name}: {exception.Message}", facts));
        }
    }
}
