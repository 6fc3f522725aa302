using System.Globalization;
using System.Text;

namespace LedgerCredit.Faults.Tests.Torture;

/// <summary>What a record is known by.</summary>
internal readonly record struct RecordKey(string Issuer, string Kind, string Id);

/// <summary>A file of records that a sender offers until all of them are acknowledged.</summary>
/// <param name="Path">The file, NDJSON.</param>
/// <param name="Rows">The record of each row.</param>
internal sealed record Piece(string Path, IReadOnlyList<RecordKey> Rows);

/// <summary>Makes files of synthetic records, each record in one of them.</summary>
/// <param name="folder">Takes the files.</param>
internal sealed class RecordSupply(string folder)
{
    /// <summary>The member whose records are sanctions.</summary>
    public const string Authority = "torture-authority";

    /// <summary>The members whose records are ratings.</summary>
    public static readonly string[] Agencies = ["torture-agency", "torture-ratings"];

    private readonly List<Piece> _pieces = [];
    private int _next;

    /// <summary>All files that were made.</summary>
    public IReadOnlyList<Piece> Pieces => _pieces;

    /// <summary>Makes a file of records of all members.</summary>
    /// <param name="records">How many records.</param>
    /// <param name="random">Chooses their issuers.</param>
    public Piece Make(int records, Random random) => Make(records, () => random.Next(1 + Agencies.Length));

    /// <summary>Makes a file of records of one member, which are appended in one transaction where they are few.</summary>
    /// <param name="records">How many records.</param>
    public Piece MakeOfOne(int records) => Make(records, () => 1);

    private Piece Make(int records, Func<int> chooseMember)
    {
        List<RecordKey> rows = new(records);
        StringBuilder text = new();
        for (int i = 0; i < records; i++)
        {
            rows.Add(Append(text, _next++, chooseMember()));
        }

        string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"piece-{_pieces.Count}.ndjson"));
        File.WriteAllText(path, text.ToString());
        Piece piece = new(path, rows);
        _pieces.Add(piece);
        return piece;
    }

    private static RecordKey Append(StringBuilder text, int number, int member)
    {
        if (member == 0)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $$$"""
                {"kind":"sanction","id":"S-{{{number}}}","issuer":"{{{Authority}}}","subject":"x-test:subject-{{{number % 997}}}","issuedAt":"2026-03-01T00:00:00+08:00","claims":{"authorityName":"Authority of the torture test","grade":"general","decisionNo":"S-{{{number}}}","violation":"A violation of the kind that stands in most decisions","basis":"Article 12 of a law","penalties":["fine","confiscation"],"decidedOn":"2026-02-03","rulePack":"cn-ndrc-36-2025","fineYuan":"{{{1000 + number}}}.50","facts":"What happened, in a sentence or two, so that the record has the length of others."}}
                """);
            text.Append('\n');
            return new RecordKey(Authority, "sanction", string.Create(CultureInfo.InvariantCulture, $"S-{number}"));
        }

        string agency = Agencies[member - 1];
        text.Append(
            CultureInfo.InvariantCulture,
            $$$"""
            {"kind":"rating","id":"R-{{{number}}}","issuer":"{{{agency}}}","subject":"x-test:subject-{{{number % 997}}}","issuedAt":"2026-03-01T00:00:00Z","claims":{"agency":"{{{agency}}}","scale":"long-term","symbol":"AA","action":"affirm","actedOn":"2026-02-03"}}
            """);
        text.Append('\n');
        return new RecordKey(agency, "rating", string.Create(CultureInfo.InvariantCulture, $"R-{number}"));
    }
}
