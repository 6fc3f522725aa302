using System.CommandLine;
using System.Globalization;
using LedgerCredit.Log;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Verification;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>Which case is meant: its number, or its sanction by leaf hash or evidence file.</summary>
internal static class CaseArgument
{
    /// <summary>Makes the argument.</summary>
    public static Argument<string> Create() => new("CASE")
    {
        Description = "The case: its number, or its sanction's leaf hash or evidence file, which stand for the newest case of the sanction.",
    };

    /// <summary>The case that is meant.</summary>
    /// <param name="session">The session, with the index.</param>
    /// <param name="text">The argument.</param>
    /// <param name="language"><c>en</c> or <c>zh</c>, for the error.</param>
    /// <exception cref="InputException">There is none.</exception>
    public static IndexedCase Find(RepairSession session, string text, string language = "en")
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong caseId))
        {
            return session.Index.FindCase(caseId)
                ?? throw new InputException(language == "en"
                    ? $"The ledger has no repair case {caseId}. 'ledgercredit repair list' shows those that there are."
                    : $"链上没有编号为 {caseId} 的修复申请。可用 'ledgercredit repair list' 查看现有申请。");
        }

        Bytes32 leafHash = ReadSanction(text);
        return session.Index.FindCases(leafHash) is [.., ulong newest]
            ? session.Index.FindCase(newest) ?? throw new InputException($"The ledger has no repair case {newest} any more. Try again.")
            : throw new InputException(language == "en"
                ? $"No repair case was opened for the sanction {leafHash}."
                : $"处罚 {leafHash} 尚无修复申请。");
    }

    /// <summary>The leaf hash of the sanction that is meant.</summary>
    /// <param name="text">A leaf hash, or the path of an evidence file.</param>
    /// <exception cref="InputException">It is neither.</exception>
    public static Bytes32 ReadSanction(string text)
    {
        if (Bytes32.TryParseHex(text, out Bytes32 leafHash))
        {
            return leafHash;
        }

        if (!File.Exists(text))
        {
            throw new InputException($"'{text}' is no case: expected its number, or its sanction's leaf hash (0x and 64 hex digits) or evidence file.");
        }

        return EvidenceFile.TryParse(InputFile.Read(text, EvidenceFile.MaxBytes), out EvidenceFile? file, out ParseProblem? problem)
            ? MerkleHash.Leaf(file.Entry.Span)
            : throw new InputException($"'{text}' is not an evidence file. {problem}");
    }
}
