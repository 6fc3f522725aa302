using System.Text;
using LedgerCredit.Log;
using LedgerCredit.Verification.Tests;

namespace LedgerCredit.Fuzz.Tests.Targets;

/// <summary>Notes, checkpoints, keys of notes, entry bundles.</summary>
internal static class LogTargets
{
    public static IEnumerable<FuzzTarget> Make()
    {
        EvidenceBuilder built = new EvidenceBuilder().Build();
        byte[] note = Encoding.UTF8.GetBytes(built.File.Checkpoint);
        string[] lines = built.File.Checkpoint.Split('\n');
        byte[] twice = [.. note, .. Encoding.UTF8.GetBytes(lines[^2] + "\n")];
        NoteVerifierKey key = built.Policy.Logs[EvidenceBuilder.Issuer].Key;

        yield return new FuzzTarget("signed-note", InputForm.Text, [note, twice], input => ParseNote(input, key));
        yield return new FuzzTarget("checkpoint", InputForm.Text, [Encoding.UTF8.GetBytes(string.Join('\n', lines[..3]) + "\n")], ParseCheckpoint);
        yield return new FuzzTarget("note-key", InputForm.Text, [Encoding.UTF8.GetBytes(key.ToString())], ParseKey);
        foreach (int width in (int[])[1, 3, TileLayout.FullWidth])
        {
            byte[] bundle = EntryBundle.Encode([.. Enumerable.Range(0, width).Select(i => (ReadOnlyMemory<byte>)built.File.Entry[..(66 - (i % 3))])]);
            yield return new FuzzTarget($"entry-bundle-{width}", InputForm.Bytes, [bundle], input => ParseBundle(input, width));
        }
    }

    private static FuzzResult ParseNote(byte[] input, NoteVerifierKey key)
    {
        if (!SignedNote.TryParse(input, out SignedNote? note, out ParseProblem? problem))
        {
            return FuzzResult.Refused(problem);
        }

        return FuzzResult.Accepted(() =>
        {
            byte[] written = Encoding.UTF8.GetBytes(note.Format());
            bool isSigned = note.Signatures.Count < 3 && note.VerifyOnly(key) == NoteFailure.None;
            return !written.AsSpan().SequenceEqual(input) ? "What was read is written with other bytes."
                : isSigned && (!Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out _) || checkpoint.Origin != key.Name) ? "A note is valid that nobody signed."
                : null;
        });
    }

    private static FuzzResult ParseCheckpoint(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        return Checkpoint.TryParse(text, out Checkpoint? checkpoint, out ParseProblem? problem)
            ? FuzzResult.Accepted(() => checkpoint.Format() == text ? null : "What was read is written as another text.")
            : FuzzResult.Refused(problem);
    }

    private static FuzzResult ParseKey(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        return NoteVerifierKey.TryParse(text, out NoteVerifierKey? key, out ParseProblem? problem)
            ? FuzzResult.Accepted(() => key.ToString() == text ? null : "What was read is written as another text.")
            : FuzzResult.Refused(problem);
    }

    private static FuzzResult ParseBundle(byte[] input, int width) =>
        EntryBundle.TryDecode(input, width, out IReadOnlyList<ReadOnlyMemory<byte>>? entries, out ParseProblem? problem)
            ? FuzzResult.WritesBack(input, () => EntryBundle.Encode(entries))
            : FuzzResult.Refused(problem);
}
