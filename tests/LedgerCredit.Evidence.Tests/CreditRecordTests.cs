using System.Diagnostics;
using System.Text;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence.Tests;

[TestClass]
public sealed class CreditRecordTests
{
    [TestMethod]
    public void TryParse_RecordOfEachKind_GivesItsMembers()
    {
        CreditRecord sanction = TestRecords.Sanction();
        CreditRecord rating = TestRecords.Parse(TestRecords.RatingText);
        CreditRecord repair = TestRecords.Parse(TestRecords.RepairText.With("\"issuedAt\"", "\"supersedes\": \"C-1\", \"issuedAt\""));

        Assert.AreEqual(RecordKind.Sanction, sanction.Kind);
        Assert.AreEqual("京海市监处罚〔2026〕7号", sanction.Id);
        Assert.AreEqual("sd-market", sanction.Issuer);
        Assert.AreEqual("uscc", sanction.Subject.Scheme);
        Assert.AreEqual("2026-05-06T09:30:00+08:00", sanction.IssuedAt);
        Assert.IsNull(sanction.Supersedes);
        Assert.IsEmpty(sanction.Warnings);
        Assert.AreEqual(RecordKind.Rating, rating.Kind);
        Assert.AreEqual(RecordKind.Repair, repair.Kind);
        Assert.AreEqual("C-1", repair.Supersedes);
    }

