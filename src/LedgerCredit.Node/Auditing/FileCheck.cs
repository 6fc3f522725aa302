using System.Data.Common;
using LedgerCredit.Log;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Auditing;

/// <summary>What SQLite's own check of the database file, and the comparison of its schema, come to.</summary>
/// <remarks>
/// Reading every row sees most of what is damaged, but not the inner pages of the trees, by which single rows are looked up, pages that
/// nothing leads to, or what a constraint forbids: so this is not left out, not even for the large tables.
/// </remarks>
/// <param name="Findings">What is damaged.</param>
internal sealed record FileCheck(IReadOnlyList<AuditFinding> Findings)
{
    /// <summary>Checks the file of a workspace's store on a connection of its own.</summary>
    public static FileCheck Run(Workspace workspace)
    {
        try
        {
            using Store store = workspace.OpenStore(StoreAccess.Read);
            store.KeepFewPages();
            using StoreTransaction snapshot = store.BeginRead();
            return new FileCheck([.. store.CheckIntegrity().Select(problem =>
                new AuditFinding("store-damaged", null, null, $"The database file is damaged: {problem}."))]);
        }
        catch (Exception e) when (IsDamage(e, workspace))
        {
            return new FileCheck([Describe(e)]);
        }
    }

    /// <summary>Whether an exception is about a damaged header, page or row: a finding of an audit, not a failure of it.</summary>
    public static bool IsDamage(Exception e, Workspace workspace) =>
        e is DbException or LogIntegrityException or StoreFormatException && File.Exists(workspace.StorePath);

    /// <summary>The finding about it.</summary>
    public static AuditFinding Describe(Exception e)
    {
        string why = e is DbException database ? StoreFailure.Classify(database).Message : e.Message;
        return new AuditFinding("store-damaged", null, null, $"The store could not be read to the end. {why}");
    }
}
