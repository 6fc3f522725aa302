using LedgerCredit.Client;
using LedgerCredit.Client.Models;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Remote;

/// <summary>What a node says of evidence files, as the report that is shown for files that are verified here.</summary>
internal static class NodeVerification
{
    /// <summary>Has the node verify a file by its own policy.</summary>
    /// <exception cref="NodeAnswerException">The node's answer is no report.</exception>
    public static async Task<VerificationReport> VerifyAsync(LedgerCreditClient client, string path, CancellationToken cancellationToken)
    {
        byte[] bytes;
        using (FileStream stream = InputFile.Open(path))
        {
            bytes = InputFile.ReadUpTo(stream, EvidenceFile.MaxBytes + 1);
        }

        return Read(await client.VerifyAsync(bytes, cancellationToken), EvidenceFile.TryParse(bytes, out EvidenceFile? file, out _) ? file : null);
    }

    private static VerificationReport Read(VerificationView view, EvidenceFile? file)
    {
        Bytes32? leafHash = view.LeafHash is null ? null : Bytes32.TryParseHex(view.LeafHash, out Bytes32 hash) ? hash : throw NoReport("a leaf hash");
        IReadOnlyList<VerificationStep> steps = [.. view.Steps.Select(Read)];
        return new VerificationReport(
            FindByText<Verdict>(view.Verdict, verdict => verdict.ToText(), "a verdict"),
            steps,
            leafHash,
            Unsigned(view.LeafIndex),
            view.Record is null || file is null ? null : ReadRecord(view, file),
            view.Anchor is not VerifiedAnchorView anchor
                ? null
                : new AnchorFacts(Unsigned(anchor.TreeSize), Unsigned(anchor.AnchoredAt), Unsigned(anchor.BlockNumber), Unsigned(anchor.BlockTime)),
            view.Status is not VerifiedStatusView status
                ? null
                : new RepairStatus(
                    FindByText<RepairState>(status.State, state => state.ToText(), "a repair state"),
                    Unsigned(status.ChangedAt),
                    FindByText<RepairState>(status.StateAfterUnshielding, state => state.ToText(), "a repair state"),
                    Unsigned(status.BlockNumber),
                    Unsigned(status.BlockTime)));
    }

    private static VerificationStep Read(VerificationStepView step) => new(
        StepCodes.TryParse(step.Code, out StepCode code) ? code : throw NoReport("a step"),
        FindByText<StepOutcome>(step.Outcome, outcome => outcome.ToText(), "an outcome"),
        step.Reason,
        step.Detail,
        [.. step.Compared.Select(compared => new Comparison(compared.Name, compared.Expected, compared.Actual))]);

    // What the file discloses is in the file; how much it withholds is the node's finding.
    private static RecordFacts ReadRecord(VerificationView view, EvidenceFile file)
    {
        if (!RecordKinds.TryParse(file.Record.Kind, out RecordKind kind)
            || view.Record!["withheld"]?.AsValue().TryGetValue(out int withheld) != true
            || withheld < 0
            || view.Record["notCompared"] is not System.Text.Json.Nodes.JsonArray notCompared)
        {
            throw NoReport("what the file shows of the record");
        }

        List<Disclosure> disclosed = [];
        foreach (string encoded in file.Record.Disclosures)
        {
            disclosed.Add(Disclosure.TryParse(encoded, out Disclosure? disclosure, out _) ? disclosure : throw NoReport("a failed step for a file with a malformed disclosure"));
        }

        return new RecordFacts(kind, file.Record.Issuer, disclosed, withheld, [.. notCompared.Select(name => name?.ToString() ?? "")]);
    }

    private static T FindByText<T>(string text, Func<T, string> toText, string what)
        where T : struct, Enum =>
        Enum.GetValues<T>().Cast<T?>().FirstOrDefault(value => toText(value!.Value) == text) ?? throw NoReport(what);

    private static ulong Unsigned(long value) => value >= 0 ? (ulong)value : throw NoReport("a number that is not negative");

    private static NodeAnswerException NoReport(string expected) => new($"The node's answer is no report of a verification: expected {expected}.");
}
