using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Access;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests.Access;

/// <summary>Every sort of caller, every state, every grade, every class: a table, not the rules once more.</summary>
[TestClass]
public sealed class AccessRulesTests
{
    private const ulong Now = 1_000_000;

    private static readonly SubjectId Subject = SubjectId.TryParse("x-test:a", out SubjectId? subject, out _) ? subject : throw new AssertFailedException("subject");

    // Who asks, whether it acts for the subject, whether it has a grant for the purpose, and what it sees of a record that is
    // published, not published (minor, over, replaced, of a person), or closed (repaired, shielded, annulled).
    private static IEnumerable<(string Who, Caller Caller, bool IsSubject, bool HasGrant, DataClass Published, DataClass Unpublished, DataClass Closed)> Table() =>
    [
        ("anonymous", Caller.Anonymous, false, false, DataClass.Open, DataClass.None, DataClass.None),
        ("an account of no organisation", new Caller { Kind = CallerKind.Account, Name = "-/0x00" }, false, false, DataClass.Open, DataClass.None, DataClass.None),
        ("the issuer", Callers.Of("issuer", ConsortiumRole.Authority), false, false, DataClass.Confidential, DataClass.Confidential, DataClass.Confidential),
        ("the issuer without roles", Callers.Of("issuer"), false, false, DataClass.Confidential, DataClass.Confidential, DataClass.Confidential),
        ("the issuer, suspended", Callers.Of("issuer", ConsortiumRole.Authority).Suspended(), false, false, DataClass.Open, DataClass.None, DataClass.None),
        ("another authority", Callers.Of("other", ConsortiumRole.Authority), false, false, DataClass.Registered, DataClass.None, DataClass.None),
        ("a reviewer", Callers.Of("other", ConsortiumRole.Reviewer), false, false, DataClass.Registered, DataClass.None, DataClass.None),
        ("an agency", Callers.Of("other", ConsortiumRole.Agency), false, false, DataClass.Registered, DataClass.None, DataClass.None),
        ("an arbiter", Callers.Of("other", ConsortiumRole.Arbiter), false, false, DataClass.Registered, DataClass.None, DataClass.None),
        ("an operator", Callers.Of("other", ConsortiumRole.Operator), false, false, DataClass.Registered, DataClass.None, DataClass.None),
        ("an organisation without roles", Callers.Of("other"), false, false, DataClass.Registered, DataClass.None, DataClass.None),
        ("another enterprise", Callers.Of("other", ConsortiumRole.Enterprise), false, false, DataClass.Registered, DataClass.None, DataClass.None),
        ("the subject", Callers.Of("subject", ConsortiumRole.Enterprise), true, false, DataClass.Confidential, DataClass.Confidential, DataClass.Confidential),
        ("the subject, suspended", Callers.Of("subject", ConsortiumRole.Enterprise).Suspended(), true, false, DataClass.Open, DataClass.None, DataClass.None),
        ("an auditor", Callers.Of("other", ConsortiumRole.Auditor), false, false, DataClass.Confidential, DataClass.Confidential, DataClass.Confidential),
        ("an auditor, suspended", Callers.Of("other", ConsortiumRole.Auditor).Suspended(), false, false, DataClass.Open, DataClass.None, DataClass.None),
        ("a consumer with a grant", Callers.Of("bank"), false, true, DataClass.Authorised, DataClass.Authorised, DataClass.None),
        ("a consumer with a grant, suspended", Callers.Of("bank").Suspended(), false, true, DataClass.Open, DataClass.None, DataClass.None),
        ("a key that reads", Callers.KeyOf("other", "records:read", ConsortiumRole.Authority), false, false, DataClass.Registered, DataClass.None, DataClass.None),
        ("the issuer's key that reads", Callers.KeyOf("issuer", "records:read", ConsortiumRole.Authority), false, false, DataClass.Confidential, DataClass.Confidential, DataClass.Confidential),
        ("the issuer's key that only writes", Callers.KeyOf("issuer", "records:write", ConsortiumRole.Authority), false, false, DataClass.Open, DataClass.None, DataClass.None),
        ("an admin's key", Callers.KeyOf("other", "admin", ConsortiumRole.Operator), false, false, DataClass.Open, DataClass.None, DataClass.None),
        ("an auditor's key that reads", Callers.KeyOf("other", "records:read", ConsortiumRole.Auditor), false, false, DataClass.Registered, DataClass.None, DataClass.None),
        ("an auditor's key that audits", Callers.KeyOf("other", "records:read,audit", ConsortiumRole.Auditor), false, false, DataClass.Confidential, DataClass.Confidential, DataClass.Confidential),
        ("a key that audits of no auditor", Callers.KeyOf("other", "records:read,audit", ConsortiumRole.Operator), false, false, DataClass.Registered, DataClass.None, DataClass.None),
        ("a key of a consumer with a grant", Callers.KeyOf("bank", "records:read"), false, true, DataClass.Authorised, DataClass.Authorised, DataClass.None),
    ];

