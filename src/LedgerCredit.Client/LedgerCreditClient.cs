using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LedgerCredit.Client.Models;

namespace LedgerCredit.Client;

/// <summary>A client of a LedgerCredit node's API. Thread-safe as its <see cref="HttpClient"/> is.</summary>
/// <remarks>
/// Answers that are problems are thrown as <see cref="LedgerCreditException"/>; lines that are down as
/// <see cref="HttpRequestException"/>. Writing a record again is always safe: one that is in the log is answered with its first receipt.
/// </remarks>
public sealed partial class LedgerCreditClient
{
    private const string Json = "application/json";
    private const string Lines = "application/x-ndjson";
    private const string PurposeHeader = "LedgerCredit-Purpose";
    private const int MaxProblemBytes = 1024 * 1024;

    // More than any page or report has; an answer without end is none of a node.
    private const int MaxAnswerBytes = 64 * 1024 * 1024;
    private const int MaxEvidenceBytes = 4 * 1024 * 1024;
    private const int MaxCheckpointBytes = 1024 * 1024;

    /// <summary>The most records of one request of <see cref="PostRecordLinesAsync"/>.</summary>
    public const int MaxLinesOfRequest = 512;

    private readonly HttpClient _http;
    private readonly LedgerCreditClientOptions _options;

    /// <summary>Makes a client.</summary>
    /// <param name="http">Its base address is the node's, such as <c>https://credit.example.org/</c>; not disposed of.</param>
    /// <param name="options">Who calls, and what for.</param>
    public LedgerCreditClient(HttpClient http, LedgerCreditClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (http.BaseAddress is null)
        {
            throw new ArgumentException("Expected an HttpClient with the node's address as its base address.", nameof(http));
        }

        _http = http;
        _options = options ?? new LedgerCreditClientOptions();
    }

    /// <summary>The same node, called with a token or key.</summary>
    public LedgerCreditClient With(string token) => new(_http, _options with { Token = token });

