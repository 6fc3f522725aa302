using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Verification;

/// <summary>Compares a sanction's terms with its disclosed claims: docs/spec/evidence.md section 3.3.</summary>
/// <remarks>Their digest is the entry step's business; here they must say what the claims say.</remarks>
internal sealed class TermsComparison(
    StepBuilder step, List<string> notCompared, SanctionTerms terms, RulePackCatalog packs)
{
    private const long SecondsPerDay = 86_400;
    private const long SecondsPerMinute = 60;

    // Civil time is within 14 hours of UTC everywhere (+14:00 in Kiribati).
    private const long MaxOffsetSeconds = 14 * 3600;

    public void Run(string issuer, List<Disclosure> disclosures, CreditRecord? record, Bytes32? subjectKey)
    {
        Dictionary<string, JsonValue> members = new(StringComparer.Ordinal);
        foreach (Disclosure disclosure in disclosures)
        {
            members.Add(disclosure.Name, disclosure.Value);
        }

        step.Compare(ValueNames.TermsAuthority, SanctionTerms.AuthorityOf(issuer).ToString(), terms.Authority.ToString());
        CompareSubject(members, subjectKey);
        if (record is not null)
        {
            CompareComplete(record);
        }
        else
        {
            ComparePartial(members);
        }
    }

    private void CompareComplete(CreditRecord record)
    {
        if (TermsClaims.TryRead(record, packs, out TermsClaims? claims, out RecordProblem? problem))
        {
            step.Compare(ValueNames.TermsGrade, claims.Grade.ToName(), terms.Grade.ToName());
            step.Compare(ValueNames.TermsRepairable, Text(claims.Repairable), Text(terms.Repairable));
            step.Compare(ValueNames.TermsRulePack, (claims.Pack?.Hash ?? Bytes32.Zero).ToString(), terms.RulePack.ToString());
            step.Compare(ValueNames.TermsDecidedAt, Text(claims.DecidedAt), Text(terms.DecidedAt));
            step.Compare(ValueNames.TermsEarliestRepair, Text(claims.EarliestRepairAt), Text(terms.EarliestRepairAt));
            step.Compare(ValueNames.TermsPublicUntil, Text(claims.PublicUntil), Text(terms.PublicUntil));
            step.Compare(ValueNames.TermsAttachedTerm, Text(claims.AttachedTermUntil), Text(terms.AttachedTermUntil));
            return;
        }

        // The policy need not hold the pack; but claims from which no terms can follow contradict terms that are there.
        if (problem.Code != "unknown-rule-pack")
        {
            step.Fail(ReasonCodes.TermsImpossible, problem.ToString());
            return;
        }

        CompareGrade(record.Claims.Find("grade"));
        CompareRepairable(record.Claims.Find("repairable"), isDisclosed: true);
        CompareDecidedAt(record.Claims.Find("decidedOn"), pack: null);
        notCompared.AddRange(
            [ValueNames.TermsRulePack, ValueNames.TermsEarliestRepair, ValueNames.TermsPublicUntil, ValueNames.TermsAttachedTerm]);
    }

    // What is withheld may be absent from the record, so nothing can be concluded from a member that is not there.
    private void ComparePartial(Dictionary<string, JsonValue> members)
    {
        CompareGrade(Find(members, "grade"));
        CompareRepairable(Find(members, "repairable"), isDisclosed: false);

        RulePack? pack = Find(members, "rulePack") is JsonString id ? packs.Find(id.Value) : null;
        if (pack is not null)
        {
            step.Compare(ValueNames.TermsRulePack, pack.Hash.ToString(), terms.RulePack.ToString());
        }
        else
        {
            notCompared.Add(ValueNames.TermsRulePack);
        }

        CompareDecidedAt(Find(members, "decidedOn"), pack);
        notCompared.AddRange([ValueNames.TermsEarliestRepair, ValueNames.TermsPublicUntil, ValueNames.TermsAttachedTerm]);
    }

    private void CompareSubject(Dictionary<string, JsonValue> members, Bytes32? subjectKey)
    {
        if (subjectKey is Bytes32 key
            && members.TryGetValue("subject", out JsonValue? value)
            && SubjectId.TryParse((value as JsonString)?.Value, out SubjectId? subject, out _))
        {
            step.Compare(ValueNames.TermsSubject, SanctionTerms.TagOf(key, subject).ToString(), terms.SubjectTag.ToString());
        }
        else
        {
            notCompared.Add(ValueNames.TermsSubject);
        }
    }

    private void CompareGrade(JsonValue? claim)
    {
        if (claim is null)
        {
            notCompared.Add(ValueNames.TermsGrade);
        }
        else
        {
            step.Compare(ValueNames.TermsGrade, (claim as JsonString)?.Value ?? claim.TypeName, terms.Grade.ToName());
        }
    }

    private void CompareRepairable(JsonValue? claim, bool isDisclosed)
    {
        if (claim is null && !isDisclosed)
        {
            notCompared.Add(ValueNames.TermsRepairable);
            return;
        }

        // Absent means true, and nothing is repairable without a grade.
        bool expected = terms.Grade != SanctionGrade.None && (claim as JsonBoolean)?.Value != false;
        step.Compare(ValueNames.TermsRepairable, Text(expected), Text(terms.Repairable));
    }

    private void CompareDecidedAt(JsonValue? claim, RulePack? pack)
    {
        if (!CivilDate.TryParse((claim as JsonString)?.Value, out CivilDate date))
        {
            notCompared.Add(ValueNames.TermsDecidedAt);
            return;
        }

        long utcMidnight = date.DaysSinceEpoch * SecondsPerDay;
        if (pack is not null || terms.Grade == SanctionGrade.None)
        {
            long offset = (long)(pack?.UtcOffset.TotalSeconds ?? 0);
            string expected = (utcMidnight - offset).ToString(CultureInfo.InvariantCulture);
            step.Compare(ValueNames.TermsDecidedAt, expected, Text(terms.DecidedAt));
            return;
        }

        // Without the pack its zone is not known: the time must be midnight of that day in some zone of whole minutes, and
        // which one is left open.
        Int128 difference = (Int128)terms.DecidedAt - utcMidnight;
        if (Int128.Abs(difference) > MaxOffsetSeconds || difference % SecondsPerMinute != 0)
        {
            step.Compare(ValueNames.TermsDecidedAt, utcMidnight.ToString(CultureInfo.InvariantCulture), Text(terms.DecidedAt));
        }
        else
        {
            notCompared.Add(ValueNames.TermsDecidedAt);
        }
    }

    private static JsonValue? Find(Dictionary<string, JsonValue> members, string claim) =>
        members.GetValueOrDefault(RecordMembers.ClaimName(claim));

    private static string Text(bool value) => value ? "true" : "false";

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
