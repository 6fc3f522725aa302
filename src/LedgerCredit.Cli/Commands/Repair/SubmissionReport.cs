using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Members;
using LedgerCredit.Node.RepairPackages;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Packages;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>How a submission is reported.</summary>
/// <param name="Output">Where to.</param>
/// <param name="Language"><c>en</c> or <c>zh</c>.</param>
/// <param name="CopyTo">Where a copy of the package goes, or null.</param>
/// <param name="IsNewCase">Whether a case was opened, and not supplemented.</param>
/// <param name="VoidedApprovals">How many approvals stood before a supplement, which voids them.</param>
internal sealed record SubmissionOutput(CommandOutput Output, string Language, string? CopyTo, bool IsNewCase, int VoidedApprovals = 0);

/// <summary>Prints what was submitted, where the package is, and who has to do what next.</summary>
internal static class SubmissionReport
{
    /// <summary>Copies the package to where the applicant wants it, and prints the report.</summary>
    /// <param name="to">Where to, and what of it.</param>
    /// <param name="actor">Who submitted.</param>
    /// <param name="submitted">What is on the ledger.</param>
    /// <param name="indexed">The case with it.</param>
    /// <param name="uploaded">How many of the files a node has by now; null where none were to be uploaded.</param>
    /// <returns>The exit code.</returns>
    public static int Write(SubmissionOutput to, ActingAccount actor, SubmittedMaterials submitted, SubmittedCase indexed, int? uploaded)
    {
        (CommandOutput output, string language, string? copyTo, bool isNewCase, int voidedApprovals) = to;
        KeptPackage package = submitted.Package;
        bool isCopied = copyTo is null || PackageCopy.TryWrite(output, package, copyTo);
        copyTo = isCopied ? copyTo : null;
        bool isEnglish = language == "en";
        output.Result(ToJson(actor, submitted, indexed, uploaded, copyTo, isNewCase ? null : voidedApprovals), text =>
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
            if (uploaded is int count)
            {
                text.WriteLine(isEnglish
                    ? $"The node keeps {count} of these files, encrypted: the authority and the reviewers of the case may read them there."
                    : $"节点已加密保存其中 {count} 份文件：认定单位和评审机构可在节点查阅。");
            }

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
            indexed.WriteNext(text);
            indexed.WriteLedger(text);
        });
        return isCopied ? ExitCode.Done : ExitCode.Undecided;
    }

    private static JsonObject ToJson(ActingAccount actor, SubmittedMaterials submitted, SubmittedCase indexed, int? uploaded, string? copyTo, int? voidedApprovals)
    {
        List<JsonMember> members =
        [
            new("case", new JsonNumber(checked((long)indexed.CaseId))),
            new("sanction", new JsonString(indexed.Sanction.ToString())),
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

        if (uploaded is int count)
        {
            members.Add(new("uploaded", new JsonNumber(count)));
        }

        members.AddRange(indexed.Standing);
        members.AddRange(indexed.Ledger);
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
