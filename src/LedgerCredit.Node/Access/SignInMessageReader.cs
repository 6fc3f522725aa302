using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LedgerCredit.Ethereum;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Access;

/// <summary>Reads sign-in messages (EIP-4361) strictly.</summary>
/// <remarks>
/// Narrower than the EIP's grammar in four places: the address has its EIP-55 checksum, the chain id no leading zeros, times have the form of
/// <see cref="IssueTime"/>, and there are bounds. Pure; one pass.
/// </remarks>
public static class SignInMessageReader
{
    /// <summary>The longest message that is read, in characters.</summary>
    public const int MaxLength = 4096;

    /// <summary>The most resources that are read.</summary>
    public const int MaxResources = 32;

    internal const string Opening = " wants you to sign in with your Ethereum account:";

    private const int MinNonceLength = 8;

    // RFC 3986 section 2: unreserved and reserved, without letters and digits.
    private const string Unreserved = "-._~";
    private const string SubDelims = "!$&'()*+,;=";
    private const string GenDelims = ":/?#[]@";

    /// <summary>Reads a message.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="message">The message; its <see cref="SignInMessage.Format"/> is the text.</param>
    /// <param name="problem">What is wrong otherwise; names the line, shows nothing of it.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SignInMessage? message, [NotNullWhen(false)] out ParseProblem? problem)
    {
        message = null;
        if (text is null || text.Length > MaxLength)
        {
            problem = new ParseProblem("sign-in-too-long", "", $"Expected a sign-in message (EIP-4361) of at most {MaxLength} characters.");
            return false;
        }

        Lines lines = new(text.Split('\n'));
        SignInMessage read = Read(lines);
        if (lines.Problem is null && !lines.IsAtEnd)
        {
            lines.Refuse("no further line");
        }

        problem = lines.Problem;
        if (problem is not null)
        {
            return false;
        }

        message = read;
        return true;
    }

    private static SignInMessage Read(Lines lines)
    {
        string origin = lines.Read("", text => text.EndsWith(Opening, StringComparison.Ordinal), "an authority and the words of EIP-4361");
        origin = origin.Length > Opening.Length ? origin[..^Opening.Length] : "";
        int schemeEnd = origin.IndexOf("://", StringComparison.Ordinal);
        string? scheme = schemeEnd < 0 ? null : origin[..schemeEnd];
        string domain = schemeEnd < 0 ? origin : origin[(schemeEnd + 3)..];
        lines.Require((scheme is null || IsScheme(scheme)) && IsAuthority(domain), "an authority (RFC 3986)");

        Address address = default;
        lines.Read("", text => Address.TryParse(text, out address) && address.ToString() == text, "an account with its EIP-55 checksum");
        lines.Read("", text => text.Length == 0, "an empty line");

        // A statement may be empty: two empty lines and one more are an empty one, two alone are none.
        string? statement = null;
        if (!lines.IsNextEmpty || lines.IsSecondNextEmpty)
        {
            statement = lines.Read("", text => IsOf(text, Unreserved + SubDelims + GenDelims + " ", mayEscape: false), "a statement of one line");
        }

        lines.Read("", text => text.Length == 0, "an empty line");
        string uri = lines.Read("URI: ", IsUri, "a URI");
        lines.Read("Version: ", text => text == "1", "version 1");
        ulong chainId = 0;
        lines.Read(
            "Chain ID: ",
            text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out chainId) && chainId.ToString(CultureInfo.InvariantCulture) == text,
            "a chain id");
        string nonce = lines.Read("Nonce: ", text => text.Length >= MinNonceLength && text.All(char.IsAsciiLetterOrDigit), "a nonce");
        return new SignInMessage
        {
            Scheme = scheme,
            Domain = domain,
            Address = address,
            Statement = statement,
            Uri = uri,
            ChainId = chainId,
            Nonce = nonce,
            IssuedAt = lines.Read("Issued At: ", text => IssueTime.IsValid(text), "a time (RFC 3339)"),
            ExpirationTime = lines.ReadOptional("Expiration Time: ", text => IssueTime.IsValid(text), "a time (RFC 3339)"),
            NotBefore = lines.ReadOptional("Not Before: ", text => IssueTime.IsValid(text), "a time (RFC 3339)"),
            RequestId = lines.ReadOptional("Request ID: ", text => IsOf(text, Unreserved + SubDelims + ":@", mayEscape: true), "a request id"),
            Resources = ReadResources(lines),
        };
    }

    private static List<string>? ReadResources(Lines lines)
    {
        if (lines.ReadOptional("Resources:", text => text.Length == 0, "nothing behind it") is null)
        {
            return null;
        }

        List<string> resources = [];
        while (resources.Count < MaxResources && lines.ReadOptional("- ", IsUri, "a URI") is string resource)
        {
            resources.Add(resource);
        }

        return resources;
    }

    // RFC 3986 section 3.1.
    private static bool IsScheme(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.');

    // RFC 3986 section 3.2, by its characters.
    private static bool IsAuthority(string text) => text.Length > 0 && IsOf(text, Unreserved + SubDelims + ":[]@", mayEscape: true);

    // RFC 3986 section 3, by its characters.
    private static bool IsUri(string text)
    {
        int end = text.IndexOf(':', StringComparison.Ordinal);
        return end > 0 && IsScheme(text[..end]) && IsOf(text, Unreserved + SubDelims + GenDelims, mayEscape: true);
    }

    private static bool IsOf(string text, string others, bool mayEscape)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (mayEscape && text[i] == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                {
                    return false;
                }

                i += 2;
            }
            else if (!char.IsAsciiLetterOrDigit(text[i]) && !others.Contains(text[i], StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    // Reads line after line; after the first problem everything reads as empty.
    private sealed class Lines(string[] lines)
    {
        private int _next;

        public ParseProblem? Problem { get; private set; }

        public bool IsAtEnd => _next == lines.Length;

        public bool IsNextEmpty => _next < lines.Length && lines[_next].Length == 0;

        public bool IsSecondNextEmpty => _next + 1 < lines.Length && lines[_next + 1].Length == 0;

        public string Read(string label, Func<string, bool> isValid, string expected)
        {
            if (Problem is not null)
            {
                return "";
            }

            if (IsAtEnd || !lines[_next].StartsWith(label, StringComparison.Ordinal) || !isValid(lines[_next][label.Length..]))
            {
                Refuse(label.Length > 0 ? $"'{label.TrimEnd()}' with {expected}" : expected);
                return "";
            }

            return lines[_next++][label.Length..];
        }

        public string? ReadOptional(string label, Func<string, bool> isValid, string expected) =>
            !IsAtEnd && lines[_next].StartsWith(label, StringComparison.Ordinal) ? Read(label, isValid, expected) : null;

        public void Require(bool isMet, string expected)
        {
            if (Problem is null && !isMet)
            {
                _next--;
                Refuse(expected);
            }
        }

        public void Refuse(string expected) => Problem = new ParseProblem(
            "sign-in-malformed",
            string.Create(CultureInfo.InvariantCulture, $"line {_next + 1}"),
            $"Not a sign-in message (EIP-4361): expected {expected}.");
    }
}