    [TestMethod]
    [DataRow("\"kind\": \"sanction\"", "\"kind\": \"Sanction\"", "unknown-kind", "/kind")]
    [DataRow("\"kind\": \"sanction\",", "", "missing-member", "/kind")]
    [DataRow("\"kind\": \"sanction\"", "\"kind\": 1", "wrong-type", "/kind")]
    [DataRow("\"kind\": \"sanction\"", "\"kind\": \"sanction\", \"extra\": 1", "unknown-member", "/extra")]
    [DataRow("\"kind\": \"sanction\"", "\"kind\": \"sanction\", \"kind\": \"sanction\"", "json-duplicate", "/kind")]
    [DataRow("\"id\": \"京海市监处罚〔2026〕7号\"", "\"id\": \"\"", "bad-id", "/id")]
    [DataRow("\"issuer\": \"sd-market\"", "\"issuer\": \"a\"", "bad-issuer", "/issuer")]
    [DataRow("\"issuer\": \"sd-market\"", "\"issuer\": \"-ab\"", "bad-issuer", "/issuer")]
    [DataRow("\"issuer\": \"sd-market\"", "\"issuer\": \"Sd\"", "bad-issuer", "/issuer")]
    [DataRow("\"issuer\": \"sd-market\"", "\"issuer\": \"s_d\"", "bad-issuer", "/issuer")]
    [DataRow("\"issuer\": \"sd-market\"", "\"issuer\": \"sd\\n\"", "bad-issuer", "/issuer")]
    [DataRow("91350200776049653A", "91350200776049653B", "bad-uscc", "/subject")]
    [DataRow("2026-05-06T", "2026-05-32T", "bad-issued-at", "/issuedAt")]
    [DataRow("\"claims\": {", "\"supersedes\": \"京海市监处罚〔2026〕7号\", \"claims\": {", "supersedes-itself", "/supersedes")]
    [DataRow("\"claims\": {", "\"supersedes\": null, \"claims\": {", "wrong-type", "/supersedes")]
    [DataRow("\"claims\": {", "\"supersedes\": \"\", \"claims\": {", "bad-id", "/supersedes")]
    [DataRow("\"claims\"", "\"Claims\"", "missing-member", "/claims")]
    [DataRow("\"facts\": \"见决定书\"", "\"amount\": 0.30000000000000001", "inexact-number", "/claims/amount")]
    [DataRow("\"facts\": \"见决定书\"", "\"a/b~c\": [1, {\"x\": 9007199254740993}]", "inexact-number", "/claims/a~1b~0c/1/x")]
    [DataRow("\"facts\": \"见决定书\"", "\"facts\": \"\\udead\"", "json-surrogate", "/claims/facts")]
    [DataRow("\"facts\": \"见决定书\"", "\"facts\": 1", "wrong-type", "/claims/facts")]
    [DataRow("\"facts\": \"见决定书\"", "\"subjectType\": \"natural-person\"", "natural-person", "/claims/subjectType")]
    [DataRow("\"facts\": \"见决定书\"", "\"subjectType\": \"NATURAL_PERSON\"", "natural-person", "/claims/subjectType")]
    [DataRow("\"facts\": \"见决定书\"", "\"subjectType\": \"自然人\"", "natural-person", "/claims/subjectType")]
    [DataRow("uscc:91350200776049653A", "x-person:1", "natural-person", "/subject")]
    [DataRow("\"authorityName\": \"京海市市场监督管理局\",", "", "missing-member", "/claims/authorityName")]
    [DataRow("\"京海市市场监督管理局\"", "\"\"", "empty-claim", "/claims/authorityName")]
    [DataRow("\"grade\": \"general\",", "", "missing-member", "/claims/grade")]
    [DataRow("\"general\"", "\"GENERAL\"", "unknown-grade", "/claims/grade")]
    [DataRow("\"decisionNo\"", "\"decisionNumber\"", "missing-member", "/claims/decisionNo")]
    [DataRow("\"violation\"", "\"violations\"", "missing-member", "/claims/violation")]
    [DataRow("\"basis\"", "\"bases\"", "missing-member", "/claims/basis")]
    [DataRow("\"penalties\"", "\"penalty\"", "missing-member", "/claims/penalties")]
    [DataRow("[\"罚款\"]", "\"罚款\"", "wrong-type", "/claims/penalties")]
    [DataRow("[\"罚款\"]", "[]", "empty-claim", "/claims/penalties")]
    [DataRow("[\"罚款\"]", "[\"罚款\", 2]", "wrong-type", "/claims/penalties/1")]
    [DataRow("\"decidedOn\"", "\"decided\"", "missing-member", "/claims/decidedOn")]
    [DataRow("2026-04-30", "2026-04-31", "bad-date", "/claims/decidedOn")]
    [DataRow("\"rulePack\"", "\"pack\"", "missing-member", "/claims/rulePack")]
    [DataRow("\"general\"", "\"none\"", "rule-pack-without-grade", "/claims/rulePack")]
    [DataRow("\"2000.00\"", "2000", "wrong-type", "/claims/fineYuan")]
    [DataRow("\"2000.00\"", "\"2,000\"", "bad-money", "/claims/fineYuan")]
    [DataRow("\"2000.00\"", "\"-1\"", "bad-money", "/claims/fineYuan")]
    [DataRow("\"2000.00\"", "\"01\"", "bad-money", "/claims/fineYuan")]
    [DataRow("\"2000.00\"", "\".5\"", "bad-money", "/claims/fineYuan")]
    [DataRow("\"2000.00\"", "\"5.\"", "bad-money", "/claims/fineYuan")]
    [DataRow("\"2000.00\"", "\"1e3\"", "bad-money", "/claims/fineYuan")]
    [DataRow("\"2000.00\"", "\"１\"", "bad-money", "/claims/fineYuan")]
    [DataRow("\"2000.00\"", "\"\"", "bad-money", "/claims/fineYuan")]
    [DataRow("\"fineYuan\": \"2000.00\"", "\"confiscatedYuan\": \"x\"", "bad-money", "/claims/confiscatedYuan")]
    [DataRow("\"fineYuan\": \"2000.00\"", "\"publicUntil\": \"2027\"", "bad-date", "/claims/publicUntil")]
    [DataRow("\"fineYuan\": \"2000.00\"", "\"attachedTermUntil\": null", "wrong-type", "/claims/attachedTermUntil")]
    [DataRow("\"fineYuan\": \"2000.00\"", "\"repairable\": \"false\"", "wrong-type", "/claims/repairable")]
    [DataRow("\"fineYuan\": \"2000.00\"", "\"subjectName\": [\"n\"]", "wrong-type", "/claims/subjectName")]
    public void TryParse_ChangedSanction_IsRefusedWithOneProblem(string from, string to, string code, string path)
    {
        IReadOnlyList<RecordProblem> problems = TestRecords.Refuse(ReplaceFirst(TestRecords.SanctionText, from, to));

        RecordProblem problem = path == "/claims" ? problems[^1] : Assert.ContainsSingle(problems);
        Assert.AreEqual(code, problem.Code);
        Assert.AreEqual(path, problem.Path);
    }