    [TestMethod]
    public void Decide_EveryCallerInEveryStateAndGrade_IsTheTable()
    {
        int decided = 0;
        foreach ((string who, Caller caller, bool isSubject, bool hasGrant, DataClass published, DataClass unpublished, DataClass closed) in Table())
        {
            foreach ((string what, RecordFacts facts, char standing) in Records(isSubject))
            {
                foreach (string purpose in Purposes.All)
                {
                    StoredAccessGrant? grant = hasGrant ? Grant(purpose) : null;
                    DataClass expected = standing switch { 'p' => published, 'u' => unpublished, _ => closed };

                    AccessDecision decision = AccessRules.Decide(caller, facts, purpose, grant);

                    Assert.AreEqual(expected, decision.Highest, $"{who}, {what}, {purpose}: {decision}");
                    Assert.AreEqual(expected != DataClass.None, decision.IsVisible);
                    CheckMembers(decision, facts.Kind);
                    decided++;
                }
            }
        }

        Assert.IsGreaterThan(3_000, decided);
    }

    [TestMethod]
    public void Decide_ARecordThatIsClosedAndOneThatIsNot_LookAlike()
    {
        // The service has one answer for what is not visible and what is not there.
        Assert.AreSame(AccessDecision.Closed, AccessRules.Decide(Caller.Anonymous, Sanction() with { Grade = SanctionGrade.Minor }, Purposes.Public, null));
        Assert.AreSame(AccessDecision.Closed, AccessRules.Decide(Caller.Anonymous, Sanction() with { State = SanctionState.Repaired }, Purposes.Public, null));
        Assert.AreEqual("closed", AccessDecision.Closed.Basis);
    }

    [TestMethod]
    public void Decide_Basis_SaysWhy()
    {
        Assert.AreEqual("issuer", Basis(Callers.Of("issuer", ConsortiumRole.Auditor), Sanction()));
        Assert.AreEqual("subject", Basis(Callers.Of("s", ConsortiumRole.Enterprise), Sanction() with { IsCallerSubject = true }));
        Assert.AreEqual("auditor", Basis(Callers.Of("a", ConsortiumRole.Auditor), Sanction()));
        Assert.AreEqual("authority", Basis(Callers.Of("decider", ConsortiumRole.Authority), Sanction() with { Kind = RecordKind.Repair, SanctionIssuer = "decider" }));
        Assert.AreEqual("registered", Basis(Callers.Of("b"), Sanction()));
        Assert.AreEqual("public", Basis(Caller.Anonymous, Sanction()));
        Assert.AreEqual("grant:7", AccessRules.Decide(Callers.Of("bank"), Sanction(), Purposes.CreditReview, Grant(Purposes.CreditReview)).Basis);

        static string Basis(Caller caller, RecordFacts facts) => AccessRules.Decide(caller, facts, Purposes.Public, null).Basis;
    }

    [TestMethod]
    public void Decide_AGrantThatDoesNotFit_OpensNothing()
    {
        Caller bank = Callers.Of("bank");
        StoredAccessGrant grant = Grant(Purposes.CreditReview);
        foreach ((string what, StoredAccessGrant other) in new[]
        {
            ("another consumer", grant with { Consumer = "other" }),
            ("another subject", grant with { Subject = "x-test:b" }),
            ("another purpose", grant with { Purpose = Purposes.Procurement }),
            ("over", grant with { ExpiresAt = Now }),
            ("withdrawn", grant with { WithdrawnAt = Now }),
            ("withdrawn long ago", grant with { WithdrawnAt = 1 }),
        })
        {
            Assert.AreEqual(DataClass.Registered, AccessRules.Decide(bank, Sanction(), Purposes.CreditReview, other).Highest, what);
            Assert.AreEqual(DataClass.None, AccessRules.Decide(bank, Sanction() with { Grade = SanctionGrade.Minor }, Purposes.CreditReview, other).Highest, what);
        }

        Assert.AreEqual(DataClass.Authorised, AccessRules.Decide(bank, Sanction(), Purposes.CreditReview, grant with { ExpiresAt = Now + 1 }).Highest);
        Assert.AreEqual(DataClass.Registered, AccessRules.Decide(bank, Sanction(), Purposes.Procurement, grant).Highest);
    }

    [TestMethod]
    public void Decide_TheLastDayOfPublication_IsStillPublished()
    {
        // The moment is 00:00 of the day after the last one.
        Assert.AreEqual(DataClass.Open, AccessRules.Decide(Caller.Anonymous, Sanction() with { PublicUntil = Now + 1 }, Purposes.Public, null).Highest);
        Assert.AreEqual(DataClass.None, AccessRules.Decide(Caller.Anonymous, Sanction() with { PublicUntil = Now }, Purposes.Public, null).Highest);
        Assert.AreEqual(DataClass.Open, AccessRules.Decide(Caller.Anonymous, Sanction() with { PublicUntil = 0 }, Purposes.Public, null).Highest);
    }

