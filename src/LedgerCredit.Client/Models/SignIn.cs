namespace LedgerCredit.Client.Models;

/// <summary>Who wants to sign in.</summary>
/// <param name="Address">The organisation's ledger account: 0x and 40 hex digits.</param>
public sealed record ChallengeRequest(string Address);

/// <summary>What the account is to sign.</summary>
/// <param name="Message">An EIP-4361 message; sign it as it is, with `personal_sign` (EIP-191). It can be used once, within five minutes.</param>
public sealed record Challenge(string Message);

/// <summary>A signed challenge.</summary>
/// <param name="Message">The message as it was given.</param>
/// <param name="Signature">The 65 bytes r, s, v: 0x and 130 hex digits.</param>
public sealed record SignInRequest(string Message, string Signature);

/// <summary>A token for some minutes.</summary>
/// <param name="Token">Send it as `Authorization: Bearer …`. It ends early where the node is started anew.</param>
/// <param name="ExpiresAt">Until when it is accepted, RFC 3339.</param>
public sealed record SignInToken(string Token, string ExpiresAt);

/// <summary>Who the caller is to the node.</summary>
/// <param name="Kind">`anonymous`, `account`, `api-key` or `staff`.</param>
/// <param name="Name">What the access log calls the caller.</param>
/// <param name="Organisation">The slug of its organisation; absent where it has none.</param>
/// <param name="Account">Its ledger account; absent where it did not sign in with one.</param>
/// <param name="Active">Whether it speaks for a registered organisation that is not suspended.</param>
/// <param name="Roles">Its roles as they count now.</param>
/// <param name="Scopes">What it may use the service for.</param>
public sealed record CallerView(string Kind, string Name, string? Organisation, string? Account, bool Active, IReadOnlyList<string> Roles, IReadOnlyList<string> Scopes);
