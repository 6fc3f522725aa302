using System.Globalization;
using LedgerCredit.Log;

namespace LedgerCredit.Verification;

/// <summary>The lines of a checkpoint where a policy asks for witnesses: docs/spec/evidence.md section 3.6.</summary>
/// <param name="Reason">Why the lines are refused; null where all of them hold.</param>
/// <param name="Count">How many listed witnesses cosigned.</param>
internal sealed record CosignatureCheck(string? Reason, int Count)
{
    /// <summary>Checks every line: the log's first, then those of listed witnesses, each once, and nothing else.</summary>
    /// <remarks>A line that nobody checks could be altered unnoticed, so that none is passed over.</remarks>
    public static CosignatureCheck Run(SignedNote note, NoteVerifierKey logKey, IReadOnlyList<WitnessKey> witnesses)
    {
        switch (note.Verify(logKey))
        {
            case NoteFailure.None:
                break;
            case NoteFailure.NotSigned:
                return new CosignatureCheck(ReasonCodes.CheckpointNotSigned, 0);
            default:
                return new CosignatureCheck(ReasonCodes.CheckpointBadSignature, 0);
        }

        NoteSignature first = note.Signatures[0];
        if (first.KeyId != logKey.KeyId || first.KeyName != logKey.Name)
        {
            return new CosignatureCheck(ReasonCodes.CheckpointOtherLines, 0);
        }

        HashSet<WitnessKey> seen = [];
        foreach (NoteSignature line in note.Signatures.Skip(1))
        {
            if (witnesses.FirstOrDefault(key => key.IsNamedIn(line)) is not WitnessKey witness)
            {
                return new CosignatureCheck(ReasonCodes.CheckpointOtherLines, seen.Count);
            }

            if (!seen.Add(witness))
            {
                return new CosignatureCheck(ReasonCodes.CosignatureTwice, seen.Count);
            }

            if (!witness.Verify(note.Text, line))
            {
                return new CosignatureCheck(ReasonCodes.BadCosignature, seen.Count - 1);
            }
        }

        return new CosignatureCheck(null, seen.Count);
    }

    /// <summary>Fails the step unless all lines hold and enough witnesses cosigned.</summary>
    public void Judge(StepBuilder step, WitnessPolicy policy)
    {
        if (Reason is not null)
        {
            step.Fail(Reason);
            return;
        }

        string detail = string.Create(CultureInfo.InvariantCulture, $"Cosigned by {Count} of {policy.Keys.Count} listed witnesses; {policy.Required} required.");
        if (Count < policy.Required)
        {
            step.Fail(ReasonCodes.TooFewCosignatures, detail);
        }
        else
        {
            step.Explain(detail);
        }
    }
}
