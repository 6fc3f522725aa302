namespace LedgerCredit.Node.RepairPackages;

/// <summary>
/// Two supplements of a case came on the ledger at the same time, from two places. Each place has the package of its own one, and
/// the ledger has the materials of both.
/// </summary>
/// <param name="pendingPath">The package that holds the salts of this one.</param>
public sealed class SupplementOvertakenException(string pendingPath) : Exception(
    $"The materials are on the ledger, but another account of the applicant supplemented the case at the same time, so that no package here has all materials. Keep '{pendingPath}': the salts of these files are in it alone. A complete package takes both: get the other one, and open the case anew with all files if the reviewers cannot do with the two.");
