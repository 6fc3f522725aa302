using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Verification;
using LedgerCredit.Verification.Tests;

namespace LedgerCredit.Fuzz.Tests.Targets;

/// <summary>Evidence files, as documents and as what they prove, and trust policies.</summary>
internal static class EvidenceTargets
{
    public static IEnumerable<FuzzTarget> Make()
    {
        EvidenceBuilder pinned = new EvidenceBuilder().Build();
        EvidenceBuilder qbft = new EvidenceBuilder { Consensus = ConsensusType.Qbft }.Build();
        EvidenceBuilder clique = new EvidenceBuilder { Consensus = ConsensusType.Clique, WithStatus = false }.Build();
        byte[] bare = (pinned.File with { Record = pinned.File.Record with { Disclosures = [], Terms = default }, Status = null }).ToUtf8();

        yield return new FuzzTarget("evidence", InputForm.Json, [pinned.File.ToUtf8(), qbft.File.ToUtf8(), clique.File.ToUtf8(), bare], ParseFile) { Cost = 4 };
        foreach ((string name, EvidenceBuilder built) in ((string, EvidenceBuilder)[])[("pinned", pinned), ("qbft", qbft), ("clique", clique)])
        {
            // Verifying is public-key cryptography mostly; the document around it is fuzzed above.
            yield return new FuzzTarget($"verify-{name}", InputForm.Json, [built.File.ToUtf8()], input => Verify(input, built))
            {
                Cost = 40,
                BytesPerByte = 4096,
                ConstantBytes = 32 * 1024 * 1024,
            };
        }

        yield return new FuzzTarget("trust", InputForm.Json, [pinned.Policy.ToUtf8(), qbft.Policy.ToUtf8(), WithoutPacks(clique.Policy)], ParseTrust) { Cost = 12 };
    }

    private static byte[] WithoutPacks(TrustPolicy policy) => (policy with { RulePacks = new RulePackCatalog(), StatusMaxAgeSeconds = null }).ToUtf8();

    private static FuzzResult ParseFile(byte[] input)
    {
        if (!EvidenceFile.TryParse(input, out EvidenceFile? file, out ParseProblem? problem))
        {
            return FuzzResult.Refused(problem);
        }

        return FuzzResult.Accepted(() =>
        {
            byte[] written = file.ToUtf8();

            // Indented it may be larger than a file may be.
            return written.Length > EvidenceFile.MaxBytes || (EvidenceFile.TryParse(written, out EvidenceFile? again, out _) && again.ToUtf8().AsSpan().SequenceEqual(written))
                ? null
                : "What was written is refused or read as another file.";
        });
    }

    // Whatever was changed: a file that is found valid says nothing that the untouched one does not say.
    private static FuzzResult Verify(byte[] input, EvidenceBuilder built)
    {
        VerificationReport report = EvidenceVerifier.Verify(input, built.Policy, EvidenceBuilder.Options);
        if (report.Verdict != Verdict.Valid)
        {
            return FuzzResult.RefusedWithoutReason;
        }

        return FuzzResult.Accepted(() =>
        {
            if (!EvidenceFile.TryParse(input, out EvidenceFile? file, out _))
            {
                return "A valid file is no evidence file.";
            }

            EvidenceRecord record = file.Record;
            EvidenceRecord original = built.File.Record;
            EvidenceFile expected = built.File with
            {
                Record = original with { Payload = record.Payload, Disclosures = record.Disclosures, Terms = record.Terms.IsEmpty ? default : original.Terms },
                Status = file.Status is null ? null : built.File.Status,
            };

            // Both blocks are final and have the same state: each may stand for the other.
            EvidenceBlock[] blocks = built.File.Status is null ? [built.File.Anchor.Block] : [built.File.Anchor.Block, built.File.Status.Block];
            byte[][] allowed =
            [
                .. from anchor in blocks
                   from status in blocks
                   select (expected with { Anchor = expected.Anchor with { Block = anchor }, Status = expected.Status is null ? null : expected.Status with { Block = status } }).ToUtf8(),
            ];
            byte[] written = file.ToUtf8();
            return record.Disclosures.Except(original.Disclosures).Any() ? "A valid file discloses what the record does not hold."
                : record.Disclosures.Distinct().Count() != record.Disclosures.Count ? "A valid file discloses something twice."
                : !CanonicalJson.Write(record.Payload).AsSpan().SequenceEqual(CanonicalJson.Write(original.Payload)) ? "A valid file has another payload."
                : !allowed.Any(one => one.AsSpan().SequenceEqual(written)) ? "A valid file has another value."
                : null;
        });
    }

    private static FuzzResult ParseTrust(byte[] input)
    {
        if (!TrustPolicy.TryParse(input, out TrustPolicy? policy, out ParseProblem? problem))
        {
            return FuzzResult.Refused(problem);
        }

        return FuzzResult.Accepted(() =>
        {
            byte[] written = policy.ToUtf8();
            return written.Length > TrustPolicy.MaxBytes || (TrustPolicy.TryParse(written, out TrustPolicy? again, out _) && again.ToUtf8().AsSpan().SequenceEqual(written))
                ? null
                : $"What was written is refused or read as another policy: {Encoding.UTF8.GetString(written)}";
        });
    }
}
