namespace LedgerCredit.Node.Workspaces;

/// <summary>The workspace or its configuration does not allow what was asked; the message says what to do.</summary>
public sealed class WorkspaceException(string message) : Exception(message);
