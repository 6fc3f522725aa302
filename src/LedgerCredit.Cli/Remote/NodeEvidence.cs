using System.CommandLine;
using LedgerCredit.Cli.Commands;
using LedgerCredit.Cli.Commands.Repair;
using LedgerCredit.Client;
using LedgerCredit.Client.Models;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Remote;

/// <summary>A record at a node.</summary>
/// <param name="Issuer">The slug of the member whose log has it.</param>
/// <param name="LeafIndex">Its index.</param>
/// <param name="LeafHash">The leaf hash of its entry, or null where it was not asked for.</param>
internal sealed record NodeRecord(string Issuer, long LeafIndex, string? LeafHash);

/// <summary>Finds records at a node and fetches their evidence files.</summary>
/// <param name="session">The node.</param>
/// <param name="wait">Whether to wait until they are anchored.</param>
/// <param name="output">For what should be known beside.</param>
internal sealed class NodeEvidence(NodeSession session, bool wait, CommandOutput output)
{
    // Of what the node says: neither at once again nor for an hour.
    private const int ShortestPause = 1;
    private const int LongestPause = 300;

    private bool _hasTold;

    /// <summary>What the files are to show beside the records.</summary>
    public EvidenceContents Contents { get; init; } = new();

    /// <summary>How many records were asked for that no anchor covers yet.</summary>
    public long NotAnchored { get; private set; }

    /// <summary>When to ask for them again.</summary>
    public int RetryAfterSeconds { get; private set; }

    /// <summary>Finds records by their ids.</summary>
    /// <exception cref="InputException">An id is of no record that the caller sees, or of several.</exception>
    public async Task<IReadOnlyList<NodeRecord>> FindAsync(string[] ids, string? issuer, RecordKind? kind, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> issuers = issuer is null ? [.. (await LogsAsync(issuer, cancellationToken)).Select(log => log.Issuer)] : [issuer];
        List<NodeRecord> records = [];
        foreach (string id in ids)
        {
            List<RecordView> found = [];
            foreach (string member in issuers)
            {
                foreach (RecordKind candidate in kind is RecordKind only ? [only] : RecordKinds.Stated)
                {
                    found.AddRange((await session.Client.SearchRecordsAsync(new RecordSearch(Issuer: member, Kind: candidate.ToName(), Id: id), cancellationToken)).Records);
                }
            }

            records.Add(found switch
            {
                [RecordView one] => new NodeRecord(one.Issuer, one.LeafIndex, one.LeafHash),
                [] => throw new InputException($"The node shows the caller no record with the id '{id}'. See who calls, with --api-key-file or --sign-in, and what for, with --purpose."),
                _ => throw RecordSelector.Ambiguous(id, found.Select(f => (f.Issuer, f.Kind))),
            });
        }

        return records;
    }

    /// <summary>All places of a log, or of all logs; whether the caller sees a record there shows when it is fetched.</summary>
    public async Task<IReadOnlyList<NodeRecord>> FindAllAsync(string? issuer, CancellationToken cancellationToken)
    {
        List<NodeRecord> records = [];
        foreach (LogView log in await LogsAsync(issuer, cancellationToken))
        {
            for (long index = 0; index < log.Entries; index++)
            {
                records.Add(new NodeRecord(log.Issuer, index, LeafHash: null));
            }
        }

        return records;
    }

