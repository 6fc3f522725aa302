using LedgerCredit.Primitives;

namespace LedgerCredit.Repair.Materials;

/// <summary>What was submitted in the other cases that the applicant's workspace knows of.</summary>
public interface IMaterialHistory
{
    /// <summary>The case in which a file was used, in words for people, or null.</summary>
    /// <param name="fileHash">SHA-256 of the file.</param>
    string? FindFile(Bytes32 fileHash);

    /// <summary>The case in which a voucher of a payment was used, in words for people, or null.</summary>
    /// <param name="reference">The voucher's number.</param>
    string? FindVoucher(string reference);
}
