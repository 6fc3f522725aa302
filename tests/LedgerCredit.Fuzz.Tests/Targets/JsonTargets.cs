using System.Text;
using System.Text.Json;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Fuzz.Tests.Targets;

/// <summary>Strict JSON, its canonical form, lines, and the small texts that stand in documents.</summary>
internal static class JsonTargets
{
    private static readonly string[] Documents =
    [
        """{"a":[1,2.50,-0,1e2,5e-324,123456789012345678901234567890],"b":{"c":null,"d":true},"é":"\u00e9\n\"\\\/😀","":""}""",
        """[[],{},[[{"x":[0]}]],"text",false]""",
        "0.1",
        "\"\\ud83d\\ude00\"",
        " { \"kind\" : \"sanction\" , \"claims\" : { \"fineYuan\" : \"2000.00\" } } \n",
    ];

    private static readonly string[] Texts =
    [
        "2026-02-28", "1970-01-02", "9999-12-31", "2026-05-06T07:08:09Z", "2026-05-06T07:08:09.123456789+08:00",
        "uscc:91350200776049653A", "lei:HWUPKR0MPOU8FGXBT394", "cik:320193", "x-list:Firm 7", "91350200776049653A", "0.1", "1e2", "123.45", "2000.00", "D05",
        "0x00ff", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x" + "ab00000000000000000000000000000000000000000000000000000000000000", "AAEC", "AAEC/w==",
        "AAEC_w", "serious", "authority", "https://example.org:8443/hooks/a?b=c", "http://127.0.0.1:80/x", "http://localhost/",
    ];

    public static IEnumerable<FuzzTarget> Make()
    {
        byte[][] documents = [.. Documents.Select(Encoding.UTF8.GetBytes)];
        yield return new FuzzTarget("json", InputForm.Json, documents, ParseJson);
        yield return new FuzzTarget("canonical-json", InputForm.Json, documents[1..], ParseCanonical) { BytesPerByte = 512 };
        yield return new FuzzTarget("lines", InputForm.Text, [[.. "a\nbc\r\n\r\n0123456789\n\rx\n"u8]], ReadLines);
        yield return new FuzzTarget("small-texts", InputForm.Bytes, [.. Texts.Select(Encoding.UTF8.GetBytes)], ParseTexts) { BytesPerByte = 1024 };
    }

    private static FuzzResult ParseJson(byte[] input)
    {
        if (!StrictJson.TryParse(input, JsonLimits.Record, out JsonValue? value, out ParseProblem? problem))
        {
            return FuzzResult.Refused(problem);
        }

        return FuzzResult.Accepted(() =>
        {
            // Nothing is accepted that another reader refuses, and what is written is read as the same again.
            using JsonDocument document = JsonDocument.Parse(input, new JsonDocumentOptions { MaxDepth = JsonLimits.Record.MaxDepth });
            byte[] line = JsonText.WriteLine(value);
            return !StrictJson.TryParse(line, JsonLimits.Document, out JsonValue? again, out ParseProblem? refused) ? $"Written JSON is refused: {refused}"
                : !JsonText.WriteLine(again).AsSpan().SequenceEqual(line) ? "Written JSON is read as something else."
                : Describe(document.RootElement) != Describe(value) ? "Another reader reads something else."
                : null;
        });
    }

