using LedgerCredit.Primitives;

namespace LedgerCredit.Repair.Materials;

/// <summary>What was submitted in the other cases that the applicant's workspace knows of.</summary>
public interface IMaterialHistory
{
    /// <summary>Where a file was used, or null.</summary>
    /// <param name="fileHash">SHA-256 of the file.</param>
    MaterialUse? FindFile(Bytes32 fileHash);

    /// <summary>Where a voucher of a payment was used, or null.</summary>
    /// <param name="reference">The voucher's number.</param>
    MaterialUse? FindVoucher(string reference);
}
