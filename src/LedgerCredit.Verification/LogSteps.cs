using System.Globalization;
using System.Runtime.InteropServices;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;

namespace LedgerCredit.Verification;

/// <summary>The steps <c>entry</c>, <c>inclusion</c> and <c>checkpoint</c>: docs/spec/evidence.md sections 3.4 to 3.6.</summary>
internal static class LogSteps
{
    /// <summary>The entry commits to the payload and, where they are shown, the terms.</summary>
    public static VerificationStep Entry(EvidenceFile file, RecordPayload? payload)
    {
        StepBuilder step = new(StepCode.Entry);
        if (!LogEntry.TryDecode(file.Entry.Span, out LogEntry? entry, out ParseProblem? problem))
        {
            step.Fail(ReasonCodes.MalformedEntry, problem.ToString());
            return step.Build();
        }

        if (payload is null)
        {
            // The record step has failed already, so the verdict does not hang on this.
            step.Skip(ReasonCodes.NotReached);
            return step.Build();
        }

        step.Compare(ValueNames.Kind, payload.Kind.ToName(), entry.Kind.ToName());
        step.Compare(ValueNames.RecordDigest, payload.Digest().ToString(), entry.RecordDigest.ToString());
        if (!file.Record.Terms.IsEmpty)
        {
            step.Compare(ValueNames.TermsDigest, Sha256.Hash(file.Record.Terms.Span).ToString(), entry.TermsDigest.ToString());
        }
        else if (entry.Kind == RecordKind.Sanction && entry.TermsDigest == Bytes32.Zero)
        {
            step.Fail(ReasonCodes.TermsDigestMissing);
        }

        return step.Build();
    }

    /// <summary>The path leads from the entry's leaf hash to the anchored root hash.</summary>
    public static VerificationStep Inclusion(EvidenceFile file, Bytes32 leafHash)
    {
        StepBuilder step = new(StepCode.Inclusion);
        switch (file.Inclusion.ComputeRoot(leafHash, out Bytes32 root))
        {
            case InclusionFailure.None:
                step.Compare(ValueNames.RootHash, file.Anchor.Root.ToString(), root.ToString());
                break;
            case InclusionFailure.IndexOutOfRange:
                step.Fail(ReasonCodes.LeafIndexOutOfRange);
                break;
            default:
                step.Fail(ReasonCodes.PathLength);
                break;
        }

        return step.Build();
    }

    /// <summary>The log's operator signed this size and root hash under this origin, and as many witnesses cosigned as the policy asks for.</summary>
    public static VerificationStep Checkpoint(EvidenceFile file, TrustedLog? log, WitnessPolicy? witnesses, VerificationMemory? memory)
    {
        StepBuilder step = new(StepCode.Checkpoint);
        if (!SignedNote.TryParse(file.Checkpoint, out SignedNote? note, out ParseProblem? problem)
            || !Log.Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out problem))
        {
            step.Fail(ReasonCodes.MalformedCheckpoint, problem.ToString());
            return step.Build();
        }

        if (log is null)
        {
            step.Fail(ReasonCodes.LogUnknown);
        }
        else
        {
            step.Compare(ValueNames.Origin, log.Origin, checkpoint.Origin);
            if (witnesses is null)
            {
                CheckSignature(step, VerificationMemory.Recall(
                    memory,
                    RememberedFunction.NoteSignature,
                    [Bytes(file.Checkpoint), Bytes(log.Key.Name), log.Key.PublicKey.ToArray()],
                    () => note.VerifyOnly(log.Key)));
            }
            else
            {
                VerificationMemory.Recall(
                    memory,
                    RememberedFunction.Cosignatures,
                    [Bytes(file.Checkpoint), Bytes(log.Key.ToString()), .. witnesses.Keys.Select(key => (ReadOnlyMemory<byte>)Bytes(key.ToString()))],
                    () => CosignatureCheck.Run(note, log.Key, witnesses.Keys)).Judge(step, witnesses);
            }
        }

        step.Compare(ValueNames.TreeSize, Text(file.Inclusion.TreeSize), Text(checkpoint.Size));
        step.Compare(ValueNames.RootHash, file.Anchor.Root.ToString(), checkpoint.RootHash.ToString());
        return step.Build();
    }

    private static void CheckSignature(StepBuilder step, NoteFailure failure)
    {
        switch (failure)
        {
            case NoteFailure.None:
                break;
            case NoteFailure.NotSigned:
                step.Fail(ReasonCodes.CheckpointNotSigned);
                break;
            case NoteFailure.OtherLines:
                step.Fail(ReasonCodes.CheckpointOtherLines);
                break;
            default:
                step.Fail(ReasonCodes.CheckpointBadSignature);
                break;
        }
    }

    // The text as it is in memory: an encoding could make two texts one.
    private static byte[] Bytes(string text) => MemoryMarshal.AsBytes(text.AsSpan()).ToArray();

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