    [TestMethod]
    [DataRow("\"agency\"", "\"agent\"", "missing-member", "/claims/agency")]
    [DataRow("\"scale\"", "\"scales\"", "missing-member", "/claims/scale")]
    [DataRow("\"AA+\"", "\"\"", "empty-claim", "/claims/symbol")]
    [DataRow("\"upgrade\"", "\"up\"", "unknown-action", "/claims/action")]
    [DataRow("\"2026-05-05\"", "\"5.5.2026\"", "bad-date", "/claims/actedOn")]
    [DataRow("\"agency\":", "\"outlook\": true, \"agency\":", "wrong-type", "/claims/outlook")]
    [DataRow("\"agency\":", "\"watch\": 1, \"agency\":", "wrong-type", "/claims/watch")]
    [DataRow("\"agency\":", "\"ratingType\": {}, \"agency\":", "wrong-type", "/claims/ratingType")]
    [DataRow("\"agency\":", "\"term\": [], \"agency\":", "wrong-type", "/claims/term")]
    [DataRow("\"agency\":", "\"instrument\": null, \"agency\":", "wrong-type", "/claims/instrument")]
    public void TryParse_ChangedRating_IsRefusedWithOneProblem(string from, string to, string code, string path)
    {
        RecordProblem problem = Assert.ContainsSingle(TestRecords.Refuse(TestRecords.RatingText.With(from, to)));

        Assert.AreEqual(code, problem.Code);
        Assert.AreEqual(path, problem.Path);
    }

    [TestMethod]
    [DataRow("0x0000", "0x000", "bad-hash", "/claims/sanction")]
    [DataRow("00ff\"", "00FF\"", "bad-hash", "/claims/sanction")]
    [DataRow("\"event\": \"opened\"", "\"event\": \"\"", "empty-claim", "/claims/event")]
    [DataRow("\"occurredOn\"", "\"on\"", "missing-member", "/claims/occurredOn")]
    public void TryParse_ChangedRepair_IsRefusedWithOneProblem(string from, string to, string code, string path)
    {
        RecordProblem problem = Assert.ContainsSingle(TestRecords.Refuse(TestRecords.RepairText.With(from, to)));

        Assert.AreEqual(code, problem.Code);
        Assert.AreEqual(path, problem.Path);
    }

    [TestMethod]
    [DataRow("initial affirm upgrade downgrade default suspend withdraw outlook watch correct")]
    public void TryParse_EveryRatingAction_IsAccepted(string actions)
    {
        foreach (string action in actions.Split(' '))
        {
            TestRecords.Parse(TestRecords.RatingText.With("\"upgrade\"", $"\"{action}\""));
        }
    }

    [TestMethod]
    public void TryParse_ManyThingsWrong_NamesThemAllWithoutTheirValues()
    {
        const string Text = """
            {"kind":"sanction","id":7,"issuer":"SECRET","subject":"uscc:SECRET","issuedAt":"SECRET","more":"SECRET",
             "claims":{"grade":"SECRET","fineYuan":"SECRET","decidedOn":"SECRET"}}
            """;

        IReadOnlyList<RecordProblem> problems = TestRecords.Refuse(Text);

        Assert.AreSequenceEqual(
            ["/more", "/id", "/issuer", "/subject", "/issuedAt", "/claims/authorityName", "/claims/grade", "/claims/decidedOn", "/claims/fineYuan"],
            problems.Select(problem => problem.Path));
        Assert.DoesNotContain("SECRET", string.Join("\n", problems));
    }

