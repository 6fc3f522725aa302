using LedgerCredit.Storage;

namespace LedgerCredit.Node.Workspaces;

/// <summary>Whether a configuration and a store are of the same workspace and the same moment.</summary>
internal static class WorkspaceBackupMatch
{
    /// <summary>Compares members and logs.</summary>
    /// <returns>The first difference, as a sentence, or null.</returns>
    internal static string? FindProblem(WorkspaceConfig config, IReadOnlyList<StoredLog> logs)
    {
        foreach (MemberConfig member in config.Members)
        {
            StoredLog? log = logs.FirstOrDefault(log => log.Issuer == member.Slug);
            if (log is null || log.Origin != member.Origin || log.VerifierKey != member.VerifierKey)
            {
                return log is null
                    ? $"{Workspace.ConfigName} names the member '{member.Slug}', of which the store has no log."
                    : $"{Workspace.ConfigName} and the store do not name the same origin and key for the log of '{member.Slug}'.";
            }
        }

        return logs.FirstOrDefault(log => config.FindMember(log.Issuer) is null) is StoredLog other
            ? $"The store has a log of '{other.Issuer}', whom {Workspace.ConfigName} does not name."
            : null;
    }
}
