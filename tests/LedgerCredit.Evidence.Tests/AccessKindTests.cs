using System.Text;
using LedgerCredit.Primitives;

namespace LedgerCredit.Evidence.Tests;

/// <summary>Records of the kind <c>access</c>: taken from a node's own store, refused by everybody else.</summary>
[TestClass]
public sealed class AccessKindTests
{
    private const string Valid =
        """{"claims":{"accessor":"bank/0x00","action":"read","basis":"public","purpose":"public","record":"0x0000000000000000000000000000000000000000000000000000000000000000"},"id":"a","issuedAt":"2026-05-06T07:08:09Z","issuer":"access-log","kind":"access","subject":"x-test:a"}""";

    private static readonly RecordRules OwnStore = new() { AllowAccess = true };

    [TestMethod]
    public void TryParse_ByDefault_IsAnUnknownKind()
    {
        foreach (RecordRules rules in (RecordRules[])[RecordRules.Default, new RecordRules { AllowNaturalPersons = true }])
        {
            Assert.IsFalse(CreditRecord.TryParse(Encoding.UTF8.GetBytes(Valid), rules, out _, out IReadOnlyList<RecordProblem> problems));
            Assert.AreEqual("unknown-kind", problems.Single().Code);
        }

        Assert.IsFalse(RecordKinds.TryParse("access", out _));
        Assert.DoesNotContain(RecordKind.Access, RecordKinds.Stated);
    }

    [TestMethod]
    public void TryParse_FromTheOwnStore_IsTaken()
    {
        Assert.IsTrue(CreditRecord.TryParse(Encoding.UTF8.GetBytes(Valid), OwnStore, out CreditRecord? record, out IReadOnlyList<RecordProblem> problems), string.Join(' ', problems));

        Assert.AreEqual(RecordKind.Access, record.Kind);
        Assert.AreEqual(Valid, Encoding.UTF8.GetString(record.ToCanonicalBytes()));
        Assert.AreEqual("ledgercredit:access:1", record.Kind.ToPayloadType());
    }

    [TestMethod]
    [DataRow("\"issuer\":\"access-log\"", "\"issuer\":\"bank\"", "bad-issuer")]
    [DataRow("\"accessor\":\"bank/0x00\",", "", "missing-member")]
    [DataRow("\"accessor\":\"bank/0x00\"", "\"accessor\":\"\"", "empty-claim")]
    [DataRow("\"action\":\"read\"", "\"action\":\"write\"", "unknown-action")]
    [DataRow("\"basis\":\"public\",", "", "missing-member")]
    [DataRow("\"purpose\":\"public\"", "\"purpose\":1", "wrong-type")]
    [DataRow("\"record\":\"0x00", "\"record\":\"0xZZ", "bad-hash")]
    [DataRow("\"accessor\"", "\"organisation\":null,\"accessor\"", "wrong-type")]
    public void TryParse_OfAnotherForm_IsRefused(string part, string other, string code)
    {
        string altered = Valid.Replace(part, other, StringComparison.Ordinal);
        Assert.AreNotEqual(Valid, altered);

        Assert.IsFalse(CreditRecord.TryParse(Encoding.UTF8.GetBytes(altered), OwnStore, out _, out IReadOnlyList<RecordProblem> problems));

        Assert.AreEqual(code, problems[0].Code);
    }

    [TestMethod]
    public void Entry_OfTheKind_IsReadOnlyFromTheOwnStore()
    {
        byte[] entry = new LogEntry(RecordKind.Access, Sha256.Hash([1]), Bytes32.Zero).Encode();

        Assert.AreEqual(4, entry[1]);
        Assert.IsFalse(LogEntry.TryDecode(entry, out _, out ParseProblem? problem));
        Assert.AreEqual("entry-kind", problem.Code);
        Assert.IsTrue(LogEntry.TryDecode(entry, OwnStore, out LogEntry? decoded, out _));
        Assert.AreEqual(RecordKind.Access, decoded.Kind);
        entry[1] = 5;
        Assert.IsFalse(LogEntry.TryDecode(entry, OwnStore, out _, out _));
        entry[1] = 4;
        entry[40] = 1;
        Assert.IsFalse(LogEntry.TryDecode(entry, OwnStore, out _, out _));
    }

