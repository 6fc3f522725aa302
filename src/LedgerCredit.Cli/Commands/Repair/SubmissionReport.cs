using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.RepairPackages;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Packages;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>Prints what was submitted, where the package is, and who has to do what next.</summary>
internal static class SubmissionReport
{
    /// <summary>Copies the package to where the applicant wants it, and prints the report.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="session">The session, with the materials in its index.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>.</param>
    /// <param name="actor">Who submitted.</param>
    /// <param name="submitted">What is on the ledger.</param>
    /// <param name="copyTo">Where a copy of the package goes, or null.</param>
    /// <param name="isNewCase">Whether a case was opened, and not supplemented.</param>
    /// <param name="voidedApprovals">How many approvals stood before a supplement, which voids them.</param>
    /// <returns>The exit code.</returns>
    public static int Write(
        CommandOutput output, RepairSession session, string language, ActingAccount actor, SubmittedMaterials submitted, string? copyTo, bool isNewCase, int voidedApprovals = 0)
    {
        KeptPackage package = submitted.Package;
        bool isCopied = copyTo is null || PackageCopy.TryWrite(output, package, copyTo);
        copyTo = isCopied ? copyTo : null;
        IndexedCase indexed = session.Index.FindCase(package.CaseId!.Value)
            ?? throw new InputException($"Case {package.CaseId} is not on the ledger any more. Run the command again.");
        CaseReport? report = new CaseReporter(session.Index, session.Packs).TryReport(indexed, conditions: null);
        bool isEnglish = language == "en";
        output.Result(ToJson(session, actor, submitted, indexed, report, copyTo, isNewCase ? null : voidedApprovals, language), text =>
        {
            text.WriteLine((submitted.Step is null, isNewCase, isEnglish) switch
            {
                (false, true, true) => $"Case {indexed.CaseId} is open.",
                (false, true, false) => $"修复申请 {indexed.CaseId} 已提交。",
                (false, false, true) => $"Case {indexed.CaseId} was supplemented.",
                (false, false, false) => $"修复申请 {indexed.CaseId} 已补正。",
                (true, _, true) => $"Case {indexed.CaseId} has exactly these materials already; nothing was sent again.",
                (true, _, false) => $"修复申请 {indexed.CaseId} 已含这些材料，未重复发送。",
            });
            if (voidedApprovals > 0)
            {
                text.WriteLine(isEnglish
                    ? $"It voided {voidedApprovals} {(voidedApprovals == 1 ? "approval" : "approvals")}: the reviewers must check the new package and approve again."
                    : $"此前 {voidedApprovals} 家评审机构的同意因此失效：须核对新的材料包后重新同意。");
            }

            CommandOutput.Table(
                text,
                isEnglish ? ["material", "file", "type", "bytes"] : ["材料", "文件", "类型", "字节"],
                package.Manifest.Materials.Select(material => (IReadOnlyList<string>)
                    [RuleMaterial.CodeOf(material.Kind), material.Name, TypeOf(material), material.Length.ToString("N0", CultureInfo.InvariantCulture)]));
            text.WriteLine(isEnglish
                ? $"Package: {copyTo ?? package.Path}. Hand it to the authority and the reviewers, and keep it: the salts of the digests are in it alone."
                : $"材料包：{copyTo ?? package.Path}。请交给认定单位和评审机构并妥善保存：摘要的盐值仅存于此。");
            if (!isNewCase && copyTo is null)
            {
                text.WriteLine(isEnglish
                    ? "A copy of the package that was handed out before is no longer the newest. Hand out this one, or name a file for a copy with --package."
                    : "此前交出的材料包副本已不是最新版本，请交付此材料包，或用 --package 指定副本文件。");
            }

            text.WriteLine(isEnglish ? $"Hash of the materials: {indexed.MaterialsHash}" : $"材料哈希：{indexed.MaterialsHash}");
            foreach (string next in report is null ? [] : new CaseWording(report, session.Index, language).Next())
            {
                text.WriteLine((isEnglish ? "Next: " : "下一步：") + next);
            }

            StepReport.WriteLedger(text, session, submitted.Step, language);
        });
        return isCopied ? ExitCode.Done : ExitCode.Undecided;
    }

    private static JsonObject ToJson(
        RepairSession session,
        ActingAccount actor,
        SubmittedMaterials submitted,
        IndexedCase indexed,
        CaseReport? report,
        string? copyTo,
        int? voidedApprovals,
        string language)
    {
        List<JsonMember> members =
        [
            new("case", new JsonNumber(checked((long)indexed.CaseId))),
            new("sanction", new JsonString(indexed.LeafHash.ToString())),
            new("sent", new JsonBoolean(submitted.Step is not null)),
            new("as", new JsonString(actor.KeyName)),
            new("account", new JsonString(actor.Address.ToString())),
            new("materials", new JsonArray([.. submitted.Package.Manifest.Materials.Select(ToJson)])),
            new("materialsHash", new JsonString(indexed.MaterialsHash.ToString())),
            new("package", new JsonString(copyTo ?? submitted.Package.Path)),
        ];
        if (voidedApprovals is int voided)
        {
            members.Add(new("approvalsVoided", new JsonNumber(voided)));
        }

        if (report is not null)
        {
            members.Add(new("stage", new JsonString(CaseTexts.NameOf(report.Case.Stage))));
            members.Add(new("steps", CaseJson.Steps(report, language)));
        }

        members.AddRange(StepReport.LedgerMembers(session, submitted.Step));
        return new JsonObject(members);
    }

    private static JsonObject ToJson(PackageMaterial material) => new(
        new JsonMember("material", new JsonString(RuleMaterial.CodeOf(material.Kind))),
        new JsonMember("file", new JsonString(material.Name)),
        new JsonMember("type", new JsonString(TypeOf(material))),
        new JsonMember("bytes", new JsonNumber(material.Length)),
        new JsonMember("digest", new JsonString(material.Digest.ToString())));

    private static string TypeOf(PackageMaterial material) => LedgerCredit.Repair.Materials.ContentTypes.ToName(material.Type);
}
