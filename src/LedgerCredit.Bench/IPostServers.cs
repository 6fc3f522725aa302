namespace LedgerCredit.Bench;

/// <summary>The service over a workspace, and beside it an empty handler in a server with the same settings.</summary>
/// <remarks>An interface, because HTTP servers have one project and it is not this one: who runs the bench brings them.</remarks>
public interface IPostServers : IAsyncDisposable
{
    /// <summary>The address of the service, which takes any number of requests.</summary>
    Uri Service { get; }

    /// <summary>The address of the handler, which reads what it is sent and answers 201 without more.</summary>
    Uri Empty { get; }
}