    [TestMethod]
    public void Payload_OfTheKind_IsRefused()
    {
        Assert.IsTrue(CreditRecord.TryParse(Encoding.UTF8.GetBytes(Valid), OwnStore, out CreditRecord? record, out _));
        RecordCommitment commitment = RecordCommitment.Create(record, Sha256.Hash([7]));

        Assert.IsFalse(RecordPayload.TryParse(commitment.Payload, out _, out ParseProblem? problem));

        Assert.IsNotNull(problem);
    }

    [TestMethod]
    public void EntryCalculator_OfTheKind_TakesNothing()
    {
        EntryCalculator calculator = new(RulePackCatalog.Shipped, Sha256.Hash([1]));

        Assert.IsFalse(calculator.TryAdd(Encoding.UTF8.GetBytes(Valid), Sha256.Hash([2])));
    }

    [TestMethod]
    public void EntryCalculator_FromTheOwnStore_IsWhatTheSlowWayLeadsTo()
    {
        EntryCalculator calculator = new(RulePackCatalog.Shipped, Sha256.Hash([1])) { Rules = OwnStore };
        Bytes32 secret = Sha256.Hash([2]);
        Assert.IsTrue(CreditRecord.TryParse(Encoding.UTF8.GetBytes(Valid), OwnStore, out CreditRecord? record, out _));

        Assert.IsTrue(calculator.TryAdd(Encoding.UTF8.GetBytes(Valid), secret));
        calculator.Compute();

        LogEntry entry = new(RecordKind.Access, RecordCommitment.Create(record, secret).RecordDigest, Bytes32.Zero);
        Assert.AreSequenceEqual(entry.Encode(), calculator.Entries.ToArray());
        Assert.AreEqual(RecordKind.Access, calculator.Kind(0));
    }

    [TestMethod]
    public void EntryCalculator_AnyCharacterAltered_TakesWhatTheSlowWayTakes()
    {
        EntryCalculator calculator = new(RulePackCatalog.Shipped, Sha256.Hash([1])) { Rules = OwnStore };
        for (int i = 0; i < Valid.Length; i++)
        {
            foreach (char other in "a0\"{}:,x-")
            {
                byte[] text = Encoding.UTF8.GetBytes(Valid[..i] + other + Valid[(i + 1)..]);
                bool isTaken = calculator.TryAdd(text, Bytes32.Zero);
                bool isValid = CreditRecord.TryParse(text, OwnStore, out CreditRecord? record, out _) && record.ToCanonicalBytes().AsSpan().SequenceEqual(text);
                Assert.AreEqual(isValid, isTaken, Encoding.UTF8.GetString(text));
            }
        }
    }

    [TestMethod]
    [DataRow("x-person:a", null, true)]
    [DataRow("x-person-id:a", null, true)]
    [DataRow("x-test:a", "natural-person", true)]
    [DataRow("x-test:a", "NATURAL_PERSON", true)]
    [DataRow("x-test:a", "legal-person", false)]
    [DataRow("x-test:a", null, false)]
    public void IsAboutNaturalPerson_BySchemeOrClaim_IsTold(string subject, string? type, bool expected)
    {
        string claims = type is null ? "" : $",\"subjectType\":\"{type}\"";
        string json = $$"""{"kind":"rating","id":"a","issuer":"agency","subject":"{{subject}}","issuedAt":"2026-05-06T07:08:09Z","claims":{"agency":"a","scale":"b","symbol":"c","action":"affirm","actedOn":"2026-01-01"{{claims}}} }""";
        Assert.IsTrue(CreditRecord.TryParse(Encoding.UTF8.GetBytes(json), new RecordRules { AllowNaturalPersons = true }, out CreditRecord? record, out IReadOnlyList<RecordProblem> problems), string.Join(' ', problems));

        Assert.AreEqual(expected, record.IsAboutNaturalPerson);
    }
}
