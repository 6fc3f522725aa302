using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;

namespace LedgerCredit.Verification;

/// <summary>Withholds parts of an evidence file.</summary>
/// <remarks>docs/spec/evidence.md section 6. A redacted file proves what it shows and says how much it withholds.</remarks>
public static class EvidenceRedaction
{
    /// <summary>Keeps the named disclosures and drops the others.</summary>
    /// <param name="file">The file; it need not be valid.</param>
    /// <param name="disclose">The names to keep, as disclosures have them: <c>id</c>, <c>claims.grade</c>, …</param>
    /// <param name="keepTerms">Whether to keep the terms, which show a pseudonym of the subject.</param>
    /// <param name="keepStatus">Whether to keep the repair status.</param>
    /// <param name="redacted">The redacted file, or null.</param>
    /// <param name="problem">Why there is none: a disclosure is malformed, or a name to keep is not disclosed.</param>
    public static bool TryRedact(
        EvidenceFile file,
        IReadOnlyCollection<string> disclose,
        bool keepTerms,
        bool keepStatus,
        [NotNullWhen(true)] out EvidenceFile? redacted,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(disclose);

        redacted = null;
        HashSet<string> missing = new(disclose, StringComparer.Ordinal);
        List<string> kept = [];
        foreach (string encoded in file.Record.Disclosures)
        {
            if (!Disclosure.TryParse(encoded, out Disclosure? disclosure, out problem))
            {
                return false;
            }

            if (disclose.Contains(disclosure.Name))
            {
                kept.Add(encoded);
                missing.Remove(disclosure.Name);
            }
        }

        if (missing.Count != 0)
        {
            problem = new ParseProblem(
                "not-disclosed", "", $"Expected disclosures of these names, found none: {string.Join(", ", missing.Order(StringComparer.Ordinal))}.");
            return false;
        }

        redacted = file with
        {
            Record = file.Record with { Disclosures = kept, Terms = keepTerms ? file.Record.Terms : default },
            Status = keepStatus ? file.Status : null,
        };
        problem = null;
        return true;
    }
}
