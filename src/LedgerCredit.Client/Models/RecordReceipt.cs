namespace LedgerCredit.Client.Models;

/// <summary>The acknowledgement of a record: it is in its issuer's log for ever, at this index.</summary>
/// <param name="Result">`added`, or `already-there` where the same record was sent before.</param>
/// <param name="Issuer">The slug of the member whose log it is.</param>
/// <param name="Origin">The log's origin, the first line of its checkpoints.</param>
/// <param name="LeafIndex">The record's index in the log.</param>
/// <param name="LeafHash">The leaf hash of its entry: 0x and 64 lower-case hex digits.</param>
/// <param name="Checkpoint">
/// The first signed checkpoint that covers the entry, a C2SP signed note. Keep it: with it anyone can show that the log was rewritten.
/// </param>
/// <param name="Warnings">What should be looked at although the record is valid.</param>
public sealed record RecordReceipt(
    string Result,
    string Issuer,
    string Origin,
    long LeafIndex,
    string LeafHash,
    string Checkpoint,
    IReadOnlyList<RecordIssue> Warnings);

/// <summary>One thing about a record that is wrong, or should be looked at.</summary>
/// <param name="Code">A stable code.</param>
/// <param name="Path">JSON pointer of the place in the record; empty for the record as a whole.</param>
/// <param name="Message">What was expected and what was found. It shows no values of the record.</param>
public sealed record RecordIssue(string Code, string Path, string Message);

/// <summary>The answer to one line of a stream of records.</summary>
/// <param name="Line">The number of the line, from 1; blank lines count, and have no answer.</param>
/// <param name="Result">`added`, `already-there`, `conflict`, `erased` or `refused`.</param>
/// <param name="Receipt">The acknowledgement; absent unless the record is in the log.</param>
/// <param name="Issues">Why the line was refused; empty where it was not.</param>
public sealed record RecordLineAnswer(long Line, string Result, RecordReceipt? Receipt, IReadOnlyList<RecordIssue> Issues);
