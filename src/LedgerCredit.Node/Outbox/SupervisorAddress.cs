using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Outbox;

/// <summary>Where a supervisory platform takes webhooks.</summary>
public static class SupervisorAddress
{
    /// <summary>The longest address, in characters, also as it is kept: with what has no place in addresses escaped.</summary>
    public const int MaxLength = 2000;

    private const string Code = "bad-endpoint";

    /// <summary>Reads an address: https, or http on this machine only, where nobody can listen in between.</summary>
    /// <param name="text">The address, absolute, without user name and fragment.</param>
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
            problem = new ParseProblem(Code, "", $"Expected an https address of at most {MaxLength} characters, all of ASCII: write other names in their 'xn--' form.");
            return false;
        }

        if (parsed.Scheme == "http" && !IsThisMachine(parsed))
        {
            problem = new ParseProblem(Code, "", "Expected an https address: http is for this machine only (localhost, 127.0.0.1, [::1]).");
            return false;
        }

        // A user name would be sent to nobody, and a fragment never leaves the sender: who writes them means something else.
        if (parsed.UserInfo.Length > 0 || parsed.Fragment.Length > 0)
        {
            problem = new ParseProblem(Code, "", "Expected an address without user name, password and fragment. Messages are signed; they need no password.");
            return false;
        }

        address = parsed;
        problem = null;
        return true;
    }

    // By the text alone, since a name can lead anywhere: 'localhost' is this machine by RFC 6761 section 6.3.
    private static bool IsThisMachine(Uri address) =>
        address.IdnHost == "localhost" || (IPAddress.TryParse(address.IdnHost, out IPAddress? ip) && IPAddress.IsLoopback(ip));
}
