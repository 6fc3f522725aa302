using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Workspaces;

/// <summary>What an address must be that the node sends to.</summary>
public sealed class RemoteAddressRule
{
    private RemoteAddressRule()
    {
    }

    /// <summary>Where a supervisory platform takes webhooks: https, or http on this machine only, where nobody can listen in between.</summary>
    public static RemoteAddressRule Webhook { get; } = new() { Code = "bad-endpoint", Reason = ". Messages are signed; they need no password." };

    /// <summary>Where a witness takes checkpoints: its submission prefix (C2SP tlog-witness).</summary>
    /// <remarks>
    /// Http is allowed everywhere: checkpoints are public, and an answer counts only where the witness's signature holds. Who listens
    /// learns nothing, and who alters the answer can do no more than a witness that is silent.
    /// </remarks>
    public static RemoteAddressRule Witness { get; } = new()
    {
        Code = "bad-witness-address",
        Reason = ": '/add-checkpoint' is put behind it.",
        AllowsHttp = true,
        IsPrefix = true,
    };

    /// <summary>The stable code of refusals.</summary>
    internal string Code { get; private init; } = "";

    /// <summary>How the sentence ends that refuses what has no place in the address.</summary>
    internal string Reason { get; private init; } = "";

    /// <summary>Whether http is allowed on other machines, too.</summary>
    internal bool AllowsHttp { get; private init; }

    /// <summary>Whether a path is put behind it, so that it has no query.</summary>
    internal bool IsPrefix { get; private init; }
}

/// <summary>Reads addresses that the node sends to.</summary>
public static class RemoteAddress
{
    /// <summary>The longest address, in characters, also as it is kept: with what has no place in addresses escaped.</summary>
    public const int MaxLength = 2000;

    /// <summary>Reads an address.</summary>
    /// <param name="text">The address, absolute, without user name and fragment.</param>
    /// <param name="rule">What it must be.</param>
    /// <param name="address">The address, or null.</param>
    /// <param name="problem">Why it was refused, or null.</param>
    public static bool TryParse(
        string text,
        RemoteAddressRule rule,
        [NotNullWhen(true)] out Uri? address,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(rule);
        address = null;
        if (text.Length > MaxLength || !Ascii.IsValid(text)
            || !Uri.TryCreate(text, UriKind.Absolute, out Uri? parsed) || parsed.Scheme is not ("http" or "https")
            || parsed.AbsoluteUri.Length > MaxLength)
        {
            problem = new ParseProblem(rule.Code, "", $"Expected an {(rule.AllowsHttp ? "https or http" : "https")} address of at most {MaxLength} characters, all of ASCII: write other names in their 'xn--' form.");
            return false;
        }

        if (parsed.Scheme == "http" && !rule.AllowsHttp && !IsThisMachine(parsed))
        {
            problem = new ParseProblem(rule.Code, "", "Expected an https address: http is for this machine only (localhost, 127.0.0.1, [::1]).");
            return false;
        }

        // A user name would be sent to nobody, and a fragment never leaves the sender: who writes them means something else.
        if (parsed.UserInfo.Length > 0 || parsed.Fragment.Length > 0 || (rule.IsPrefix && parsed.Query.Length > 0))
        {
            problem = new ParseProblem(rule.Code, "", $"Expected an address without user name, {(rule.IsPrefix ? "query" : "password")} and fragment{rule.Reason}");
            return false;
        }

        address = parsed;
        problem = null;
        return true;
    }

    /// <summary>What may be an address, for messages: without the user name and password in front of its host.</summary>
    public static string WithoutUser(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int user = text.LastIndexOf('@') + 1;
        int host = text.IndexOf("//", StringComparison.Ordinal) + 2;
        return host >= 2 && host < user ? text[..host] + text[user..] : text[user..];
    }

    // By the text alone, since a name can lead anywhere: 'localhost' is this machine by RFC 6761 section 6.3.
    private static bool IsThisMachine(Uri address) =>
        address.IdnHost == "localhost" || (IPAddress.TryParse(address.IdnHost, out IPAddress? ip) && IPAddress.IsLoopback(ip));
}
