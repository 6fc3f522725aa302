using System.Globalization;
using System.Text;
using LedgerCredit.Log;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Witnessing;

/// <summary>A witness's answer to <c>add-checkpoint</c>, as HTTP carries it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The media type.</param>
/// <param name="Body">The body.</param>
public sealed record WitnessAnswer(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    private const string PlainText = "text/plain; charset=utf-8";

    internal static WitnessAnswer Cosigned(NoteSignature line) => new(200, PlainText, Encoding.UTF8.GetBytes(line.Format()));

    internal static WitnessAnswer BadRequest(ParseProblem problem) => Text(400, problem.ToString());

    internal static WitnessAnswer OldSizeTooLarge() => Text(400, "Expected an old size that is not larger than the checkpoint's.");

    internal static WitnessAnswer NotSigned() => Text(403, "The checkpoint is not signed by a key of this log, or a signature under such a key is wrong.");

    internal static WitnessAnswer UnknownLog() => Text(404, "This witness does not look after a log of this origin.");

    /// <summary>The size that was cosigned last, which a request must start from.</summary>
    internal static WitnessAnswer Conflict(ulong size) =>
        new(409, "text/x.tlog.size", Encoding.ASCII.GetBytes(size.ToString(CultureInfo.InvariantCulture) + "\n"));

    internal static WitnessAnswer NotConsistent(ConsistencyFailure failure) =>
        Text(422, $"The proof does not show that the checkpoint extends the one that was cosigned last ({failure}).");

    private static WitnessAnswer Text(int status, string text) => new(status, PlainText, Encoding.UTF8.GetBytes(text + "\n"));
}
