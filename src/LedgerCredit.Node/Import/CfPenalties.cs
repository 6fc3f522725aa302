using System.Text;
using LedgerCredit.Evidence;

namespace LedgerCredit.Node.Import;

/// <summary>The kinds of administrative penalties in one decision, and the grade that follows from them.</summary>
internal static class CfPenalties
{
    private const string Separators = ";；、,，/|";

    // What a kind contains decides, because authorities add to the fourteen names ("其他-责令改正") or use older ones
    // ("暂扣或者吊销许可证"). Gravest first; what is in neither list is general.
    private static readonly string[] SeriousKinds = ["吊销", "限制开展", "停产停业", "责令关闭", "限制从业", "行政拘留"];
    private static readonly string[] GeneralKinds = ["罚款", "没收", "暂扣", "降低资质"];
    private static readonly string[] MinorKinds = ["警告", "通报批评"];

    /// <summary>Takes apart what one cell or several cells list; each kind once, in the order given.</summary>
    public static IReadOnlyList<string> Split(IEnumerable<string> cells)
    {
        List<string> kinds = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        StringBuilder kind = new();
        foreach (string cell in cells)
        {
            int depth = 0;
            foreach (char c in cell)
            {
                // Separators inside brackets belong to the kind: 其他（责令改正、赔偿损失）.
                depth += c is '(' or '（' ? 1 : c is ')' or '）' ? -1 : 0;
                if (depth <= 0 && Separators.Contains(c, StringComparison.Ordinal))
                {
                    Add(kinds, seen, kind);
                }
                else
                {
                    kind.Append(c);
                }
            }

            Add(kinds, seen, kind);
        }

        return kinds;
    }

    /// <summary>The grade by the kinds alone: the gravest kind decides.</summary>
    /// <remarks>
    /// docs/import.md section 2. Which fine is a large or a very large one is settled by each ministry and is not known here,
    /// so any fine is general. The grade is provisional until the authority states its own.
    /// </remarks>
    public static SanctionGrade Grade(IReadOnlyList<string> kinds) => kinds.Select(Grade).DefaultIfEmpty(SanctionGrade.General).Max();

    private static SanctionGrade Grade(string kind)
    {
        if (SeriousKinds.Any(part => kind.Contains(part, StringComparison.Ordinal)))
        {
            return SanctionGrade.Serious;
        }

        bool isMinor = MinorKinds.Any(part => kind.Contains(part, StringComparison.Ordinal))
            && !GeneralKinds.Any(part => kind.Contains(part, StringComparison.Ordinal));
        return isMinor ? SanctionGrade.Minor : SanctionGrade.General;
    }

    private static void Add(List<string> kinds, HashSet<string> seen, StringBuilder text)
    {
        string kind = CellText.Trim(text.ToString());
        text.Clear();
        if (kind.Length > 0 && seen.Add(kind))
        {
            kinds.Add(kind);
        }
    }
}
