using LedgerCredit.Testing;

namespace LedgerCredit.Evidence.Tests;

[TestClass]
public sealed class UnifiedSocialCreditCodeTests
{
    private const string Valid = "91350200776049653A";
    private const string Alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    [TestMethod]
    public void Check_SharedVectors_GiveTheirClass()
    {
        string[] lines = File.ReadAllLines(SharedFiles.Require("vectors", "uscc_vectors.csv"));
        foreach (string line in lines.Skip(1))
        {
            string[] fields = line.Split(',');
            UsccStatus expected = fields[1] switch
            {
                "VALID" => UsccStatus.Valid,
                "LEGACY_PILOT" => UsccStatus.LegacyPilot,
                _ => UsccStatus.Invalid,
            };

            Assert.AreEqual(expected, UnifiedSocialCreditCode.Check(fields[0]), line);
            if (fields[1] == "NORMALISE")
            {
                Assert.AreEqual(UsccStatus.Valid, UnifiedSocialCreditCode.Check(UnifiedSocialCreditCode.Normalize(fields[0])), line);
            }
        }

        Assert.HasCount(67, lines);
    }

    [TestMethod]
    [DataRow(Valid, UsccStatus.Valid)]
    [DataRow("11230500001755309F", UsccStatus.Valid)]
    [DataRow("91350203M0001QAY9B", UsccStatus.LegacyPilot)]
    [DataRow("91350203M0001QAY8B", UsccStatus.Invalid, DisplayName = "pilot code with a wrong GB 11714 character")]
    [DataRow("91350200776049653B", UsccStatus.Invalid)]
    [DataRow("9135020077604965A", UsccStatus.Invalid)]
    [DataRow("91350200776049653A ", UsccStatus.Invalid)]
    [DataRow("91350200776O49653A", UsccStatus.Invalid)]
    [DataRow("91350200776049653a", UsccStatus.Invalid)]
    [DataRow("", UsccStatus.Invalid)]
    [DataRow(null, UsccStatus.Invalid)]
    public void Check_Code_GivesItsStatusAndAReasonUnlessValid(string? code, UsccStatus expected)
    {
        Assert.AreEqual(expected, UnifiedSocialCreditCode.Check(code, out string? reason));
        Assert.AreEqual(expected == UsccStatus.Valid, reason is null);
    }

    [TestMethod]
    public void Check_EverySingleSubstitution_IsInvalid()
    {
        for (int i = 0; i < Valid.Length; i++)
        {
            foreach (char c in Alphabet.Where(c => c != Valid[i]))
            {
                string changed = Valid[..i] + c + Valid[(i + 1)..];

                Assert.AreEqual(UsccStatus.Invalid, UnifiedSocialCreditCode.Check(changed), changed);
            }
        }
    }

    [TestMethod]
    public void Check_EveryTranspositionOfNeighbours_IsInvalid()
    {
        for (int i = 0; i + 1 < Valid.Length; i++)
        {
            if (Valid[i] != Valid[i + 1])
            {
                string changed = Valid[..i] + Valid[i + 1] + Valid[i] + Valid[(i + 2)..];

                Assert.AreEqual(UsccStatus.Invalid, UnifiedSocialCreditCode.Check(changed), changed);
            }
        }
    }

    [TestMethod]
    public void CheckCharacters_RandomBodies_MakeValidCodes()
    {
        Random random = new(41);
        for (int i = 0; i < 1000; i++)
        {
            string organisation = new([.. Enumerable.Range(0, 8).Select(_ => Alphabet[random.Next(Alphabet.Length)])]);
            string body = "91370100" + organisation + UnifiedSocialCreditCode.OrganisationCheckCharacter(organisation);

            Assert.AreEqual(UsccStatus.Valid, UnifiedSocialCreditCode.Check(body + UnifiedSocialCreditCode.CheckCharacter(body)));
        }
    }

    [TestMethod]
    public void CheckCharacters_OtherText_IsTheCallersFault()
    {
        Assert.ThrowsExactly<ArgumentException>(() => UnifiedSocialCreditCode.CheckCharacter("9137010077604965"));
        Assert.ThrowsExactly<ArgumentException>(() => UnifiedSocialCreditCode.CheckCharacter("9135020077604965O"));
        Assert.ThrowsExactly<ArgumentException>(() => UnifiedSocialCreditCode.OrganisationCheckCharacter("1234567"));
        Assert.ThrowsExactly<ArgumentException>(() => UnifiedSocialCreditCode.OrganisationCheckCharacter("1234567a"));
    }

    [TestMethod]
    [DataRow("  91350200776049653a\t", Valid)]
    [DataRow("９１３５０２００７７６０４９６５３ａ", Valid)]
    [DataRow("\u300091350200776049653A", Valid, DisplayName = "ideographic space")]
    [DataRow("9135020077604965OI", "9135020077604965OI", DisplayName = "O and I stay")]
    public void Normalize_Code_IsWrittenAsTheStandardHasIt(string code, string expected)
    {
        Assert.AreEqual(expected, UnifiedSocialCreditCode.Normalize(code));
    }
}
