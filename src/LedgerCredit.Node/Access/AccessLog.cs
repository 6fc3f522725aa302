using System.Security.Cryptography;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Node.Ingest;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.Records;
using LedgerCredit.Node.Sequencing;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Access;

/// <summary>Who read which record, when and for what: a log of its own, anchored as any other (docs/spec/access.md section 8).</summary>
/// <remarks>
/// A read becomes a record of <see cref="RecordKind.Access"/>, so that all that holds for records holds for it: what is acknowledged is
/// there for ever, and an audit finds a line that was removed or altered. Thread-safe.
/// </remarks>
/// <param name="timeProvider">The clock of the lines.</param>
/// <param name="random">Where the ids of the lines come from.</param>
public sealed class AccessLog(TimeProvider timeProvider, RandomNumberGenerator random)
{
    /// <summary>The member whose log it is: of the node itself, and of no party.</summary>
    public const string Member = RecordKinds.AccessIssuer;

    private const int IdBytes = 16;

    private static readonly RecordRules Rules = new() { AllowNaturalPersons = true, AllowAccess = true };

    /// <summary>Makes the access log of a workspace: its member with keys and log, unless they are there.</summary>
    /// <remarks>
    /// Like any member it has to be registered on the ledger before it is anchored: <c>contracts deploy</c> or <c>member register</c>. After a
    /// crash the next call completes it.
    /// </remarks>
    /// <exception cref="WorkspaceException">Somebody else has the slug.</exception>
    public static MemberConfig Ensure(Workspace workspace, KeyRing keys)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        (MemberConfig member, bool _) = new MemberRegistry(workspace, keys).AddLocal(Member, []);
        return member.Roles.Count == 1
            ? member
            : throw new WorkspaceException($"The member '{Member}' has other roles than that of operator, but a node keeps who read what in the log of this name. Remove the roles from workspace.json.");
    }

    /// <summary>Keeps that a record was read.</summary>
    /// <param name="writer">Writes into the workspace of <see cref="Ensure"/>.</param>
    /// <param name="read">The read.</param>
    /// <param name="cancellationToken">Ends the waiting; the line may be kept all the same.</param>
    /// <returns>When the task completes, the line survives power loss: only then may the answer leave.</returns>
    /// <exception cref="ArgumentException">The purpose is none, or there is no basis.</exception>
    public async Task RecordAsync(RecordWriter writer, AccessEvent read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(writer);

        // A crash before this line is durable leaves neither line nor answer; one behind it a line of an answer that may not have arrived.
        AppendOutcome outcome = await writer.WriteAsync(Make(read), cancellationToken);
        if (outcome.Result != AppendResult.Added)
        {
            throw new InvalidOperationException("A line of the access log was not added: its random id was there already.");
        }
    }

    /// <summary>Keeps that several records were read, as the lines of one answer.</summary>
    /// <param name="writer">Writes into the workspace of <see cref="Ensure"/>.</param>
    /// <param name="reads">The reads.</param>
    /// <param name="cancellationToken">Ends the waiting; lines may be kept all the same.</param>
    /// <returns>When the task completes, all lines survive power loss.</returns>
    public Task RecordAsync(RecordWriter writer, IReadOnlyList<AccessEvent> reads, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reads);

        // All at once, so that one group commit takes them.
        return Task.WhenAll(reads.Select(read => RecordAsync(writer, read, cancellationToken)));
    }

    /// <summary>The newest lines about records of a subject, the newest first; each compared with what its log signed.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="store">Its store; in a read transaction, where others write.</param>
    /// <param name="subject">The subject.</param>
    /// <param name="before">Only lines of leaf indexes below this one: the last one of the page before; <see cref="ulong.MaxValue"/> to begin with.</param>
    /// <param name="limit">At most so many.</param>
    /// <exception cref="LogIntegrityException">A line was altered or damaged.</exception>
    public static IReadOnlyList<AccessLine> ReadBySubject(Workspace workspace, Store store, SubjectId subject, ulong before, int limit)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return ReadLines(workspace, store, log => store.Index.FindLatestBySubject(subject.ToString(), log, before, limit));
    }

    /// <summary>The newest lines about reads of a subject's records by an organisation, the newest first; each compared with what its log signed.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="store">Its store; in a read transaction, where others write.</param>
    /// <param name="subject">The subject.</param>
    /// <param name="organisation">The slug of the organisation that read.</param>
    /// <param name="before">Only lines of leaf indexes below this one: the last one of the page before; <see cref="ulong.MaxValue"/> to begin with.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="most">At most so many lines about the subject are looked at.</param>
    /// <exception cref="LogIntegrityException">A line was altered or damaged.</exception>
    public static IReadOnlyList<AccessLine> ReadBySubjectAndReader(
        Workspace workspace, Store store, SubjectId subject, string organisation, ulong before, int limit, int most)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(organisation);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most);
        return ReadLines(
            workspace, store, log => store.Index.FindLatestBySubjectAndClaim(subject.ToString(), "organisation", organisation, log, before, limit, most));
    }

    private static IReadOnlyList<AccessLine> ReadLines(Workspace workspace, Store store, Func<int, IReadOnlyList<LogPosition>> find)
    {
        if (store.Logs.Find(Member) is not StoredLog log)
        {
            return [];
        }

        RecordReader reader = new(workspace, store);
        return [.. find(log.Number).Select(position => ToLine(position, reader.Read(log, position)))];
    }

    private CreditRecord Make(AccessEvent read)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (!Purposes.IsKnown(read.Purpose))
        {
            throw new ArgumentException("Expected a known purpose.", nameof(read));
        }

        Span<byte> id = stackalloc byte[IdBytes];
        random.GetBytes(id);
        List<JsonMember> claims =
        [
            new("accessor", new JsonString(read.Accessor.Name)),
            new("purpose", new JsonString(read.Purpose)),
            new("action", new JsonString(NameOf(read.Action))),
            new("record", new JsonString(read.Record.ToString())),
            new("basis", new JsonString(read.Basis)),
        ];
        if (read.Accessor.Organisation is string organisation)
        {
            claims.Add(new("organisation", new JsonString(organisation)));
        }

        JsonObject json = new(
            new JsonMember("kind", new JsonString(RecordKind.Access.ToName())),
            new JsonMember("id", new JsonString(Convert.ToHexStringLower(id))),
            new JsonMember("issuer", new JsonString(Member)),
            new JsonMember("subject", new JsonString(read.Subject.ToString())),
            new JsonMember("issuedAt", new JsonString(UtcTime.Format(timeProvider.GetUtcNow()))),
            new JsonMember("claims", new JsonObject(claims)));
        return CreditRecord.TryCreate(json, Rules, out CreditRecord? record, out IReadOnlyList<RecordProblem> problems)
            ? record
            : throw new ArgumentException($"Expected a read with a basis and a name of who reads. {problems[0]}", nameof(read));
    }

    private static AccessLine ToLine(LogPosition position, CommittedRecord committed)
    {
        JsonObject claims = committed.Record.Claims;
        return new AccessLine(
            position.LeafIndex,
            committed.Record.IssuedAt,
            Text(claims, "accessor"),
            claims.TryFindString("organisation", out string? organisation) ? organisation : null,
            Text(claims, "purpose"),
            Text(claims, "action"),
            Bytes32.TryParseHex(Text(claims, "record"), out Bytes32 record) ? record : throw Unreadable(position),
            Text(claims, "basis"),
            committed.AnchoredTreeSize is not null);

        string Text(JsonObject of, string name) => of.TryFindString(name, out string? text) ? text : throw Unreadable(position);
    }

    // What is signed by the log and none of its lines was signed by somebody else with its key.
    private static LogIntegrityException Unreadable(LogPosition position) =>
        new($"Entry {position.LeafIndex} of the access log is no line of it. Run 'ledgercredit log audit'.");

    private static string NameOf(AccessAction action) => action switch
    {
        AccessAction.Read => "read",
        AccessAction.Evidence => "evidence",
        AccessAction.Report => "report",
        AccessAction.History => "history",
        AccessAction.Material => "material",
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "Expected a way of reading."),
    };
}
