namespace LedgerCredit.Repair.Materials;

/// <summary>Where a file or a voucher was used before.</summary>
/// <param name="Place">The case and the material, in words for people: <c>7 (D06 receipt.pdf)</c>.</param>
/// <param name="IsRevoked">Whether it was a case of this sanction whose repair was revoked for false material.</param>
public sealed record MaterialUse(string Place, bool IsRevoked);
