using System.Text;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>The members of a record other than its claims.</summary>
internal sealed record RecordHead(
    RecordKind Kind, string Id, string Issuer, SubjectId Subject, string IssuedAt, string? Supersedes);

/// <summary>Validates one record and collects all that is wrong with it.</summary>
internal sealed class RecordReader(JsonObject json, RecordRules rules)
{
    /// <summary>The most characters of an id.</summary>
    public const int MaxIdCharacters = 200;

    private readonly RecordProblemList _problems = new();
    private readonly List<RecordProblem> _warnings = [];

    public IReadOnlyList<RecordProblem> Problems => _problems.Problems;

    /// <summary>Reads the record; null where there are <see cref="Problems"/>.</summary>
    public CreditRecord? Read()
    {
        JsonContent.AddProblems(json, CanonicalNumbers.Exact, JsonLimits.Record.MaxDepth, _problems);
        RefuseUnknownMembers();

        RecordKind? kind = ReadKind();
        string? id = ReadId("id", isRequired: true);
        string? issuer = ReadIssuer();
        if (kind == RecordKind.Access && issuer is not null && issuer != RecordKinds.AccessIssuer)
        {
            _problems.Add("bad-issuer", "/issuer", $"Expected '{RecordKinds.AccessIssuer}' as the issuer of a record of this kind, found another.");
        }

        SubjectId? subject = ReadSubject();
        string? issuedAt = ReadIssuedAt();
        string? supersedes = ReadId("supersedes", isRequired: false);
        if (supersedes is not null && supersedes == id)
        {
            _problems.Add(
                "supersedes-itself", "/supersedes", "Expected the id of an earlier record, found the record's own.");
        }

        JsonObject? claims = ReadClaims(kind, subject);
        if (_problems.Problems.Count > 0
            || kind is null || id is null || issuer is null || subject is null || issuedAt is null || claims is null)
        {
            return null;
        }

        CanonicalJsonWriter writer = new(CanonicalNumbers.Exact);
        writer.WriteValue(json);
        byte[] canonical = writer.ToArray();
        if (canonical.Length > JsonLimits.Record.MaxBytes)
        {
            // The text can be shorter than the canonical form: 1e20 becomes 100000000000000000000.
            _problems.Add(
                "too-large", "", $"Expected at most {JsonLimits.Record.MaxBytes} bytes in canonical form, found {canonical.Length}.");
            return null;
        }

        RecordHead head = new(kind.Value, id, issuer, subject, issuedAt, supersedes);
        return new CreditRecord(head, claims, json, canonical, _warnings);
    }

    private void RefuseUnknownMembers()
    {
        foreach (JsonMember member in json.Members)
        {
            if (member.Name is not ("kind" or "id" or "issuer" or "subject" or "issuedAt" or "supersedes" or "claims"))
            {
                _problems.Add(
                    "unknown-member", JsonPointer.Append("", member.Name), "Expected only known members, found this one.");
            }
        }
    }

    private string? ReadText(string name, bool isRequired)
    {
        switch (json.Find(name))
        {
            case JsonString text:
                return text.Value;
            case null:
                if (isRequired)
                {
                    _problems.AddMissing("", name);
                }

                return null;
            case JsonValue other:
                _problems.AddWrongType(JsonPointer.Append("", name), "a string", other);
                return null;
        }
    }

    private RecordKind? ReadKind()
    {
        string? name = ReadText("kind", isRequired: true);
        if (rules.AllowAccess && name == RecordKinds.AccessName)
        {
            return RecordKind.Access;
        }

        if (RecordKinds.TryParse(name, out RecordKind kind))
        {
            return kind;
        }

        if (name is not null)
        {
            _problems.Add("unknown-kind", "/kind", "Expected 'sanction', 'repair' or 'rating', found other text.");
        }

        return null;
    }

    private string? ReadId(string name, bool isRequired)
    {
        string? id = ReadText(name, isRequired);
        if (id is null)
        {
            return null;
        }

        int characters = CountCharacters(id);
        if (characters is 0 or > MaxIdCharacters)
        {
            _problems.Add(
                "bad-id", JsonPointer.Append("", name), $"Expected 1 to {MaxIdCharacters} characters, found {characters}.");
            return null;
        }

        return id;
    }

    /// <summary>Counts Unicode scalar values, so that a character outside the basic plane counts once.</summary>
    public static int CountCharacters(string text)
    {
        int count = 0;
        foreach (Rune _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    private string? ReadIssuer()
    {
        string? issuer = ReadText("issuer", isRequired: true);
        if (issuer is null || IssuerSlug.IsValid(issuer))
        {
            return issuer;
        }

        _problems.Add(
            "bad-issuer",
            "/issuer",
            "Expected 2 to 63 lower-case letters, digits and hyphens, no hyphen first, found other text.");
        return null;
    }

    private SubjectId? ReadSubject()
    {
        string? text = ReadText("subject", isRequired: true);
        if (text is null)
        {
            return null;
        }

        if (!SubjectId.TryParse(text, out SubjectId? subject, out RecordProblem? problem))
        {
            _problems.Add(problem.Code, problem.Path, problem.Message);
            return null;
        }

        if (subject.Warning is not null)
        {
            _warnings.Add(subject.Warning);
        }

        return subject;
    }

    private string? ReadIssuedAt()
    {
        string? issuedAt = ReadText("issuedAt", isRequired: true);
        if (issuedAt is null || IssueTime.IsValid(issuedAt))
        {
            return issuedAt;
        }

        _problems.Add(
            "bad-issued-at",
            "/issuedAt",
            "Expected a time that exists as YYYY-MM-DDThh:mm:ss, at most 9 fraction digits, and Z or ±hh:mm, found other text.");
        return null;
    }

    private JsonObject? ReadClaims(RecordKind? kind, SubjectId? subject)
    {
        switch (json.Find("claims"))
        {
            case JsonObject claims:
                ClaimRules.Check(kind, new ClaimReader(claims, _problems));
                CheckNaturalPerson(subject, claims);
                return claims;
            case null:
                _problems.AddMissing("", "claims");
                return null;
            case JsonValue other:
                _problems.AddWrongType("/claims", "an object", other);
                return null;
        }
    }

    private void CheckNaturalPerson(SubjectId? subject, JsonObject claims)
    {
        SubjectTypes.Recognition type = SubjectTypes.Recognize(claims);
        if (type == SubjectTypes.Recognition.Unknown)
        {
            _warnings.Add(
                new RecordProblem("unknown-subject-type", "/claims/subjectType", $"Expected one of {SubjectTypes.All}, found another value."));
        }

        if (rules.AllowNaturalPersons)
        {
            return;
        }

        const string Message = "Records about natural persons are refused unless the node's configuration allows them.";
        if (type == SubjectTypes.Recognition.NaturalPerson)
        {
            _problems.Add("natural-person", "/claims/subjectType", Message);
        }

        if (subject is not null && subject.IsNaturalPerson)
        {
            _problems.Add("natural-person", "/subject", Message);
        }
    }
}