    /// <summary>Signs in with an organisation's ledger account.</summary>
    /// <param name="address">The account.</param>
    /// <param name="sign">Signs a message by <c>personal_sign</c> (EIP-191): 0x and 130 hex digits. The key stays where it is.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>A client that calls as that account, for some minutes.</returns>
    public async Task<LedgerCreditClient> SignInAsync(string address, Func<string, string> sign, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sign);
        Challenge challenge = await PostAsync("v1/sign-in/challenge", new ChallengeRequest(address), ClientJson.Default.ChallengeRequest, ClientJson.Default.Challenge, cancellationToken).ConfigureAwait(false);
        SignInToken token = await PostAsync(
            "v1/sign-in",
            new SignInRequest(challenge.Message, sign(challenge.Message)),
            ClientJson.Default.SignInRequest,
            ClientJson.Default.SignInToken,
            cancellationToken).ConfigureAwait(false);
        return With(token.Token);
    }

    /// <summary>Who the caller is to the node.</summary>
    public Task<CallerView> GetCallerAsync(CancellationToken cancellationToken = default) => GetAsync("v1/me", ClientJson.Default.CallerView, cancellationToken);

    /// <summary>Writes a record.</summary>
    /// <param name="record">Its JSON text (docs/spec/records.md), at most 64 KiB.</param>
    /// <param name="cancellationToken">Ends waiting; the record may be in the log all the same.</param>
    /// <returns>The receipt: the record survives power loss at this index.</returns>
    public async Task<RecordReceipt> PostRecordAsync(ReadOnlyMemory<byte> record, CancellationToken cancellationToken = default)
    {
        using ReadOnlyMemoryContent content = new(record);
        content.Headers.ContentType = new MediaTypeHeaderValue(Json);
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, "v1/records", content, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(response, ClientJson.Default.RecordReceipt, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes any number of records, and gives the answer for each line in the order of the lines.</summary>
    /// <remarks>
    /// In requests one after the other, each with the lines that are there, at most <see cref="MaxLinesOfRequest"/>: HTTP/1.1 gives the answers when a
    /// request is sent whole, and a node stops reading when too many of its answers wait. A line longer than any record is refused here.
    /// </remarks>
    /// <param name="records">NDJSON: one record a line; read as the node takes it. Not disposed of.</param>
    /// <param name="cancellationToken">Ends it; records that were sent may be in the log all the same.</param>
    public async IAsyncEnumerable<RecordLineAnswer> PostRecordsAsync(Stream records, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        RecordLines lines = new(records);
        while (await lines.ReadAsync(cancellationToken).ConfigureAwait(false) is RecordLineGroup group)
        {
            IReadOnlyList<RecordLineAnswer> answers = group.Count == 0 || RecordLines.NumbersOf(group.Utf8.Span).Count == 0 ? [] : await PostRecordLinesAsync(group.Utf8, cancellationToken).ConfigureAwait(false);
            foreach (RecordLineAnswer answer in group.Place(answers))
            {
                yield return answer;
            }
        }
    }

    /// <summary>Writes some records in one request.</summary>
    /// <param name="lines">NDJSON: one record a line, at most <see cref="MaxLinesOfRequest"/> of them, each at most 64 KiB.</param>
    /// <param name="cancellationToken">Ends waiting; the records may be in the log all the same.</param>
    /// <returns>The answer to each line, in their order; blank lines count, and have none.</returns>
    public async Task<IReadOnlyList<RecordLineAnswer>> PostRecordLinesAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<long> expected = RecordLines.NumbersOf(lines.Span);
        if (expected.Count is < 1 or > MaxLinesOfRequest)
        {
            throw new ArgumentException($"Expected 1 to {MaxLinesOfRequest} lines that are not blank, found {expected.Count}.", nameof(lines));
        }

        using ReadOnlyMemoryContent content = new(lines);
        content.Headers.ContentType = new MediaTypeHeaderValue(Lines);
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, "v1/records", content, cancellationToken).ConfigureAwait(false);
        using MemoryStream body = new(await ReadBytesAsync(response, MaxAnswerBytes, cancellationToken).ConfigureAwait(false));
        List<RecordLineAnswer> answers = new(expected.Count);
        try
        {
            await foreach (RecordLineAnswer? answer in JsonSerializer.DeserializeAsyncEnumerable(body, ClientJson.Default.RecordLineAnswer, topLevelValues: true, cancellationToken).ConfigureAwait(false))
            {
                answers.Add(answer is not null && answers.Count < expected.Count && answer.Line == expected[answers.Count] ? answer : throw NoAnswer(response.StatusCode));
            }
        }
        catch (JsonException)
        {
            throw NoAnswer(response.StatusCode);
        }

        return answers.Count == expected.Count ? answers : throw NoAnswer(response.StatusCode);
    }

    /// <summary>A record, as the caller may see it.</summary>
    public Task<RecordView> GetRecordAsync(string issuer, long leafIndex, CancellationToken cancellationToken = default) =>
        GetAsync(PathOf(issuer, leafIndex), ClientJson.Default.RecordView, cancellationToken);

    /// <summary>The evidence file of a record, as bytes; null while no anchor covers it.</summary>
    public async Task<byte[]?> FindEvidenceAsync(string issuer, long leafIndex, CancellationToken cancellationToken = default) =>
        (await GetEvidenceAsync(issuer, leafIndex, cancellationToken).ConfigureAwait(false)).File;

    /// <summary>The evidence file of a record, or when to ask for it again.</summary>
    public Task<EvidenceAnswer> GetEvidenceAsync(string issuer, long leafIndex, CancellationToken cancellationToken = default) =>
        GetEvidenceAsync(issuer, leafIndex, new EvidenceContents(), cancellationToken);

    /// <summary>The evidence file of a record with what it is to show beside, or when to ask for it again.</summary>
    public async Task<EvidenceAnswer> GetEvidenceAsync(string issuer, long leafIndex, EvidenceContents contents, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(contents);
        string query = string.Join('&', ((string[])[contents.Witnessed ? "witnessed=true" : "", contents.Status ? "status=true" : ""]).Where(part => part.Length > 0));
        string path = $"{PathOf(issuer, leafIndex)}/evidence{(query.Length > 0 ? "?" : "")}{query}";
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, path, content: null, cancellationToken).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.Accepted
            ? new EvidenceAnswer(null, (await ReadAsync(response, ClientJson.Default.NotAnchoredYet, cancellationToken).ConfigureAwait(false)).RetryAfterSeconds)
            : new EvidenceAnswer(await ReadBytesAsync(response, MaxEvidenceBytes, cancellationToken).ConfigureAwait(false), null);
    }

    /// <summary>A page of the records that are looked for.</summary>
    public Task<RecordPage> SearchRecordsAsync(RecordSearch search, CancellationToken cancellationToken = default) =>
        PostAsync("v1/records/search", search, ClientJson.Default.RecordSearch, ClientJson.Default.RecordPage, cancellationToken);

    /// <summary>A page of what the caller may see of what is recorded about a subject.</summary>
    public Task<SubjectReport> GetSubjectReportAsync(SubjectRequest request, CancellationToken cancellationToken = default) =>
        PostAsync("v1/subjects/report", request, ClientJson.Default.SubjectRequest, ClientJson.Default.SubjectReport, cancellationToken);

    /// <summary>A page of the rating actions about a subject.</summary>
    public Task<RatingHistory> GetRatingHistoryAsync(SubjectRequest request, CancellationToken cancellationToken = default) =>
        PostAsync("v1/ratings/history", request, ClientJson.Default.SubjectRequest, ClientJson.Default.RatingHistory, cancellationToken);

    /// <summary>Has the node verify an evidence file by its own policy. To trust nobody, use <c>ledgercredit evidence verify</c>.</summary>
    public async Task<VerificationView> VerifyAsync(ReadOnlyMemory<byte> evidence, CancellationToken cancellationToken = default)
    {
        using ReadOnlyMemoryContent content = new(evidence);
        content.Headers.ContentType = new MediaTypeHeaderValue(Json);
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, "v1/verify", content, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(response, ClientJson.Default.VerificationView, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether the node can do its work, and what keeps it from it.</summary>
    public async Task<HealthReport> GetReadinessAsync(CancellationToken cancellationToken = default)
    {
        // 503 is an answer here, and no problem.
        using HttpRequestMessage request = NewRequest(HttpMethod.Get, "healthz/ready", content: null);
        using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        return response.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable
            ? await ReadAsync(response, ClientJson.Default.HealthReport, cancellationToken).ConfigureAwait(false)
            : throw await ExplainAsync(response, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The node's ledger, and how far each log is anchored.</summary>
    public Task<LedgerView> GetLedgerAsync(CancellationToken cancellationToken = default) => GetAsync("v1/ledger", ClientJson.Default.LedgerView, cancellationToken);

    /// <summary>A page of the anchors of a log.</summary>
    public Task<AnchorPage> GetAnchorsAsync(string issuer, string? cursor = null, CancellationToken cancellationToken = default) =>
        GetAsync($"v1/ledger/anchors/{Uri.EscapeDataString(issuer)}{(cursor is null ? "" : $"?cursor={Uri.EscapeDataString(cursor)}")}", ClientJson.Default.AnchorPage, cancellationToken);

    /// <summary>Begins an audit of all logs, or gives the one that runs.</summary>
    public async Task<AuditView> StartAuditAsync(CancellationToken cancellationToken = default)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, "v1/audits", content: null, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(response, ClientJson.Default.AuditView, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A page of the audits since the node was started, the newest first.</summary>
    public Task<AuditPage> ListAuditsAsync(string? cursor = null, CancellationToken cancellationToken = default) =>
        GetAsync($"v1/audits{(cursor is null ? "" : $"?cursor={Uri.EscapeDataString(cursor)}")}", ClientJson.Default.AuditPage, cancellationToken);

    /// <summary>How far an audit is, and what it found.</summary>
    public Task<AuditView> GetAuditAsync(long id, CancellationToken cancellationToken = default) =>
        GetAsync(FormattableString.Invariant($"v1/audits/{id}"), ClientJson.Default.AuditView, cancellationToken);

    /// <summary>The keys of the caller's organisation.</summary>
    public Task<IReadOnlyList<ApiKeyView>> ListApiKeysAsync(CancellationToken cancellationToken = default) =>
        GetAsync("v1/api-keys", ClientJson.Default.IReadOnlyListApiKeyView, cancellationToken);

    /// <summary>Makes a key for a program; its text is given this once.</summary>
    public Task<CreatedApiKey> CreateApiKeyAsync(NewApiKey key, CancellationToken cancellationToken = default) =>
        PostAsync("v1/api-keys", key, ClientJson.Default.NewApiKey, ClientJson.Default.CreatedApiKey, cancellationToken);

    /// <summary>Revokes a key.</summary>
    public Task RevokeApiKeyAsync(long number, CancellationToken cancellationToken = default) =>
        DeleteAsync(FormattableString.Invariant($"v1/api-keys/{number}"), cancellationToken);

    /// <summary>Lets an organisation read the records of a subject that the caller acts for. Sent again while it is in force, it stays one grant.</summary>
    public Task<GrantView> GiveGrantAsync(NewGrant grant, CancellationToken cancellationToken = default) =>
        PostAsync("v1/grants", grant, ClientJson.Default.NewGrant, ClientJson.Default.GrantView, cancellationToken);

    /// <summary>A page of the grants of a subject, or of those to the caller's organisation, the oldest first.</summary>
    public Task<GrantPage> SearchGrantsAsync(SubjectQuery query, CancellationToken cancellationToken = default) =>
        PostAsync("v1/grants/search", query, ClientJson.Default.SubjectQuery, ClientJson.Default.GrantPage, cancellationToken);

    /// <summary>Withdraws a grant.</summary>
    public Task WithdrawGrantAsync(long number, CancellationToken cancellationToken = default) =>
        DeleteAsync(FormattableString.Invariant($"v1/grants/{number}"), cancellationToken);

    /// <summary>Who read the records of a subject, the newest first.</summary>
    public Task<AccessPage> SearchAccessLogAsync(SubjectRequest query, CancellationToken cancellationToken = default) =>
        PostAsync("v1/access-log/search", query, ClientJson.Default.SubjectRequest, ClientJson.Default.AccessPage, cancellationToken);

    /// <summary>The published checkpoint of a log, a C2SP signed note: check it by the log's key. With witnesses it may be older than the newest.</summary>
    public async Task<string> GetCheckpointAsync(string issuer, CancellationToken cancellationToken = default)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, $"log/{Uri.EscapeDataString(issuer)}/checkpoint", content: null, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(await ReadBytesAsync(response, MaxCheckpointBytes, cancellationToken).ConfigureAwait(false));
    }

    private static string PathOf(string issuer, long leafIndex) => FormattableString.Invariant($"v1/records/{Uri.EscapeDataString(issuer)}/{leafIndex}");

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, path, content: null, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(response, type, cancellationToken).ConfigureAwait(false);
    }

    private async Task<TAnswer> PostAsync<TRequest, TAnswer>(
        string path, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellationToken)
    {
        using ByteArrayContent content = new(JsonSerializer.SerializeToUtf8Bytes(request, requestType));
        content.Headers.ContentType = new MediaTypeHeaderValue(Json);
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, path, content, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(response, answerType, cancellationToken).ConfigureAwait(false);
    }

    private async Task DeleteAsync(string path, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Delete, path, content: null, cancellationToken).ConfigureAwait(false)).Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = NewRequest(method, path, content);
        return await SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await ExplainAsync(response, cancellationToken).ConfigureAwait(false);
        }
    }

    private HttpRequestMessage NewRequest(HttpMethod method, string path, HttpContent? content)
    {
        HttpRequestMessage request = new(method, path) { Content = content };
        if (_options.Token is string token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (_options.Purpose is string purpose)
        {
            request.Headers.Add(PurposeHeader, purpose);
        }

        return request;
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        byte[] body = await ReadBytesAsync(response, MaxAnswerBytes, cancellationToken).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw NoAnswer(response.StatusCode);
        }
        catch (JsonException)
        {
            throw NoAnswer(response.StatusCode);
        }
    }

    // As long as it comes, and no longer than a bound: what a node answers is foreign to its caller.
    private static async Task<byte[]> ReadBytesAsync(HttpResponseMessage response, int maxBytes, CancellationToken cancellationToken)
    {
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using MemoryStream bytes = new();
        byte[] chunk = new byte[16 * 1024];
        int read;
        while ((read = await body.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (bytes.Length + read > maxBytes)
            {
                throw NoAnswer(response.StatusCode);
            }

            bytes.Write(chunk, 0, read);
        }

        return bytes.ToArray();
    }

    private static async Task<LedgerCreditException> ExplainAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        int status = (int)response.StatusCode;
        byte[] text = await ReadUpToAsync(response, cancellationToken).ConfigureAwait(false);
        ProblemBody? problem;
        try
        {
            problem = JsonSerializer.Deserialize(text, ClientJson.Default.ProblemBody);
        }
        catch (JsonException)
        {
            // Something in between answered, such as a proxy.
            problem = null;
        }

        return problem?.Code is string code
            ? new LedgerCreditException(status, code, $"{problem.Title} {problem.Detail}".Trim(), problem.Reason, problem.TraceId, problem.Issues ?? [])
            : NoAnswer(response.StatusCode);
    }

    private static async Task<byte[]> ReadUpToAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[MaxProblemBytes];
        int length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return buffer[..length];
    }

    private static LedgerCreditException NoAnswer(HttpStatusCode status) => new(
        (int)status, "no-problem", $"Expected an answer of a LedgerCredit node, found status {(int)status} with something else. Is this the node's address?", reason: null, traceId: null, []);
}
