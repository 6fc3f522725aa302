using System.Collections.Frozen;
using LedgerCredit.Contracts;

namespace LedgerCredit.Node.Access;

/// <summary>What a caller may use the service for: a closed list of words.</summary>
/// <remarks>A scope opens a door of the service; what a caller sees behind it follows from its roles and the rules of access (docs/spec/access.md).</remarks>
public static class AccessScopes
{
    /// <summary>To enter records of its own organisation.</summary>
    public const string RecordsWrite = "records:write";

    /// <summary>To read records as its organisation.</summary>
    public const string RecordsRead = "records:read";

    /// <summary>To take steps in repair cases.</summary>
    public const string RepairWrite = "repair:write";

    /// <summary>To audit, and to read the access log.</summary>
    public const string Audit = "audit";

    /// <summary>To manage keys and the node. No account has it by its roles: it is given to a key or to staff.</summary>
    public const string Admin = "admin";

    private const int MostAtOnce = 16;

    /// <summary>All scopes, in the order in which they are shown.</summary>
    public static IReadOnlyList<string> All { get; } = [RecordsWrite, RecordsRead, RepairWrite, Audit, Admin];

    /// <summary>No scope.</summary>
    public static IReadOnlySet<string> None { get; } = FrozenSet<string>.Empty;

    /// <summary>Reads scopes that are separated by commas.</summary>
    /// <param name="text">For example <c>records:read,audit</c>.</param>
    /// <param name="scopes">The scopes, each once.</param>
    /// <returns>False where one is none of <see cref="All"/>, is there twice, or there is none.</returns>
    public static bool TryParse(string? text, out IReadOnlySet<string> scopes)
    {
        scopes = None;
        string[] words = text?.Split(',', MostAtOnce) ?? [];
        if (words.Length == 0 || words.Distinct(StringComparer.Ordinal).Count() != words.Length || !words.All(All.Contains))
        {
            return false;
        }

        scopes = words.ToFrozenSet(StringComparer.Ordinal);
        return true;
    }

    /// <summary>Writes scopes in the order of <see cref="All"/>, separated by commas.</summary>
    public static string Format(IReadOnlySet<string> scopes)
    {
        ArgumentNullException.ThrowIfNull(scopes);
        return string.Join(',', All.Where(scopes.Contains));
    }

    /// <summary>All that an account may use the service for by its roles.</summary>
    /// <param name="roles">Its roles as they count now.</param>
    /// <param name="isActive">Whether it speaks for an organisation that is not suspended: such a one reads, whatever its roles.</param>
    public static IReadOnlySet<string> OfRoles(IReadOnlySet<ConsortiumRole> roles, bool isActive)
    {
        ArgumentNullException.ThrowIfNull(roles);
        HashSet<string> scopes = new(StringComparer.Ordinal);
        if (isActive)
        {
            scopes.Add(RecordsRead);
        }

        foreach (ConsortiumRole role in roles)
        {
            scopes.UnionWith(role switch
            {
                ConsortiumRole.Authority => [RecordsWrite, RepairWrite],
                ConsortiumRole.Agency => [RecordsWrite],
                ConsortiumRole.Reviewer or ConsortiumRole.Enterprise or ConsortiumRole.Arbiter => [RepairWrite],
                ConsortiumRole.Auditor => [Audit],
                ConsortiumRole.Operator => [],
                _ => throw new ArgumentOutOfRangeException(nameof(roles), role, "Expected roles that can be held."),
            });
        }

        return scopes.ToFrozenSet(StringComparer.Ordinal);
    }
}
