using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Evidence;

namespace LedgerCredit.Bench;

/// <summary>Records of nobody, as large and as varied as real ones: NDJSON made by a fixed rule.</summary>
/// <remarks>
/// Nine in ten are sanctions of about 600 bytes with 14 claims, the tenth is a rating. Ids and subjects look random, as decision numbers
/// and registration numbers of a whole province do, so that indexes of them are met everywhere and not at their end. A subject has four
/// records on average.
/// </remarks>
public static class SyntheticRecords
{
    /// <summary>The member that issues the sanctions.</summary>
    public const string Authority = "bench-authority";

    /// <summary>The member that issues the ratings.</summary>
    public const string Agency = "bench-agency";

    private const int RatingEvery = 10;
    private const int RecordsOfSubject = 4;
    private const string CodeAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    private static readonly string[] Violations =
    [
        "未按规定保存台账", "未按规定使用特种设备", "超过许可范围排放污染物", "销售标签不符合规定的预包装食品", "未按规定落实安全生产培训",
    ];

    private static readonly string[] Penalties = ["警告", "罚款", "通报批评", "没收违法所得", "责令停产停业"];

    private static readonly string[] Symbols = ["AAA", "AA+", "AA", "AA-", "A+", "A", "BBB+", "BBB"];

    /// <summary>Writes records into a stream, a line each.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="first">The number of the first record, from 0; a number always gives the same record.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Stops between records.</param>
    public static void Write(Stream output, long first, long count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        StringBuilder line = new();
        byte[] bytes = new byte[4096];
        for (long number = first; number < first + count; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            line.Clear();
            Append(line, number);
            line.Append('\n');
            foreach (ReadOnlyMemory<char> chunk in line.GetChunks())
            {
                int needed = Encoding.UTF8.GetMaxByteCount(chunk.Length);
                if (needed > bytes.Length)
                {
                    bytes = new byte[needed];
                }

                output.Write(bytes, 0, Encoding.UTF8.GetBytes(chunk.Span, bytes));
            }
        }
    }

    /// <summary>Whether a line that was written here is a rating.</summary>
    internal static bool IsOfAgency(ReadOnlySpan<byte> line) => line.IndexOf("\"issuer\":\"bench-agency\""u8) >= 0;

    private static void Append(StringBuilder line, long number)
    {
        ulong[] random = Random(number);
        string subject = Subject(random[2]);
        DateOnly day = new DateOnly(2021, 1, 1).AddDays((int)(random[3] % 2000));
        if (number % RatingEvery == RatingEvery - 1)
        {
            AppendRating(line, random, subject, day);
        }
        else
        {
            AppendSanction(line, random, subject, day);
        }
    }

    private static void AppendSanction(StringBuilder line, ulong[] random, string subject, DateOnly day)
    {
        string violation = Violations[random[1] % 5];
        string penalty = Penalties[(random[1] >> 8) % 5];
        string date = day.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        line.Append("{\"kind\":\"sanction\",\"id\":\"合成罚〔").Append(day.Year).Append('〕').Append(Id(random)).Append("\",\"issuer\":\"").Append(Authority)
            .Append("\",\"subject\":\"uscc:").Append(subject)
            .Append("\",\"issuedAt\":\"").Append(date).Append("T00:00:00+08:00\",\"claims\":{\"authorityName\":\"合成市市场监督管理局\",\"authorityCode\":\"11998753MAH6FK1L8R\",\"grade\":\"")
            .Append((random[1] >> 16) % 3 == 0 ? "general" : "minor")
            .Append("\",\"decisionNo\":\"合成罚〔").Append(day.Year).Append('〕').Append(random[0] % 100_000).Append("号\",\"violation\":\"").Append(violation)
            .Append("\",\"facts\":\"").Append(violation)
            .Append("\",\"basis\":\"《合成条例》第").Append(1 + (random[1] % 99)).Append("条\",\"penalties\":[\"").Append(penalty)
            .Append("\"],\"fineYuan\":\"").Append(random[3] % 100_000).Append(".00\",\"decidedOn\":\"").Append(date)
            .Append("\",\"rulePack\":\"cn-ndrc-36-2025\",\"repairable\":true,\"subjectName\":\"合成").Append(random[2] % 1_000_000).Append("有限公司\",\"region\":\"")
            .Append(310_000 + (random[2] % 230)).Append("\"}}");
    }

    private static void AppendRating(StringBuilder line, ulong[] random, string subject, DateOnly day)
    {
        string date = day.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        line.Append("{\"kind\":\"rating\",\"id\":\"").Append(Id(random)).Append("\",\"issuer\":\"").Append(Agency)
            .Append("\",\"subject\":\"uscc:").Append(subject)
            .Append("\",\"issuedAt\":\"").Append(date).Append("T00:00:00Z\",\"claims\":{\"agency\":\"").Append(Agency)
            .Append("\",\"agencyName\":\"Synthetic Ratings\",\"scale\":\"sp-long-term\",\"symbol\":\"").Append(Symbols[random[1] % 8])
            .Append("\",\"action\":\"affirm\",\"actedOn\":\"").Append(date)
            .Append("\",\"outlook\":\"stable\",\"ratingType\":\"issuer\",\"term\":\"long\",\"subjectName\":\"Synthetic ").Append(random[2] % 1_000_000).Append(" Ltd.\"}}");
    }

    // Thirty-two bytes that look random, with the subject's among them drawn from a quarter as many.
    private static ulong[] Random(long number)
    {
        ulong[] words = Words(number);
        words[2] = Words(-1 - (long)((ulong)number / RecordsOfSubject))[2];
        return words;
    }

    private static ulong[] Words(long seed)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(BitConverter.GetBytes(seed), hash);
        return [BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]), BitConverter.ToUInt64(hash[16..]), BitConverter.ToUInt64(hash[24..])];
    }

    private static string Id(ulong[] random) => Base64Url.EncodeToString(BitConverter.GetBytes(random[0])) + Base64Url.EncodeToString(BitConverter.GetBytes(random[1]));

    // A unified social credit code with sound check characters: registrar, kind, region, organisation code.
    private static string Subject(ulong random) => string.Create(UnifiedSocialCreditCode.Length, random, static (code, seed) =>
    {
        "91310000MA".CopyTo(code);
        ulong rest = seed;
        for (int i = 10; i < 16; i++)
        {
            code[i] = CodeAlphabet[(int)(rest % 31)];
            rest /= 31;
        }

        code[16] = UnifiedSocialCreditCode.OrganisationCheckCharacter(code[8..16].ToString());
        code[17] = UnifiedSocialCreditCode.CheckCharacter(code[..17].ToString());
    });
}
