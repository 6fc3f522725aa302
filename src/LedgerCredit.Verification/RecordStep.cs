using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Verification;

/// <summary>The step <c>record</c>: docs/spec/evidence.md section 3.2.</summary>
internal sealed class RecordStep
{
    private readonly StepBuilder _step = new(StepCode.Record);
    private readonly List<string> _notCompared = [];
    private readonly EvidenceRecord _file;
    private readonly TrustPolicy _policy;
    private readonly VerificationOptions _options;

    private RecordStep(EvidenceRecord file, TrustPolicy policy, VerificationOptions options)
    {
        _file = file;
        _policy = policy;
        _options = options;
    }

    /// <summary>Runs the step.</summary>
    /// <param name="file">The record part of the file.</param>
    /// <param name="policy">For its rule packs.</param>
    /// <param name="options">For the subject key and the verifier's own copy of the record.</param>
    /// <param name="payload">The payload, or null where it is malformed: the entry step needs it.</param>
    /// <param name="facts">What is disclosed, or null where the step did not pass.</param>
    public static VerificationStep Run(
        EvidenceRecord file,
        TrustPolicy policy,
        VerificationOptions options,
        out RecordPayload? payload,
        out RecordFacts? facts)
    {
        RecordStep run = new(file, policy, options);
        facts = null;
        if (!RecordPayload.TryParse(file.Payload, out payload, out ParseProblem? problem))
        {
            run._step.Fail(ReasonCodes.MalformedPayload, problem.ToString());
            return run._step.Build();
        }

        List<Disclosure> disclosures = run.ReadDisclosures(payload);
        int withheld = payload.Digests.Count - disclosures.Count;
        if (run._step.HasPassed)
        {
            run.CheckRecord(payload, disclosures, isComplete: withheld == 0);
        }

        VerificationStep step = run._step.Build();
        facts = step.Outcome == StepOutcome.Pass
            ? new RecordFacts(payload.Kind, payload.Issuer, disclosures, withheld, run._notCompared)
            : null;
        return step;
    }

    private List<Disclosure> ReadDisclosures(RecordPayload payload)
    {
        _step.Compare(ValueNames.Kind, payload.Kind.ToName(), _file.Kind);
        _step.Compare(ValueNames.Issuer, payload.Issuer, _file.Issuer);

        List<Disclosure> disclosures = [];
        HashSet<string> digests = new(payload.Digests, StringComparer.Ordinal);
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < _file.Disclosures.Count; i++)
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"$.record.disclosures[{i}]");
            if (!Disclosure.TryParse(_file.Disclosures[i], out Disclosure? disclosure, out ParseProblem? problem))
            {
                _step.Fail(ReasonCodes.MalformedDisclosure, $"{place}: {problem}");
            }
            else if (!RecordMembers.IsAllowedName(disclosure.Name))
            {
                _step.Fail(ReasonCodes.DisclosureName, place);
            }
            else if (!names.Add(disclosure.Name))
            {
                _step.Fail(ReasonCodes.DisclosureTwice, place);
            }
            else if (!digests.Contains(disclosure.Digest))
            {
                _step.Fail(ReasonCodes.DisclosureForeign, place);
            }
            else
            {
                disclosures.Add(disclosure);
            }
        }

        return disclosures;
    }

    private void CheckRecord(RecordPayload payload, List<Disclosure> disclosures, bool isComplete)
    {
        JsonObject disclosed = RecordMembers.ToRecordJson(payload.Kind, payload.Issuer, disclosures);
        CreditRecord? record = null;

        // Natural persons are the node's question, not the verifier's: what was recorded is there to be verified.
        if (isComplete && !CreditRecord.TryCreate(
            disclosed, new RecordRules { AllowNaturalPersons = true }, out record, out IReadOnlyList<RecordProblem> problems))
        {
            _step.Fail(ReasonCodes.InvalidRecord, problems[0].ToString());
        }

        if (_options.GivenRecord is CreditRecord given)
        {
            CompareGivenRecord(given, payload, disclosures);
        }

        CheckTerms(payload, disclosures, record);
    }

    // Only what is disclosed can be compared; the number of members is known in any case.
    private void CompareGivenRecord(CreditRecord given, RecordPayload payload, List<Disclosure> disclosures)
    {
        _step.Compare(ValueNames.Kind, given.Kind.ToName(), payload.Kind.ToName());
        _step.Compare(ValueNames.Issuer, given.Issuer, payload.Issuer);

        // Made with any secret, the disclosures of a record have its members' names and values.
        Dictionary<string, JsonValue> members = new(StringComparer.Ordinal);
        foreach (Disclosure member in RecordCommitment.Create(given, Bytes32.Zero).Disclosures)
        {
            members.Add(member.Name, member.Value);
        }

        _step.Compare(ValueNames.MemberCount, Text((ulong)members.Count), Text((ulong)payload.Digests.Count));
        foreach (Disclosure disclosure in disclosures)
        {
            if (!members.TryGetValue(disclosure.Name, out JsonValue? value)
                || !CanonicalJson.Write(value).AsSpan().SequenceEqual(CanonicalJson.Write(disclosure.Value)))
            {
                _step.Fail(ReasonCodes.GivenRecordDiffers, disclosure.Name);
            }
        }
    }

    private void CheckTerms(RecordPayload payload, List<Disclosure> disclosures, CreditRecord? record)
    {
        if (_file.Terms.IsEmpty)
        {
            if (payload.Kind == RecordKind.Sanction)
            {
                _notCompared.Add(RecordFacts.TermsWithheld);
            }

            return;
        }

        if (payload.Kind != RecordKind.Sanction)
        {
            _step.Fail(ReasonCodes.TermsWithoutSanction);
            return;
        }

        if (!SanctionTerms.TryDecode(_file.Terms.Span, out SanctionTerms? terms, out ParseProblem? problem))
        {
            _step.Fail(ReasonCodes.MalformedTerms, problem.ToString());
            return;
        }

        new TermsComparison(_step, _notCompared, terms, _policy.RulePacks)
            .Run(payload.Issuer, disclosures, record, _options.SubjectKey);
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
