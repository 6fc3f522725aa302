using System.Text;

namespace LedgerCredit.Fuzz.Tests.Mutations;

/// <summary>Changes lines, and cells between commas or spaces.</summary>
internal static class TextMutator
{
    private static readonly string[] Cells =
    [
        "", " ", "\"", "\"\"", "\"a,b\"", "\"a\nb\"", "\"a\"\"b\"", "a\"b", "0", "-1", "1e9", "0.00", "12345678901234567890.123456", "1/1/2012", "13/32/2012", "2026-02-30",
        "2026/9/23", "2099-12-31", "0001-01-01", "9999-12-31", "99999-01-01", "=1+1", "\u001A", "\uFFFD", "\u202E", "全角１２３", "警告；罚款", "〔2026〕1号", "AAA", "NR", "null",
        "91350200776049653A", "91230500MA1B3N1N2M", "110101199001011237", "个人", "2026-01-01..2026-01-31", "work", "off", "*1 *2", "-0- ", "(a)(b)(", "Ltd.", "é", "😀",
    ];

    /// <summary>One change.</summary>
    public static byte[]? Change(byte[] input, byte[] other, FuzzRandom random)
    {
        // Latin-1 keeps every byte as it is.
        List<string> lines = [.. Encoding.Latin1.GetString(input).Split('\n')];
        string[] otherLines = Encoding.Latin1.GetString(other).Split('\n');
        int at = random.Next(lines.Count);
        switch (random.Next(8))
        {
            case 0:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.InsertRange(at, Enumerable.Repeat(lines[at], 1 + random.NextLength(random.OneIn(16) ? 500 : 8)));
                break;
            case 2:
                lines.Insert(at, random.Pick(otherLines));
                break;
            case 3:
                int swapped = random.Next(lines.Count);
                (lines[at], lines[swapped]) = (lines[swapped], lines[at]);
                break;
            default:
                lines[at] = ChangeCell(lines[at], random);
                break;
        }

        return Encoding.Latin1.GetBytes(string.Join('\n', lines));
    }

    private static string ChangeCell(string line, FuzzRandom random)
    {
        char separator = line.Contains(',', StringComparison.Ordinal) ? ',' : ' ';
        List<string> cells = [.. line.Split(separator)];
        int at = random.Next(cells.Count);
        switch (random.Next(6))
        {
            case 0:
                cells.RemoveAt(at);
                break;
            case 1:
                cells.InsertRange(at, Enumerable.Repeat(cells[at], 1 + random.NextLength(random.OneIn(16) ? 5000 : 4)));
                break;
            case 2:
                int swapped = random.Next(cells.Count);
                (cells[at], cells[swapped]) = (cells[swapped], cells[at]);
                break;
            case 3:
                cells[at] = string.Concat(Enumerable.Repeat(cells[at], random.NextLength(random.OneIn(16) ? 3000 : 6)));
                break;
            default:
                cells[at] = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(random.Pick(Cells)));
                break;
        }

        return string.Join(separator, cells);
    }
}
