namespace LedgerCredit.Client.Models;

/// <summary>A material of a repair that the node keeps, encrypted (docs/spec/materials.md).</summary>
/// <param name="Id">Its id: 32 lower-case hex digits.</param>
/// <param name="Sanction">Leaf hash of the sanction that it is for, 0x and 64 hex digits.</param>
/// <param name="Code">Its code, <c>D01</c> to <c>D63</c>.</param>
/// <param name="MediaType">What it is: <c>application/pdf</c>, <c>image/jpeg</c> or <c>image/png</c>.</param>
/// <param name="Bytes">The size of the file.</param>
/// <param name="Sha256">SHA-256 of the file.</param>
/// <param name="Salt">The salt of its digest.</param>
/// <param name="Digest"><c>SHA-256(salt ‖ sha256)</c>: what is on the ledger once the material is submitted.</param>
/// <param name="UploadedAt">When it was uploaded, in UTC (RFC 3339).</param>
/// <param name="UploadedBy">Who uploaded it.</param>
/// <param name="Cases">The cases on the ledger that it is in, as far as the caller may see it there; empty before it is submitted.</param>
public sealed record MaterialView(
    string Id,
    string Sanction,
    string Code,
    string MediaType,
    long Bytes,
    string Sha256,
    string Salt,
    string Digest,
    string UploadedAt,
    string UploadedBy,
    IReadOnlyList<long> Cases);

/// <summary>A page of materials, the oldest first.</summary>
/// <param name="Materials">The materials.</param>
/// <param name="Next">The cursor of the next page; absent where there is none.</param>
public sealed record MaterialPage(IReadOnlyList<MaterialView> Materials, string? Next);
