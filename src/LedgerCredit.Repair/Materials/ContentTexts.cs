using System.Diagnostics;
using System.Globalization;
using LedgerCredit.Evidence;

namespace LedgerCredit.Repair.Materials;

/// <summary>The codes and words for contents that are refused.</summary>
public static class ContentTexts
{
    /// <summary>The stable code of a refusal (docs/spec/repair-package.md section 4).</summary>
    /// <exception cref="ArgumentException">The content was not refused.</exception>
    public static string Code(ContentFailure failure) => failure switch
    {
        ContentFailure.None => throw new ArgumentException("Accepted content has no code.", nameof(failure)),
        ContentFailure.Empty => "file-empty",
        ContentFailure.TooLarge => "file-too-large",
        ContentFailure.UnknownType => "file-type-unknown",
        ContentFailure.TypeNotAccepted => "file-type-not-accepted",
        ContentFailure.Truncated => "file-truncated",
        ContentFailure.Damaged => "file-damaged",
        ContentFailure.Encrypted => "file-encrypted",
        _ => throw new UnreachableException($"There is no content failure {failure}."),
    };

    internal static LocalText Text(ContentFailure failure, RepairRules rules) => failure switch
    {
        ContentFailure.None => throw new ArgumentException("Accepted content needs no words.", nameof(failure)),
        ContentFailure.Empty => new LocalText("The file is empty.", "文件为空。"),
        ContentFailure.TooLarge => TooLarge(rules.MaxFileBytes.Value),
        ContentFailure.UnknownType or ContentFailure.TypeNotAccepted => Accepted(rules),
        ContentFailure.Truncated => new LocalText(
            "The file ends too early: it was not copied or downloaded to its end. Copy or scan it again.",
            "文件不完整：复制或下载未完成。请重新复制或扫描。"),
        ContentFailure.Damaged => new LocalText(
            "The file is damaged: its structure is not that of its type. Save or scan it again.",
            "文件已损坏：内部结构与其类型不符。请重新保存或扫描。"),
        ContentFailure.Encrypted => new LocalText(
            "The file is encrypted or protected. Save it without a password and without restrictions.",
            "文件已加密或受保护。请去除密码和权限限制后重新保存。"),
        _ => throw new UnreachableException($"There is no content failure {failure}."),
    };

    private static LocalText TooLarge(int maxBytes)
    {
        string most = maxBytes.ToString("N0", CultureInfo.InvariantCulture);
        return new LocalText(
            $"The file is larger than {most} bytes. Scan it at a lower resolution or split it.",
            $"文件超过 {most} 字节。请降低扫描分辨率或拆分文件。");
    }

    private static LocalText Accepted(RepairRules rules)
    {
        string[] types = [.. rules.FileTypes.Select(type => type.ToUpperInvariant())];
        return new LocalText(
            $"By its content the file is none of {string.Join(", ", types)}, whatever its name says.",
            $"按内容识别，文件不是 {string.Join("、", types)} 中的任何一种（与文件名无关）。");
    }
}