    [TestMethod]
    [DataRow("""{"authorityName":"World Bank","grade":"none"}""")]
    [DataRow("""{"authorityName":"World Bank","grade":"none","decidedOn":"2020-01-01","penalties":[],"violation":"","repairable":true}""")]
    public void TryParse_SanctionWithoutGrade_NeedsNoMore(string claims)
    {
        TestRecords.Parse($$"""
            {"kind":"sanction","id":"1","issuer":"wb","subject":"x-worldbank:a","issuedAt":"2026-01-01T00:00:00Z","claims":{{claims}}}
            """);
    }

    [TestMethod]
    public void TryParse_NaturalPersons_AreAcceptedWhereTheRulesAllowThem()
    {
        byte[] text = Encoding.UTF8.GetBytes(TestRecords.SanctionText
            .With("\"facts\": \"见决定书\"", "\"subjectType\": \"natural-person\"")
            .With("uscc:91350200776049653A", "x-person:1"));

        Assert.IsTrue(CreditRecord.TryParse(text, new RecordRules { AllowNaturalPersons = true }, out _, out IReadOnlyList<RecordProblem> problems));

        Assert.IsEmpty(problems);
    }

    [TestMethod]
    [DataRow("\"legal-person\"", 0)]
    [DataRow("\"unincorporated\"", 0)]
    [DataRow("\"individual-business\"", 0)]
    [DataRow("\"vessel\"", 1)]
    [DataRow("7", 1)]
    public void TryParse_SubjectType_WarnsWhereItIsUnknown(string type, int warnings)
    {
        CreditRecord record = TestRecords.Parse(TestRecords.SanctionText.With("\"facts\": \"见决定书\"", $"\"subjectType\": {type}"));

        Assert.HasCount(warnings, record.Warnings);
    }

    [TestMethod]
    public void TryParse_PilotCode_IsAcceptedWithWarning()
    {
        CreditRecord record = TestRecords.Parse(TestRecords.SanctionText.With("91350200776049653A", "91350203M0001QAY9B"));

        Assert.AreEqual("uscc-legacy-pilot", Assert.ContainsSingle(record.Warnings).Code);
    }

    [TestMethod]
    public void TryParse_IdLength_CountsCharactersNotCodeUnits()
    {
        const string Id = "\"R-1\"";
        string longest = string.Concat(Enumerable.Repeat("😀", 200));

        Assert.AreEqual(longest, TestRecords.Parse(TestRecords.RatingText.With(Id, $"\"{longest}\"")).Id);
        Assert.AreEqual("bad-id", Assert.ContainsSingle(TestRecords.Refuse(TestRecords.RatingText.With(Id, $"\"{longest}x\""))).Code);
    }

    [TestMethod]
    [DataRow("[]")]
    [DataRow("null")]
    [DataRow("\"record\"")]
    public void TryParse_NoObject_IsRefused(string text)
    {
        Assert.AreEqual("wrong-type", Assert.ContainsSingle(TestRecords.Refuse(text)).Code);
    }

    [TestMethod]
    public void TryParse_MalformedText_SaysWhere()
    {
        RecordProblem problem = Assert.ContainsSingle(TestRecords.Refuse("{\"kind\":\n  oops}"));

        Assert.AreEqual("json-syntax", problem.Code);
        Assert.AreEqual("", problem.Path);
        Assert.Contains("line 2, byte 3", problem.Message);
    }

    [TestMethod]
    public void TryParse_NestingAtAndOverTheLimit_IsAcceptedAndRefused()
    {
        // The record and its claims are two levels.
        string deepest = new string('[', 14) + new string(']', 14);

        TestRecords.Parse(TestRecords.SanctionText.With("\"见决定书\"", "\"f\", \"x\": " + deepest));
        RecordProblem problem = Assert.ContainsSingle(TestRecords.Refuse(TestRecords.SanctionText.With("\"见决定书\"", $"\"f\", \"x\": [{deepest}]")));
        Assert.AreEqual("json-depth", problem.Code);
        Assert.StartsWith("/claims/x/0/0", problem.Path);
    }

    [TestMethod]
    public void TryParse_SizeAtAndOverTheLimit_IsAcceptedAndRefused()
    {
        byte[] text = Encoding.UTF8.GetBytes(TestRecords.SanctionText);
        byte[] largest = new byte[65_536];
        largest.AsSpan().Fill((byte)' ');
        text.CopyTo(largest, 0);

        TestRecords.Parse(largest);
        Assert.AreEqual("too-large", Assert.ContainsSingle(TestRecords.Refuse([.. largest, (byte)' '])).Code);
    }

