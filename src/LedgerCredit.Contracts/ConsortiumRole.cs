using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Contracts;

/// <summary>What an organisation, or one of its accounts, acts as. The numbers are those of the contract's enum.</summary>
public enum ConsortiumRole : byte
{
    /// <summary>No role; can never be held.</summary>
    None = 0,

    /// <summary>Determines sanctions and confirms their performance.</summary>
    Authority = 1,

    /// <summary>Reviews repair cases.</summary>
    Reviewer = 2,

    /// <summary>Publishes ratings.</summary>
    Agency = 3,

    /// <summary>Is, or acts for, a subject of records.</summary>
    Enterprise = 4,

    /// <summary>Decides objections.</summary>
    Arbiter = 5,

    /// <summary>Audits logs.</summary>
    Auditor = 6,

    /// <summary>Anchors the organisation's log.</summary>
    Operator = 7,
}

/// <summary>Names and sets of roles. A set is a bitmap: bit <c>(byte)role</c> stands for the role.</summary>
public static class ConsortiumRoles
{
    private static readonly ConsortiumRole[] All =
    [
        ConsortiumRole.Authority,
        ConsortiumRole.Reviewer,
        ConsortiumRole.Agency,
        ConsortiumRole.Enterprise,
        ConsortiumRole.Arbiter,
        ConsortiumRole.Auditor,
        ConsortiumRole.Operator,
    ];

    /// <summary>The names of all roles that can be held.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(ToName)];

    /// <summary>The role's name as commands and files write it: <c>authority</c>, <c>reviewer</c>, …</summary>
    public static string ToName(ConsortiumRole role) => role switch
    {
        ConsortiumRole.Authority => "authority",
        ConsortiumRole.Reviewer => "reviewer",
        ConsortiumRole.Agency => "agency",
        ConsortiumRole.Enterprise => "enterprise",
        ConsortiumRole.Arbiter => "arbiter",
        ConsortiumRole.Auditor => "auditor",
        ConsortiumRole.Operator => "operator",
        _ => throw new ArgumentOutOfRangeException(nameof(role), "Expected a role that can be held."),
    };

    /// <summary>Reads a role's name.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out ConsortiumRole role)
    {
        role = Array.Find(All, candidate => ToName(candidate) == name);
        return role != ConsortiumRole.None;
    }

    /// <summary>The set of roles as the contract keeps it.</summary>
    public static ushort ToBitmap(IEnumerable<ConsortiumRole> roles)
    {
        ArgumentNullException.ThrowIfNull(roles);

        int bitmap = 0;
        foreach (ConsortiumRole role in roles)
        {
            if (!All.Contains(role))
            {
                throw new ArgumentException("Expected roles that can be held.", nameof(roles));
            }

            bitmap |= 1 << (byte)role;
        }

        return (ushort)bitmap;
    }

    /// <summary>The set of roles of these names.</summary>
    /// <exception cref="ArgumentException">A name is no role's: check foreign ones with <see cref="TryParse"/> before.</exception>
    public static ushort ToBitmap(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return ToBitmap(names.Select(name => TryParse(name, out ConsortiumRole role)
            ? role
            : throw new ArgumentException($"'{name}' is not a role.", nameof(names))));
    }

    /// <summary>The roles in a set.</summary>
    public static IReadOnlyList<ConsortiumRole> FromBitmap(ushort bitmap) =>
        [.. All.Where(role => (bitmap & (1 << (byte)role)) != 0)];
}
