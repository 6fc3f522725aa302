using System.Globalization;
using System.Text;

namespace LedgerCredit.Cli.Tests;

/// <summary>Documents of an applicant, as small as whole files can be, and sanctions that demand them.</summary>
internal sealed class ApplicantFiles(TestFolder folder, string mark)
{
    public const string DecidedOn = "2024-05-10";
    public const string PaidOn = "2024-05-20";

    /// <summary>A sanction with a fine and an order of rectification under the demonstration rules, anchored.</summary>
    /// <param name="desk">Where it is imposed.</param>
    /// <param name="isAppointed">Whether the enterprise may act for its subject.</param>
    /// <returns>Its evidence file.</returns>
    public async Task<string> ImposeAsync(RepairWorkspace desk, bool isAppointed = true)
    {
        string id = $"F-{mark}-{Guid.NewGuid():N}";
        string subject = $"x-example:{id.ToLowerInvariant()}";
        string record = folder.Write("sanction.ndjson", $$$"""{"kind":"sanction","id":"{{{id}}}","issuer":"{{{RepairWorkspace.Authority}}}","subject":"{{{subject}}}","issuedAt":"2024-05-10T00:00:00+08:00","claims":{"authorityName":"City Regulator","grade":"general","decisionNo":"No. 7","violation":"late report","basis":"Example Act","penalties":["罚款","责令改正"],"fineYuan":"20000.00","decidedOn":"{{{DecidedOn}}}","rulePack":"demo"}}""" + "\n");
        string evidence = folder.At($"{id}.evidence.json");
        (await desk.RunAsync("record", "import", record)).Expect(ExitCode.Done);
        (await desk.RunAsync("log", "anchor", "--wait")).Expect(ExitCode.Done);
        (await desk.RunAsync("evidence", "create", id, "-o", evidence)).Expect(ExitCode.Done);
        if (isAppointed)
        {
            (await desk.RunAsync("member", "appoint", RepairWorkspace.Enterprise, "--subject", subject, "--as", RepairWorkspace.Authority)).Expect(ExitCode.Done);
        }

        return evidence;
    }

    /// <summary>The subject of a sanction of <see cref="ImposeAsync"/>.</summary>
    public static string SubjectOf(string evidence) => $"x-example:{Path.GetFileName(evidence).Split('.')[0].ToLowerInvariant()}";

    /// <summary>A PDF that no other test has.</summary>
    public string Pdf(string name)
    {
        string body = $"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n% {mark} {name}\n";
        return Write(name, Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{body}xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 2 /Root 1 0 R >>\nstartxref\n{Encoding.UTF8.GetByteCount(body)}\n%%EOF\n")));
    }

    /// <summary>A JPEG of one point.</summary>
    public string Jpeg(string name)
    {
        byte[] comment = Encoding.UTF8.GetBytes($"{mark} {name}");
        return Write(name,
        [
            0xFF, 0xD8, 0xFF, 0xFE, 0, (byte)(comment.Length + 2), .. comment,
            0xFF, 0xC0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0, 0xFF, 0xC4, 0, 4, 0, 0,
            0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0x34, 0xFF, 0xD9,
        ]);
    }

    /// <summary>Writes a file.</summary>
    public string Write(string name, byte[] content)
    {
        File.WriteAllBytes(folder.At(name), content);
        return folder.At(name);
    }

    /// <summary>The options of a complete application.</summary>
    /// <param name="without">Codes that are left out.</param>
    public string[] Materials(params string[] without) =>
    [
        .. new[]
        {
            $"D01={Pdf("licence.pdf")}",
            $"D05={Pdf("decision.pdf")},date={DecidedOn}",
            $"D06={Jpeg("receipt, scanned.jpg")},date={PaidOn},amount=20000.00,number=V-{mark}",
            $"D07={Pdf("acceptance.pdf")},date={PaidOn}",
            $"D10={Pdf("commitment.pdf")},date={PaidOn}",
        }.Where(material => !without.Contains(material[..3])).SelectMany(material => new[] { "--material", material }),
    ];
}
