namespace LedgerCredit.Client.Models;

/// <summary>A key for programs that is to be made.</summary>
/// <param name="Name">What people call it: 1 to 64 letters, digits, spaces and `-_.`.</param>
/// <param name="Scopes">What it may be used for: `records:write`, `records:read`, `repair:write`, `audit`, `admin`; none that the caller has not.</param>
/// <param name="ExpiresAt">From when on it is refused, RFC 3339; absent for never.</param>
public sealed record NewApiKey(string Name, IReadOnlyList<string> Scopes, string? ExpiresAt = null);

/// <summary>A key for programs, without its secret.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Organisation">The slug of the organisation that it speaks for.</param>
/// <param name="Scopes">What it may be used for.</param>
/// <param name="CreatedAt">When it was made, RFC 3339.</param>
/// <param name="ExpiresAt">From when on it is refused; absent for never.</param>
/// <param name="RevokedAt">When it was revoked; absent where it was not.</param>
/// <param name="LastUsedAt">When it was used last, to about a minute; absent where it never was.</param>
public sealed record ApiKeyView(long Number, string Name, string Organisation, IReadOnlyList<string> Scopes, string CreatedAt, string? ExpiresAt, string? RevokedAt, string? LastUsedAt);

/// <summary>A key that was just made.</summary>
/// <param name="Key">The text to send as `Authorization: Bearer …`. It is shown this once.</param>
/// <param name="Details">What can be shown again.</param>
public sealed record CreatedApiKey(string Key, ApiKeyView Details);

/// <summary>Leave that a subject gives to an organisation.</summary>
/// <param name="Subject">The subject: `scheme:value`.</param>
/// <param name="Consumer">The slug of the organisation.</param>
/// <param name="Purpose">What for: `credit-review`, `procurement`, `supervision`, `audit` or `judicial`.</param>
/// <param name="ExpiresAt">Until when, RFC 3339; at most 366 days ahead.</param>
public sealed record NewGrant(string Subject, string Consumer, string Purpose, string ExpiresAt);

/// <summary>A grant of a subject.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Subject">The subject.</param>
/// <param name="Consumer">The slug of the organisation that may read.</param>
/// <param name="Purpose">What for.</param>
/// <param name="GrantedBy">The account that gave it.</param>
/// <param name="GrantedAt">When, RFC 3339.</param>
/// <param name="ExpiresAt">Until when.</param>
/// <param name="WithdrawnAt">When it was withdrawn; absent where it was not.</param>
/// <param name="InForce">Whether it counts now.</param>
public sealed record GrantView(long Number, string Subject, string Consumer, string Purpose, string GrantedBy, string GrantedAt, string ExpiresAt, string? WithdrawnAt, bool InForce);

/// <summary>Whose grants are asked for.</summary>
/// <param name="Subject">The subject: `scheme:value`; absent for the grants that were given to the caller's organisation.</param>
/// <param name="Cursor">The `next` of the page before; absent for the first page.</param>
/// <param name="Limit">The most grants of a page, 1 to 100; 100 where it is absent.</param>
public sealed record SubjectQuery(string? Subject = null, string? Cursor = null, int? Limit = null);

/// <summary>A page of grants, the oldest first.</summary>
/// <param name="Grants">The grants, also those that are over or withdrawn.</param>
/// <param name="Next">The cursor of the next page; absent on the last one.</param>
public sealed record GrantPage(IReadOnlyList<GrantView> Grants, string? Next);

/// <summary>That a record was read.</summary>
/// <param name="LeafIndex">The line's index in the access log.</param>
/// <param name="At">When, RFC 3339.</param>
/// <param name="Accessor">Who.</param>
/// <param name="Organisation">The slug of the organisation of who read; absent where there was none.</param>
/// <param name="Purpose">What for, as stated.</param>
/// <param name="Action">`read`, `evidence`, `report`, `history` or `material`.</param>
/// <param name="Record">The leaf hash of the record.</param>
/// <param name="Basis">Why it was let.</param>
/// <param name="Anchored">Whether the ledger covers the line.</param>
public sealed record AccessView(long LeafIndex, string At, string Accessor, string? Organisation, string Purpose, string Action, string Record, string Basis, bool Anchored);

/// <summary>A page of the access log, the newest line first.</summary>
/// <param name="Lines">The lines.</param>
/// <param name="Next">The cursor of the next page; absent on the last one.</param>
public sealed record AccessPage(IReadOnlyList<AccessView> Lines, string? Next);
