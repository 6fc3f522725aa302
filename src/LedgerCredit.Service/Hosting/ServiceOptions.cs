namespace LedgerCredit.Service.Hosting;

/// <summary>Where and within which bounds the service answers.</summary>
public sealed record ServiceOptions
{
    /// <summary>The addresses to listen on, such as <c>http://127.0.0.1:8420</c>; port 0 takes a free one.</summary>
    public IReadOnlyList<Uri> Listen { get; init; } = [new("http://127.0.0.1:8420")];

    /// <summary>
    /// The address that callers know the service by, such as <c>https://credit.example.org</c>; the first that is listened on where it is null.
    /// Messages that sign in are signed for it.
    /// </summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>The certificate of https addresses, as a PEM file with its chain; null where there are none.</summary>
    public string? CertificatePath { get; init; }

    /// <summary>The certificate's unencrypted private key, as a PEM file.</summary>
    public string? CertificateKeyPath { get; init; }

    /// <summary>The most connections at once; further ones are refused.</summary>
    /// <value>4,096.</value>
    public int MaxConnections { get; init; } = 4096;

    /// <summary>How many requests a second a caller may make that signed in or sent a key; five seconds' worth at once.</summary>
    /// <value>2,000.</value>
    public int CallerRequestsPerSecond { get; init; } = 2000;

    /// <summary>The same for each address of those who did not.</summary>
    /// <value>50.</value>
    public int PublicRequestsPerSecond { get; init; } = 50;

    /// <summary>
    /// Answers of addresses that read what not every caller sees leave at whole multiples of this time after the request came, so that their time does not
    /// tell what is there and not shown. Longer than what they usually take.
    /// </summary>
    /// <value>50 milliseconds.</value>
    public TimeSpan AnswerStep { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long an upload of a material may be slower than its least rate.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan UploadGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the ledger may take to prove the status of a sanction for an evidence file.</summary>
    /// <value>15 seconds.</value>
    public TimeSpan StatusTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long requests that are under way may take to end when the service stops.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