    /// <summary>Fetches a file, and compares it with what was asked for; null where the record is not anchored, or may be missing and is.</summary>
    /// <param name="record">The record.</param>
    /// <param name="mayBeMissing">Whether a record that the caller does not see is passed over.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="NodeAnswerException">It is another file.</exception>
    public async Task<EvidenceFile?> FetchAsync(NodeRecord record, bool mayBeMissing, CancellationToken cancellationToken)
    {
        while (true)
        {
            EvidenceAnswer answer;
            try
            {
                answer = await session.Client.GetEvidenceAsync(record.Issuer, record.LeafIndex, Contents, cancellationToken);
            }
            catch (LedgerCreditException e) when (mayBeMissing && e.Code == "not-found")
            {
                return null;
            }

            if (answer.File is byte[] bytes)
            {
                return RequireContents(record, Read(record, bytes));
            }

            RetryAfterSeconds = Math.Clamp(answer.RetryAfterSeconds ?? ShortestPause, ShortestPause, LongestPause);
            if (!wait)
            {
                NotAnchored++;
                return null;
            }

            if (!_hasTold)
            {
                _hasTold = true;
                output.Note($"Not anchored yet; asking again every {RetryAfterSeconds} seconds.");
            }

            await Task.Delay(TimeSpan.FromSeconds(RetryAfterSeconds), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Fetches the evidence file of a sanction, and verifies it as one that is given as a file.</summary>
    /// <remarks>Steps follow from it, so that it has to be the sanction that was named, and not one of the node's choice.</remarks>
    /// <param name="result">The command, for its workspace.</param>
    /// <param name="session">The node.</param>
    /// <param name="id">The id of the sanction.</param>
    /// <param name="trustPath">The trust policy, or null for the workspace's, if it has one.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Null where the verification failed; standard error says why.</returns>
    /// <exception cref="InputException">The caller sees no such sanction, or it is not anchored.</exception>
    /// <exception cref="NodeAnswerException">It is another sanction.</exception>
    public static async Task<SanctionEvidence?> FetchSanctionAsync(
        ParseResult result, NodeSession session, string id, string? trustPath, string language, CancellationToken cancellationToken)
    {
        NodeEvidence finder = new(session, wait: false, new CommandOutput(result));
        NodeRecord record = (await finder.FindAsync([id], issuer: null, RecordKind.Sanction, cancellationToken))[0];
        EvidenceFile file = await finder.FetchAsync(record, mayBeMissing: false, cancellationToken)
            ?? throw new InputException($"The sanction '{id}' is not anchored on the ledger yet: ask again in {finder.RetryAfterSeconds} seconds.");
        if (SanctionEvidence.TryRead(result, id, file.ToUtf8(), trustPath, VerificationTexts.Find(language)!) is not SanctionEvidence evidence)
        {
            return null;
        }

        return evidence.Record.Disclosed.Any(disclosure => disclosure.Name == "id" && disclosure.Value is JsonString { Value: string found } && found == id)
            ? evidence
            : throw new NodeAnswerException($"What the node gave for the sanction '{id}' is not the evidence of a record of that id, or does not show it. Nothing was signed.");
    }

    // Whether what is there holds, the verification says; what is missing, it would pass over.
    private EvidenceFile RequireContents(NodeRecord record, EvidenceFile file)
    {
        string? missing = Contents.Status && file.Record.Kind == RecordKind.Sanction.ToName() && file.Status is null ? "proves no repair status"
            : Contents.Witnessed && !(SignedNote.TryParse(System.Text.Encoding.UTF8.GetBytes(file.Checkpoint), out SignedNote? note, out _) && note.Signatures.Count > 1) ? "has no cosignature"
            : null;
        return missing is null
            ? file
            : throw new NodeAnswerException($"The node's evidence of entry {record.LeafIndex} of {record.Issuer} {missing}, though it was asked for one that does. Nothing was written for it.");
    }

    private async Task<List<LogView>> LogsAsync(string? issuer, CancellationToken cancellationToken)
    {
        IReadOnlyList<LogView> logs = (await session.Client.GetLedgerAsync(cancellationToken)).Logs;
        List<LogView> found = [.. logs.Where(log => issuer is null ? log.Issuer != RecordKinds.AccessIssuer : log.Issuer == issuer)];
        return found.Count > 0
            ? found
            : throw new InputException(issuer is null ? "The node has no logs." : $"'{issuer}' has no log at the node.");
    }

    // Who verifies the file later trusts nobody; that it is about the record that was asked for, only the asker knows.
    private static EvidenceFile Read(NodeRecord record, byte[] bytes)
    {
        if (!EvidenceFile.TryParse(bytes, out EvidenceFile? file, out ParseProblem? problem))
        {
            throw new NodeAnswerException($"What the node gave for entry {record.LeafIndex} of {record.Issuer} is not an evidence file. {problem} Nothing was written for it.");
        }

        string leafHash = MerkleHash.Leaf(file.Entry.Span).ToString();
        return file.Record.Issuer == record.Issuer && file.Inclusion.LeafIndex == (ulong)record.LeafIndex && (record.LeafHash ?? leafHash) == leafHash
            ? file
            : throw new NodeAnswerException($"The node gave the evidence of entry {file.Inclusion.LeafIndex} of {CaseScreen.Printable(file.Record.Issuer)} with the leaf hash {leafHash} for entry {record.LeafIndex} of {record.Issuer}{(record.LeafHash is null ? "" : $" with {record.LeafHash}")}. Nothing was written for it.");
    }
}
