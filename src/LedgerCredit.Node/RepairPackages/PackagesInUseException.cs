namespace LedgerCredit.Node.RepairPackages;

/// <summary>Another command works on the repair packages of the workspace; waiting for it helps, unlike with other failures of the disk.</summary>
public sealed class PackagesInUseException(string message) : IOException(message);
