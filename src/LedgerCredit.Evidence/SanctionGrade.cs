using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Evidence;

/// <summary>How grave a sanction is. The number is that of the terms tuple (docs/spec/records.md section 7).</summary>
public enum SanctionGrade : byte
{
    /// <summary>The list the sanction comes from knows no grades; the sanction cannot be repaired here.</summary>
    None = 0,

    /// <summary>Minor (轻微).</summary>
    Minor = 1,

    /// <summary>General (一般).</summary>
    General = 2,

    /// <summary>Serious (严重).</summary>
    Serious = 3,
}

/// <summary>The names of the grades as they stand in the claim <c>grade</c>.</summary>
public static class SanctionGrades
{
    /// <summary>Reads <c>none</c>, <c>minor</c>, <c>general</c> or <c>serious</c>; nothing else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out SanctionGrade grade)
    {
        switch (name)
        {
            case "none":
                grade = SanctionGrade.None;
                return true;
            case "minor":
                grade = SanctionGrade.Minor;
                return true;
            case "general":
                grade = SanctionGrade.General;
                return true;
            case "serious":
                grade = SanctionGrade.Serious;
                return true;
            default:
                grade = default;
                return false;
        }
    }

    /// <summary>Reads the same from UTF-8.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> name, out SanctionGrade grade)
    {
        grade = name.SequenceEqual("minor"u8) ? SanctionGrade.Minor
            : name.SequenceEqual("general"u8) ? SanctionGrade.General
            : name.SequenceEqual("serious"u8) ? SanctionGrade.Serious
            : SanctionGrade.None;
        return grade != SanctionGrade.None || name.SequenceEqual("none"u8);
    }

    /// <summary>The name of a grade.</summary>
    public static string ToName(this SanctionGrade grade) => grade switch
    {
        SanctionGrade.None => "none",
        SanctionGrade.Minor => "minor",
        SanctionGrade.General => "general",
        SanctionGrade.Serious => "serious",
        _ => throw new UnreachableException($"There is no grade {(byte)grade}."),
    };
}