    // Texts and numbers in order, as each of the readers has them.
    private static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(',', element.EnumerateObject().Select(m => $"{m.Name}:{Describe(m.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(',', element.EnumerateArray().Select(Describe))}]",
        JsonValueKind.String => $"'{element.GetString()}'",
        JsonValueKind.Number => element.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    private static string Describe(JsonValue value) => value switch
    {
        JsonObject json => $"{{{string.Join(',', json.Members.Select(m => $"{m.Name}:{Describe(m.Value)}"))}}}",
        JsonArray array => $"[{string.Join(',', array.Items.Select(Describe))}]",
        JsonString text => $"'{text.Value}'",
        JsonNumber number => number.Text,
        JsonBoolean boolean => boolean.Value ? "true" : "false",
        _ => "null",
    };

    private static FuzzResult ParseCanonical(byte[] input)
    {
        if (!StrictJson.TryParse(input, JsonLimits.Document, out JsonValue? value, out ParseProblem? problem)
            || !CanonicalJson.TryWrite(value, CanonicalNumbers.Nearest, out byte[]? nearest, out problem))
        {
            return FuzzResult.Refused(problem);
        }

        bool isExact = CanonicalJson.TryWrite(value, CanonicalNumbers.Exact, out byte[]? exact, out problem);
        return !isExact && problem!.Code != "inexact-number"
            ? FuzzResult.Accepted(() => $"The exact form is refused with {problem.Code}, the nearest is not.")
            : FuzzResult.Accepted(() => isExact && !exact.AsSpan().SequenceEqual(nearest) ? "The exact form is not the nearest one."
                : StrictJson.TryParse(nearest, new JsonLimits(nearest.Length, 16), out JsonValue? again, out problem)
                    && CanonicalJson.Write(again).AsSpan().SequenceEqual(nearest) ? null
                : "The canonical form is not its own canonical form.");
    }

    private static FuzzResult ReadLines(byte[] input)
    {
        const int Most = 8;
        using MemoryStream stream = new(input);
        BoundedLineReader reader = new(stream, Most);
        List<string> read = [];
        while (reader.TryRead(out ReadOnlySpan<byte> line, out bool isTooLong))
        {
            read.Add(isTooLong ? "too long" : Convert.ToHexString(line));
        }

        return FuzzResult.Accepted(() =>
        {
            List<string> expected = [];
            string[] lines = Encoding.Latin1.GetString(input).Split('\n');
            foreach (string line in lines[^1].Length == 0 ? lines[..^1] : lines)
            {
                string content = line.EndsWith('\r') ? line[..^1] : line;
                expected.Add(content.Length > Most ? "too long" : Convert.ToHexString(Encoding.Latin1.GetBytes(content)));
            }

            return read.SequenceEqual(expected) ? null : "The lines are not those between the line ends.";
        });
    }

    private static FuzzResult ParseTexts(byte[] input)
    {
        // What is no UTF-8 cannot come to these parsers.
        string text = Encoding.UTF8.GetString(input);
        List<(string What, string Written)> read = [];
        ParseProblem? refusal = null;
        if (CivilDate.TryParse(text, out CivilDate date))
        {
            read.Add(("date", date.ToString()));
        }

        if (SubjectId.TryParse(text, out SubjectId? subject, out RecordProblem? problem))
        {
            read.Add(("subject", subject.ToString()));
        }
        else
        {
            refusal = new ParseProblem(problem.Code, problem.Path, problem.Message);
        }

        if (Bytes32.TryParseHex(text, out Bytes32 word))
        {
            read.Add(("bytes32", word.ToString()));
        }

        if (Hex.TryDecode(text, out byte[]? bytes))
        {
            read.Add(("hex", Hex.Encode(bytes)));
        }

        if (Base64Text.TryDecode(text, out bytes))
        {
            read.Add(("base64", Base64Text.Encode(bytes)));
        }

        if (Base64Text.TryDecodeUrl(text, out bytes))
        {
            read.Add(("base64url", Base64Text.EncodeUrl(bytes)));
        }

        if (RuleMaterial.TryParseCode(text, out int kind))
        {
            read.Add(("material", RuleMaterial.CodeOf(kind)));
        }

        if (Address.TryParse(text, out Address address))
        {
            read.Add(("address", text == address.ToLowerHex() ? text : address.ToString()));
        }

        if (Node.Workspaces.RemoteAddress.TryParse(text, Node.Workspaces.RemoteAddressRule.Webhook, out Uri? endpoint, out ParseProblem? notOne))
        {
            bool isSame = Node.Workspaces.RemoteAddress.TryParse(endpoint.AbsoluteUri, Node.Workspaces.RemoteAddressRule.Webhook, out Uri? again, out _) && again.AbsoluteUri == endpoint.AbsoluteUri;
            read.Add(("endpoint", isSame ? text : endpoint.AbsoluteUri));
        }

        bool hasForm = CanonicalJson.TryCanonicalNumber(text, out string? number)
            | IssueTime.TryReadUnixSeconds(text, out _)
            | UnifiedSocialCreditCode.Check(text) == UsccStatus.Valid
            | SanctionGrades.TryParse(text, out _)
            | Contracts.ConsortiumRoles.TryParse(text, out _)
            | Repair.Materials.Amount.TryParse(text, out _);
        if (number is not null && (!CanonicalJson.TryCanonicalNumber(number, out string? same) || same != number))
        {
            read.Add(("number", $"not {number}"));
        }

        return read.Count == 0 && !hasForm
            ? FuzzResult.Refused(refusal ?? notOne)
            : FuzzResult.Accepted(() => read.Find(r => r.Written != text) is { What: not null } other ? $"A {other.What} is written as '{other.Written}'." : null);
    }
}