    [TestMethod]
    public void Decide_LinesOfTheAccessLog_AreNobodysByTheseRules()
    {
        foreach (Caller caller in (Caller[])[Callers.Of("access-log", ConsortiumRole.Operator), Callers.Of("a", ConsortiumRole.Auditor), Caller.Anonymous])
        {
            RecordFacts facts = Sanction() with { Kind = RecordKind.Access, Issuer = RecordKinds.AccessIssuer, IsCallerSubject = true };
            Assert.IsFalse(AccessRules.Decide(caller, facts, Purposes.Audit, null).IsVisible);
        }
    }

    [TestMethod]
    public void Decide_APurposeThatIsNone_IsACallersMistake()
    {
        Assert.ThrowsExactly<ArgumentException>(() => AccessRules.Decide(Caller.Anonymous, Sanction(), "curiosity", null));
    }

    [TestMethod]
    public void MaySeeAccess_OnlyWhoWasReadOf_WhoReadAndWhoAudits()
    {
        Assert.IsTrue(AccessRules.MaySeeAccess(Callers.Of("subject", ConsortiumRole.Enterprise), isCallerSubject: true, "bank"));
        Assert.IsTrue(AccessRules.MaySeeAccess(Callers.Of("bank"), isCallerSubject: false, "bank"));
        Assert.IsTrue(AccessRules.MaySeeAccess(Callers.Of("other", ConsortiumRole.Auditor), isCallerSubject: false, "bank"));
        Assert.IsFalse(AccessRules.MaySeeAccess(Callers.Of("other", ConsortiumRole.Authority, ConsortiumRole.Operator), isCallerSubject: false, "bank"));
        Assert.IsFalse(AccessRules.MaySeeAccess(Caller.Anonymous, isCallerSubject: false, null));
        Assert.IsFalse(AccessRules.MaySeeAccess(Caller.Anonymous, isCallerSubject: true, null));
        Assert.IsFalse(AccessRules.MaySeeAccess(Callers.Of("bank").Suspended(), isCallerSubject: false, "bank"));
        Assert.IsFalse(AccessRules.MaySeeAccess(Callers.KeyOf("bank", "records:write"), isCallerSubject: false, "bank"));
        Assert.IsFalse(AccessRules.MaySeeAccess(Callers.KeyOf("other", "records:read", ConsortiumRole.Auditor), isCallerSubject: false, "bank"));
    }

    // What a caller gets is all of its class and of those below, and nothing above.
    private static void CheckMembers(AccessDecision decision, RecordKind kind)
    {
        foreach ((string name, DataClass dataClass) in DataClasses.TableOf(kind))
        {
            Assert.AreEqual(dataClass <= decision.Highest, decision.Shows(kind, name), name);
        }

        Assert.AreEqual(decision.Highest == DataClass.Confidential, decision.Shows(kind, "claims.whatever"));
    }

    private static IEnumerable<(string What, RecordFacts Facts, char Standing)> Records(bool isCallerSubject)
    {
        foreach (RecordKind kind in (RecordKind[])[RecordKind.Sanction, RecordKind.Repair])
        {
            RecordFacts facts = Sanction() with { Kind = kind, IsCallerSubject = isCallerSubject };
            foreach (SanctionState state in Enum.GetValues<SanctionState>())
            {
                bool isClosed = state is SanctionState.Repaired or SanctionState.Shielded or SanctionState.Annulled;
                foreach (SanctionGrade grade in Enum.GetValues<SanctionGrade>())
                {
                    char standing = isClosed ? 'c' : grade == SanctionGrade.Minor ? 'u' : 'p';
                    yield return ($"{kind} {state} {grade}", facts with { State = state, Grade = grade }, standing);
                    char hidden = isClosed ? 'c' : 'u';
                    yield return ($"{kind} {state} {grade} over", facts with { State = state, Grade = grade, PublicUntil = Now - 1 }, hidden);
                    yield return ($"{kind} {state} {grade} replaced", facts with { State = state, Grade = grade, IsSuperseded = true }, hidden);
                    yield return ($"{kind} {state} {grade} of a person", facts with { State = state, Grade = grade, IsAboutNaturalPerson = true }, hidden);
                }
            }

            // What is not known must not be shown.
            yield return ($"{kind} of unknown state", facts with { State = null }, 'c');
            yield return ($"{kind} of unknown grade", facts with { Grade = null }, 'u');
        }

        RecordFacts rating = Sanction() with { Kind = RecordKind.Rating, Grade = null, PublicUntil = 0, IsCallerSubject = isCallerSubject };
        yield return ("rating", rating, 'p');
        yield return ("rating, replaced", rating with { IsSuperseded = true }, 'u');
        yield return ("rating of a person", rating with { IsAboutNaturalPerson = true }, 'u');
    }

    private static RecordFacts Sanction() => new()
    {
        Kind = RecordKind.Sanction,
        Issuer = "issuer",
        Subject = Subject,
        IsAboutNaturalPerson = false,
        IsCallerSubject = false,
        Grade = SanctionGrade.General,
        PublicUntil = Now + 1_000,
        State = SanctionState.None,
        AsOf = Now,
    };

    private static StoredAccessGrant Grant(string purpose) => new(7, "x-test:a", "bank", purpose, "0x00", Now - 10, Now + 10, WithdrawnAt: null);
}
