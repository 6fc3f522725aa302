using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Materials;

namespace LedgerCredit.Repair.Tests;

[TestClass]
public sealed class MaterialChecksTests
{
    private static readonly DateOnly Decided = new(2026, 4, 30);
    private static readonly DateOnly Today = new(2026, 8, 3);
    private static readonly SanctionFacts Facts = new(Decided, IsFined: true, DueYuan: 2000.00m, OrdersCorrection: true, HasAgent: false);

    [TestMethod]
    public void Check_CompleteApplication_HasNoProblem()
    {
        Assert.IsEmpty(Check(Complete()));
    }

    [TestMethod]
    [DataRow(1, "D01")]
    [DataRow(5, "D05")]
    [DataRow(6, "D06")]
    [DataRow(7, "D07")]
    [DataRow(10, "D10")]
    public void Check_NeededMaterialMissing_SaysWhich(int kind, string code)
    {
        MaterialProblem problem = Single(Check([.. Complete().Where(material => material.Kind != kind)]));

        Assert.AreEqual(("material-missing", kind), (problem.Code, problem.Kind));
        Assert.Contains(code, problem.Message.In("en"));
        Assert.Contains(code, problem.Message.In("zh"));
    }

    [TestMethod]
    [DataRow(true, true, true, "1 2 3 5 6 7 10")]
    [DataRow(false, false, false, "1 5 10")]
    [DataRow(true, false, false, "1 5 6 10")]
    [DataRow(false, true, false, "1 5 7 10")]
    [DataRow(false, false, true, "1 2 3 5 10")]
    public void Needed_Facts_DecideAboutTheConditionalOnes(bool isFined, bool ordersCorrection, bool hasAgent, string expected)
    {
        SanctionFacts facts = new(Decided, isFined, 0, ordersCorrection, hasAgent);

        Assert.AreEqual(expected, string.Join(' ', MaterialChecks.Needed(TestPacks.Default.Repair, facts).Select(m => m.Kind)));
    }

    [TestMethod]
    public void Check_Nothing_NamesEverythingAtOnce()
    {
        Assert.HasCount(5, Check([]));
    }

    [TestMethod]
    [DataRow("", "file-empty")]
    [DataRow("hello", "file-type-unknown")]
    [DataRow("%PDF-1.7\n", "file-truncated")]
    [DataRow("%PDF-1.7\nstartxref\n1\n%%EOF", "file-damaged")]
    public void Check_BadContent_SaysWhatIsWrong(string content, string code)
    {
        Material[] materials = Complete();
        materials[2] = materials[2] with { Content = Content(Encoding.Latin1.GetBytes(content)) };

        MaterialProblem problem = Single(Check(materials));

        Assert.AreEqual((code, 6, "payment.jpg"), (problem.Code, problem.Kind, problem.File));
    }

    [TestMethod]
    public void Check_EncryptedFile_SaysWhatToDo()
    {
        Material[] materials = Complete();
        materials[0] = materials[0] with { Content = Content(TestFiles.Pdf("<< /Root 1 0 R /Encrypt 9 0 R >>")) };

        MaterialProblem problem = Single(Check(materials));

        Assert.AreEqual("file-encrypted", problem.Code);
        Assert.Contains("password", problem.Message.English);
        Assert.Contains("密码", problem.Message.Chinese);
    }

    [TestMethod]
    public void Check_KindThatThePackDoesNotKnow_IsRefused()
    {
        Material other = new(63, "other.pdf", Content(TestFiles.Pdf(text: "other")), MaterialStatements.None);

        Assert.AreEqual("material-unknown", Single(Check([.. Complete(), other])).Code);
    }

    [TestMethod]
    public void Check_SameFileTwice_IsRefusedOnce()
    {
        Material[] materials = Complete();
        Material again = materials[0] with { Kind = 4, Name = "again.pdf" };

        MaterialProblem problem = Single(Check([.. materials, again]));

        Assert.AreEqual(("file-twice", "again.pdf"), (problem.Code, problem.File));
    }

    [TestMethod]
    [DataRow(false, "in another case")]
    [DataRow(true, "revoked for false material")]
    public void Check_FileOfAnotherCase_SaysWhich(bool isRevoked, string message)
    {
        Material[] materials = Complete();
        History history = new() { Files = { [materials[1].Content.FileHash] = new MaterialUse("No. 7", isRevoked) } };

        MaterialProblem problem = Single(MaterialChecks.Check(TestPacks.Default, Facts, materials, history, Today));

        Assert.AreEqual(("file-used", 5), (problem.Code, problem.Kind));
        Assert.Contains("No. 7", problem.Message.English);
        Assert.Contains(message, problem.Message.English);
    }

