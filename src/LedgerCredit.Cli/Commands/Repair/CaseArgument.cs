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
    /// <exception cref="InputException">There is none.</exception>
    public static IndexedCase Find(RepairSession session, string text)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong caseId))
        {
            return session.Index.FindCase(caseId)
                ?? throw new InputException($"The ledger has no repair case {caseId}. 'ledgercredit repair list' shows those that there are.");
        }

        Bytes32 leafHash = ReadSanction(text);
        return session.Index.FindCases(leafHash) is [.., ulong newest]
            ? session.Index.FindCase(newest) ?? throw new InputException($"The ledger has no repair case {newest} any more. Try again.")
            : throw new InputException($"No repair case was opened for the sanction {leafHash}.");
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
