using System.Text.Json.Nodes;

namespace LedgerCredit.Client.Models;

/// <summary>A record as its reader may see it.</summary>
/// <param name="Kind">`sanction`, `repair` or `rating`.</param>
/// <param name="Issuer">The slug of the member that states it.</param>
/// <param name="LeafIndex">Its index in the issuer's log.</param>
/// <param name="LeafHash">The leaf hash of its entry: 0x and 64 lower-case hex digits.</param>
/// <param name="Origin">The log's origin.</param>
/// <param name="State">`checkpointed`: in the log under a signed checkpoint; `final`: anchored in a block that is final.</param>
/// <param name="RepairState">
/// Of a sanction: `none`, `under-repair`, `repaired`, `shielded`, `annulled` or `revoked`, as the ledger last said; absent for other kinds and
/// while the ledger was never read.
/// </param>
/// <param name="Members">The members that the reader may see, by the names that disclosures have: `id`, `subject`, `claims.grade`, …</param>
/// <param name="Withheld">How many members it may not see.</param>
/// <param name="Basis">Why it sees these: `issuer`, `authority`, `subject`, `auditor`, `grant:…` with its number, `registered` or `public`.</param>
public sealed record RecordView(
    string Kind,
    string Issuer,
    long LeafIndex,
    string LeafHash,
    string Origin,
    string State,
    string? RepairState,
    JsonObject Members,
    int Withheld,
    string Basis);

/// <summary>Which records are looked for; either `subject` or `issuer`, `kind` and `id`.</summary>
/// <param name="Subject">All records about a subject.</param>
/// <param name="Issuer">The slug of the issuer of one record.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Id">Its id.</param>
/// <param name="Cursor">The `next` of the page before; absent for the first page.</param>
/// <param name="Limit">The most records of a page, 1 to 100; 20 where it is absent.</param>
public sealed record RecordSearch(string? Subject = null, string? Issuer = null, string? Kind = null, string? Id = null, string? Cursor = null, int? Limit = null);

/// <summary>A page of records.</summary>
/// <param name="Records">The records that the reader may see, in the order of their logs.</param>
/// <param name="Next">The cursor of the next page; absent on the last one. A page may have fewer records than asked for, and still a next one.</param>
public sealed record RecordPage(IReadOnlyList<RecordView> Records, string? Next);

/// <summary>The answer where a record is in the log but not anchored yet.</summary>
/// <param name="State">`checkpointed`.</param>
/// <param name="RetryAfterSeconds">When to ask again.</param>
public sealed record NotAnchoredYet(string State, int RetryAfterSeconds);

/// <summary>What an evidence file is to show beside the record.</summary>
/// <param name="Witnessed">The cosignatures of the node's witnesses. Only trust policies with witnesses accept such a file.</param>
/// <param name="Status">The repair status of the sanction, proven as of the ledger's newest final block; nothing for other kinds of records.</param>
public sealed record EvidenceContents(bool Witnessed = false, bool Status = false);

/// <summary>An evidence file, or when to ask for it again: one of the two is there.</summary>
/// <param name="File">The file, at most 4 MiB.</param>
/// <param name="RetryAfterSeconds">In how many seconds to ask again, where no anchor covers the record yet.</param>
public sealed record EvidenceAnswer(byte[]? File, int? RetryAfterSeconds);