    [TestMethod]
    public void Check_VoucherOfAnotherCase_IsRefused()
    {
        History history = new() { Vouchers = { ["V-1"] = new MaterialUse("No. 7", IsRevoked: false) } };

        Assert.AreEqual("voucher-used", Single(MaterialChecks.Check(TestPacks.Default, Facts, Complete(), history, Today)).Code);
    }

    [TestMethod]
    public void Check_VoucherTwiceInOneCase_IsRefused()
    {
        Material[] materials = Complete();
        Material second = materials[2] with { Name = "second.jpg", Content = Content(TestFiles.Jpeg("second")) };

        Assert.AreEqual("voucher-twice", Single(Check([.. materials, second])).Code);
    }

    [TestMethod]
    [DataRow(2, "2026-04-29", "date-before-decision")]
    [DataRow(3, "2026-04-29", "date-before-decision")]
    [DataRow(4, "2026-04-29", "date-before-decision")]
    [DataRow(4, "2026-08-04", "date-in-future")]
    [DataRow(0, "2026-08-04", "date-in-future")]
    [DataRow(1, "2026-04-29", "date-of-other-decision")]
    [DataRow(1, "2026-05-01", "date-of-other-decision")]
    [DataRow(2, "", "date-missing")]
    [DataRow(3, "", "date-missing")]
    [DataRow(4, "", "date-missing")]
    public void Check_DateOutOfOrder_IsRefused(int index, string date, string code)
    {
        MaterialProblem problem = Single(Check(WithDate(index, date)));

        Assert.AreEqual(code, problem.Code);
        Assert.AreEqual(Complete()[index].Name, problem.File);
    }

    [TestMethod]
    [DataRow(2, "2026-04-30", DisplayName = "paid on the day of the decision")]
    [DataRow(4, "2026-08-03", DisplayName = "committed today")]
    [DataRow(1, "2026-04-30", DisplayName = "the decision's own date")]
    [DataRow(0, "2001-01-01", DisplayName = "a licence is older")]
    public void Check_DateAtTheEdge_IsAccepted(int index, string date)
    {
        Assert.IsEmpty(Check(WithDate(index, date)));
    }

    [TestMethod]
    [DataRow("1999.99", false)]
    [DataRow("2000", true)]
    [DataRow("2000.00", true)]
    [DataRow("2000.0000000000000000001", true)]
    [DataRow("1999.9999999999999999999", false)]
    [DataRow("999999999999999999999999", true)]
    public void Check_Payment_IsComparedExactly(string amount, bool isEnough)
    {
        Material[] materials = Complete();
        materials[2] = materials[2] with { Statements = materials[2].Statements with { AmountYuan = amount } };

        string[] codes = [.. Check(materials).Select(problem => problem.Code)];

        Assert.AreSequenceEqual(isEnough ? [] : ["payment-too-small"], codes);
    }

    [TestMethod]
    public void Check_PaymentsInParts_AreAddedUp()
    {
        Material[] materials = Complete();
        materials[2] = Part(materials[2], "first", "1999.10");

        Assert.AreEqual("payment-too-small", Single(Check([.. materials, Part(materials[2], "second", "0.89")])).Code);
        Assert.IsEmpty(Check([.. materials, Part(materials[2], "second", "0.90")]));
    }

    [TestMethod]
    [DataRow(null, "amount-missing")]
    [DataRow("", "amount-malformed")]
    [DataRow("2,000", "amount-malformed")]
    [DataRow("-2000", "amount-malformed")]
    [DataRow("02000", "amount-malformed")]
    [DataRow("2000.", "amount-malformed")]
    [DataRow(".5", "amount-malformed")]
    [DataRow("2e3", "amount-malformed")]
    [DataRow("1000000000000000000000000", "amount-malformed")]
    public void Check_AmountThatIsNone_IsRefused(string? amount, string code)
    {
        Material[] materials = Complete();
        materials[2] = materials[2] with { Statements = materials[2].Statements with { AmountYuan = amount } };

        Assert.AreEqual(code, Single(Check(materials)).Code);
    }

    [TestMethod]
    public void Check_ReferenceThatCannotBePacked_IsRefused()
    {
        foreach (string reference in new[] { "", "a\nb", "\uD800", new string('x', 201) })
        {
            Material[] materials = Complete();
            materials[2] = materials[2] with { Statements = materials[2].Statements with { Reference = reference } };

            Assert.AreEqual("reference-malformed", Single(Check(materials)).Code);
        }
    }

    [TestMethod]
    public void Check_TooManyFiles_IsOneProblem()
    {
        Material[] materials = [.. Enumerable.Range(0, 65).Select(i => new Material(9, $"{i}", Content(TestFiles.Jpeg($"{i}")), MaterialStatements.None))];

        Assert.AreEqual("too-many-materials", Single(Check(materials)).Code);
        Assert.HasCount(5, Check(materials[..64]));
    }

