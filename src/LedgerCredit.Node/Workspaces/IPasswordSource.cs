namespace LedgerCredit.Node.Workspaces;

/// <summary>Where the password of protected keys comes from.</summary>
public interface IPasswordSource
{
    /// <summary>Gets the password; asked once for each command at most.</summary>
    /// <exception cref="WorkspaceException">There is no way to get one.</exception>
    string GetPassword();
}
