using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Auditing;

/// <summary>The secrets of a workspace that an audit recomputes with.</summary>
/// <param name="SubjectKey">The network subject key: a sanction's terms cannot be recomputed without it.</param>
/// <param name="MaterialKey">The key of materials: without it, of their files only presence and size are compared. Null where there is none.</param>
public sealed record AuditKeys(Bytes32 SubjectKey, Bytes32? MaterialKey)
{
    /// <summary>Opens them.</summary>
    /// <exception cref="WorkspaceException">One cannot be opened.</exception>
    public static AuditKeys Open(KeyRing keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return new AuditKeys(keys.OpenSubjectKey(), keys.FindMaterialKey());
    }
}
