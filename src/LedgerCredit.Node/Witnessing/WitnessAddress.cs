using System.Diagnostics.CodeAnalysis;
using System.Text;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Witnessing;

/// <summary>Where a witness takes checkpoints: its submission prefix (C2SP tlog-witness).</summary>
public static class WitnessAddress
{
    /// <summary>The longest address, in characters, also as it is kept: with what has no place in addresses escaped.</summary>
    public const int MaxLength = 2000;

    private const string Code = "bad-witness-address";

    /// <summary>Reads an address.</summary>
    /// <remarks>
    /// Http is allowed as well: checkpoints are public, and an answer counts only where the witness's signature holds. Who listens
    /// learns nothing, and who alters the answer can do no more than a witness that is silent.
    /// </remarks>
    /// <param name="text">The address, absolute, without user name, query and fragment.</param>
    /// <param name="address">The address, or null.</param>
    /// <param name="problem">Why it was refused, or null.</param>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out Uri? address,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        address = null;
        if (text.Length > MaxLength || !Ascii.IsValid(text)
            || !Uri.TryCreate(text, UriKind.Absolute, out Uri? parsed) || parsed.Scheme is not ("http" or "https")
            || parsed.AbsoluteUri.Length > MaxLength)
        {
            problem = new ParseProblem(Code, "", $"Expected an https or http address of at most {MaxLength} characters, all of ASCII: write other names in their 'xn--' form.");
            return false;
        }

        if (parsed.UserInfo.Length > 0 || parsed.Query.Length > 0 || parsed.Fragment.Length > 0)
        {
            problem = new ParseProblem(Code, "", "Expected an address without user name, query and fragment: '/add-checkpoint' is put behind it.");
            return false;
        }

        address = parsed;
        problem = null;
        return true;
    }

    /// <summary>The address of <c>add-checkpoint</c> behind a prefix.</summary>
    internal static Uri AddCheckpoint(Uri prefix) => new(prefix.AbsoluteUri.TrimEnd('/') + "/add-checkpoint");
}