    [TestMethod]
    [DataRow("\"fineYuan\": \"2000.00\", \"confiscatedYuan\": \"0.5\"", "警告", true, "2000.50")]
    [DataRow("\"fineYuan\": \"0\"", "警告", false, "0")]
    [DataRow("\"score\": 1", "罚款", true, "0")]
    [DataRow("\"score\": 1", "没收违法所得", true, "0")]
    [DataRow("\"score\": 1", "警告", false, "0")]
    public void TryCreate_Record_SaysWhatIsDue(string claims, string penalty, bool isFined, string due)
    {
        Assert.IsTrue(SanctionFacts.TryCreate(Record(claims, penalty), true, false, out SanctionFacts? facts, out _));

        Assert.AreEqual(
            new SanctionFacts(Decided, isFined, decimal.Parse(due, System.Globalization.CultureInfo.InvariantCulture), true, false), facts);
    }

    [TestMethod]
    public void TryCreate_AmountBeyondExactness_IsRefused()
    {
        CreditRecord record = Record("\"fineYuan\": \"1000000000000000000000000.1\"", "罚款");

        Assert.IsFalse(SanctionFacts.TryCreate(record, false, false, out _, out RecordProblem? problem));
        Assert.AreEqual("/claims/fineYuan", problem.Path);
    }

    [TestMethod]
    public void In_OtherLanguage_IsTheCallersFault()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new LocalText("a", "b").In("de"));
    }

    private static CreditRecord Record(string claims, string penalty)
    {
        string json = $$"""
            { "kind": "sanction", "id": "1", "issuer": "demo-authority", "subject": "uscc:91370100MA00000T44", "issuedAt": "2026-05-06T09:30:00+08:00",
              "claims": { "authorityName": "x", "grade": "general", "decisionNo": "1", "violation": "x", "basis": "x", "penalties": ["{{penalty}}"],
                "decidedOn": "2026-04-30", "rulePack": "demo", {{claims}} } }
            """;
        Assert.IsTrue(
            CreditRecord.TryParse(Encoding.UTF8.GetBytes(json), new RecordRules(), out CreditRecord? record, out IReadOnlyList<RecordProblem> problems),
            string.Join('\n', problems));
        return record;
    }

    private static Material[] Complete()
    {
        MaterialStatements paid = new(new DateOnly(2026, 5, 10), "2000.00", "V-1");
        return
        [
            new Material(1, "licence.pdf", Content(TestFiles.Pdf(text: "licence")), MaterialStatements.None),
            new Material(5, "decision.pdf", Content(TestFiles.PdfWithStream()), MaterialStatements.None),
            new Material(6, "payment.jpg", Content(TestFiles.Jpeg("payment")), paid),
            new Material(7, "acceptance.png", Content(TestFiles.Png()), new MaterialStatements(new DateOnly(2026, 6, 1), null, null)),
            new Material(10, "commitment.pdf", Content(TestFiles.Pdf(text: "commitment")), new MaterialStatements(new DateOnly(2026, 8, 1), null, null)),
        ];
    }

    private static Material[] WithDate(int index, string date)
    {
        Material[] materials = Complete();
        DateOnly? day = date.Length == 0 ? null : DateOnly.ParseExact(date, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        materials[index] = materials[index] with { Statements = materials[index].Statements with { IssuedOn = day } };
        return materials;
    }

    private static Material Part(Material payment, string name, string amount) => payment with
    {
        Name = name,
        Content = Content(TestFiles.Jpeg(name)),
        Statements = payment.Statements with { AmountYuan = amount, Reference = name },
    };

    private static MaterialContent Content(byte[] bytes) => MaterialContent.Of(bytes, TestPacks.Default.Repair);

    private static IReadOnlyList<MaterialProblem> Check(Material[] materials) =>
        MaterialChecks.Check(TestPacks.Default, Facts, materials, new History(), Today);

    private static MaterialProblem Single(IReadOnlyList<MaterialProblem> problems)
    {
        Assert.HasCount(1, problems, string.Join('\n', problems.Select(problem => problem.Message.English)));
        return problems[0];
    }

    private sealed class History : IMaterialHistory
    {
        public Dictionary<Bytes32, MaterialUse> Files { get; } = [];

        public Dictionary<string, MaterialUse> Vouchers { get; } = [];

        public MaterialUse? FindFile(Bytes32 fileHash) => Files.GetValueOrDefault(fileHash);

        public MaterialUse? FindVoucher(string reference) => Vouchers.GetValueOrDefault(reference);
    }
}