    [TestMethod]
    public void TryParse_CanonicalFormOverTheLimit_IsRefused()
    {
        // Five bytes of text, twenty-two of canonical form.
        string numbers = "[" + string.Join(',', Enumerable.Repeat("1e20", 10_000)) + "]";

        RecordProblem problem = Assert.ContainsSingle(TestRecords.Refuse(TestRecords.RatingText.With("\"agency\":", $"\"x\":{numbers},\"agency\":")));

        Assert.AreEqual("too-large", problem.Code);
    }

    [TestMethod]
    public void TryCreate_ObjectFromCode_IsHeldToTheSameRules()
    {
        JsonValue deep = new JsonNull();
        for (int i = 0; i < 50_000; i++)
        {
            deep = new JsonArray(deep);
        }

        JsonObject json = new(
            new JsonMember("kind", new JsonString("rating")),
            new JsonMember("\ud800", new JsonString("\udc00")),
            new JsonMember("claims", new JsonObject(
                new JsonMember("a", new JsonNumber("oops")), new JsonMember("b", deep), new JsonMember("c", new JsonNumber("1e400")))));

        Assert.IsFalse(CreditRecord.TryCreate(json, RecordRules.Default, out _, out IReadOnlyList<RecordProblem> problems));

        string[] codes = [.. problems.Select(problem => problem.Code)];
        Assert.Contains("json-depth", codes);
        Assert.HasCount(2, codes.Where(code => code == "json-surrogate"));
        Assert.HasCount(2, codes.Where(code => code == "inexact-number"));
    }

    [TestMethod]
    public void TryParse_HostileRecords_AreDecidedQuicklyWithFewProblems()
    {
        string manyMembers = "{" + string.Join(',', Enumerable.Range(0, 7000).Select(i => $"\"{i}\":0")) + "}";
        string manyNumbers = TestRecords.RatingText.With("\"agency\":", $"\"x\":[{string.Join(',', Enumerable.Repeat("1e400", 10_000))}],\"agency\":");
        string manyClaims = TestRecords.RatingText.With(
            "\"agency\":", string.Concat(Enumerable.Range(0, 6000).Select(i => $"\"{i}\":0,")) + "\"agency\":");
        Stopwatch watch = Stopwatch.StartNew();

        Assert.HasCount(101, TestRecords.Refuse(manyMembers));
        IReadOnlyList<RecordProblem> problems = TestRecords.Refuse(manyNumbers);
        RecordCommitment commitment = RecordCommitment.Create(TestRecords.Parse(manyClaims), default);

        Assert.HasCount(101, problems);
        Assert.AreEqual("too-many-problems", problems[^1].Code);
        Assert.HasCount(6008, commitment.Disclosures);
        Assert.IsLessThan(TimeSpan.FromSeconds(10), watch.Elapsed);
    }

    [TestMethod]
    public void TryParse_RandomChanges_NeverThrow()
    {
        Random random = new(51);
        byte[] seed = Encoding.UTF8.GetBytes(TestRecords.SanctionText);
        for (int i = 0; i < 5000; i++)
        {
            byte[] text = [.. seed];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                text[random.Next(text.Length)] = (byte)random.Next(256);
            }

            bool isAccepted = CreditRecord.TryParse(text, RecordRules.Default, out CreditRecord? record, out IReadOnlyList<RecordProblem> problems);

            Assert.AreEqual(isAccepted, problems.Count == 0);
            if (record is not null)
            {
                Assert.AreSequenceEqual(record.ToCanonicalBytes(), TestRecords.Parse(record.ToCanonicalBytes()).ToCanonicalBytes());
            }
        }
    }

    private static string ReplaceFirst(string text, string from, string to)
    {
        int at = text.IndexOf(from, StringComparison.Ordinal);
        Assert.IsGreaterThanOrEqualTo(0, at, from);
        return text[..at] + to + text[(at + from.Length)..];
    }
}
