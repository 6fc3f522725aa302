using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Cases;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Materials;

/// <summary>In which cases materials are: those whose applicant put kind and digest on the ledger. For one snapshot.</summary>
/// <remarks>The digest binds the content, so that whoever reads a material by its case reads what the ledger has, and nothing else.</remarks>
/// <param name="index">The index of the ledger.</param>
public sealed class MaterialCases(LedgerIndexReader index)
{
    private readonly Dictionary<Bytes32, IReadOnlyList<IndexedCase>> _casesOfSanctions = [];

    /// <summary>Kind and digest of a material, as they are on the ledger once it is submitted.</summary>
    public static LedgerMaterial OnLedger(StoredMaterial material)
    {
        ArgumentNullException.ThrowIfNull(material);
        return new LedgerMaterial(material.Kind, MaterialHash.Digest(material.Salt, material.FileHash));
    }

    /// <summary>The cases that a material is in, the oldest first.</summary>
    public IReadOnlyList<IndexedCase> Of(StoredMaterial material)
    {
        LedgerMaterial onLedger = OnLedger(material);
        if (!_casesOfSanctions.TryGetValue(material.Sanction, out IReadOnlyList<IndexedCase>? cases))
        {
            cases = [.. index.FindCases(material.Sanction).Select(index.FindCase).OfType<IndexedCase>()];
            _casesOfSanctions.Add(material.Sanction, cases);
        }

        return [.. cases.Where(candidate => candidate.Materials.Contains(onLedger))];
    }

    /// <summary>Whether a case was decided, so that what was decided on is not the applicant's to remove any more.</summary>
    /// <remarks>Not where it was withdrawn, has lapsed, or ended because the sanction itself was annulled.</remarks>
    public static bool IsDecided(IndexedCase indexed)
    {
        ArgumentNullException.ThrowIfNull(indexed);
        return indexed.Stage is CaseStage.Repaired or CaseStage.Refused or CaseStage.Revoked;
    }
}
