using System.Diagnostics;
using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Repair;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Repair.Packages;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>What a reviewer reads about a package.</summary>
internal sealed class PackageReportText(TextWriter text, RulePack pack, string language)
{
    /// <summary>Writes the report.</summary>
    /// <param name="path">The package.</param>
    /// <param name="indexed">The case.</param>
    /// <param name="report">The findings.</param>
    /// <param name="written">Files that were written for reading.</param>
    public void Write(string path, IndexedCase indexed, PackageReport report, IReadOnlyList<string> written)
    {
        Line(
            $"{path} and case {indexed.CaseId} of sanction {indexed.LeafHash}",
            $"{path} 与修复申请 {indexed.CaseId}（处罚 {indexed.LeafHash}）");
        if (!report.IsSanction)
        {
            Line($"! The package is for another sanction: {report.Manifest.Sanction}", $"! 材料包属于另一处罚：{report.Manifest.Sanction}");
        }

        if (!report.IsRulePack)
        {
            Line($"! The package was made for another rule pack: {report.Manifest.RulePack}", $"! 材料包适用另一规则包：{report.Manifest.RulePack}");
        }

        CommandOutput.Table(
            text,
            language == "zh"
                ? ["", "材料", "文件", "字节", "类型", "日期", "金额（元）", "编号", "结果"]
                : ["", "material", "file", "bytes", "type", "date", "yuan", "number", "result"],
            report.Files.Select(Row));
        foreach (string file in written)
        {
            Line($"Wrote {file}", $"已写出 {file}");
        }

        if (!report.IsValid)
        {
            Line("Package and ledger DIFFER: do not approve. Ask the applicant for the package of this case.", "材料包与账本不一致：请勿同意，并向申请人索取本申请的材料包。");
            return;
        }

        Line(
            "Every file is the one whose digest the ledger has. Dates, amounts and numbers are the applicant's words: compare them with the documents.",
            "每份文件均与账本摘要一致。日期、金额和编号系申请人填写，请与文件核对。");
        Line($"Hash of the materials: {report.MaterialsHash}", $"材料哈希：{report.MaterialsHash}");
        if (indexed.IsUnderWay)
        {
            string command = $"ledgercredit repair approve {indexed.CaseId} --package {ShellText.Quote(path)}";
            Line($"To approve exactly these: {command}", $"如同意这些材料：{command}");
        }
    }

    /// <summary>An outcome, for machines.</summary>
    public static string NameOf(FileOutcome outcome) => outcome switch
    {
        FileOutcome.None => "none",
        FileOutcome.Matches => "matches",
        FileOutcome.FileDiffers => "file-differs",
        FileOutcome.LedgerDiffers => "ledger-differs",
        FileOutcome.NotOnLedger => "not-on-ledger",
        FileOutcome.NotInPackage => "not-in-package",
        _ => throw new UnreachableException($"There is no outcome {outcome}."),
    };

    /// <summary>What was found in a place, for people.</summary>
    public static LocalText Words(FileFinding finding) => finding switch
    {
        { Outcome: FileOutcome.Matches, Content: ContentFailure.None } => new("is on the ledger", "与账本一致"),
        { Outcome: FileOutcome.Matches } => new($"is on the ledger, but cannot be read ({ContentTexts.Code(finding.Content)})", $"与账本一致，但无法读取（{ContentTexts.Code(finding.Content)}）"),
        { Outcome: FileOutcome.FileDiffers } => new("NOT the file that the package describes: it was exchanged or altered", "与材料包清单不符：文件被替换或更改"),
        { Outcome: FileOutcome.LedgerDiffers } => new("the ledger has ANOTHER digest or kind in this place", "账本此处的摘要或种类不同"),
        { Outcome: FileOutcome.NotOnLedger } => new("NOT on the ledger", "账本上没有"),
        { Outcome: FileOutcome.NotInPackage } => new("on the ledger, but NOT in the package", "账本上有，但材料包中没有"),
        _ => throw new UnreachableException($"There is no outcome {finding.Outcome}."),
    };

    private IReadOnlyList<string> Row(FileFinding finding)
    {
        int kind = finding.InPackage?.Kind ?? finding.OnLedger?.Kind ?? 0;
        RuleMaterial? material = pack.Repair.FindMaterial(kind);
        string name = language == "zh" ? material?.NameChinese ?? "" : material?.NameEnglish ?? "";
        MaterialStatements statements = finding.InPackage?.Statements ?? MaterialStatements.None;
        return
        [
            (finding.Index + 1).ToString(CultureInfo.InvariantCulture),
            $"{RuleMaterial.CodeOf(kind)} {name}".TrimEnd(),
            finding.InPackage?.Name ?? "",
            finding.InPackage?.Length.ToString("N0", CultureInfo.InvariantCulture) ?? "",
            finding.InPackage?.Type.ToName() ?? "",
            statements.IssuedOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "",
            statements.AmountYuan ?? "",
            statements.Reference ?? "",
            Words(finding).In(language),
        ];
    }

    private void Line(string english, string chinese) => text.WriteLine(language == "zh" ? chinese : english);
}
