using LedgerCredit.Ethereum;

namespace LedgerCredit.Node.Access;

/// <summary>What sign-in is for, and for how long.</summary>
public sealed class SignInOptions
{
    /// <summary>The authority that callers reach the node by, for example <c>credit.example.org</c> or <c>127.0.0.1:8080</c>.</summary>
    public required string Domain { get; init; }

    /// <summary>The URI that is signed in to, for example <c>https://credit.example.org/v1</c>.</summary>
    public required string Uri { get; init; }

    /// <summary>The ledger's chain id.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>
    /// Whether an account may sign in: those of the consortium's organisations. Others would get nothing that an anonymous caller does not,
    /// and could fill the memory with tokens. Asked once for each sign-in that is right in all else, by several threads at once.
    /// </summary>
    public required Func<Address, bool> IsAdmitted { get; init; }

    /// <summary>How long a challenge can be signed.</summary>
    /// <value>Five minutes.</value>
    public TimeSpan ChallengeLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a token is accepted.</summary>
    /// <value>15 minutes.</value>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromMinutes(15);
}
