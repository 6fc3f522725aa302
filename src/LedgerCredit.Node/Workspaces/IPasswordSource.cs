namespace LedgerCredit.Node.Workspaces;

/// <summary>Where the password of protected keys comes from.</summary>
public interface IPasswordSource
{
    /// <summary>Gets the password; asked once for each command at most.</summary>
    /// <param name="isNew">No key is protected by it yet, so that nothing would notice a slip of the hand: ask twice.</param>
    /// <exception cref="WorkspaceException">There is no way to get one.</exception>
    string GetPassword(bool isNew);
}
