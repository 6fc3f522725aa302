namespace LedgerCredit.Evidence;

/// <summary>Which claims a record of each kind has, and in which form (docs/spec/records.md section 4).</summary>
internal static class ClaimRules
{
    private static readonly string[] GradeNames = ["minor", "general", "serious", "none"];

    private static readonly string[] ActionNames =
    [
        "initial", "affirm", "upgrade", "downgrade", "default", "suspend", "withdraw", "outlook", "watch", "correct",
    ];

    private static readonly string[] AccessActionNames = ["read", "evidence", "report", "history", "material"];

    /// <summary>Checks the claims of a kind; of an unknown kind nothing is known.</summary>
    public static void Check(RecordKind? kind, IClaimReader reader)
    {
        switch (kind)
        {
            case RecordKind.Sanction:
                CheckSanction(reader);
                break;
            case RecordKind.Repair:
                CheckRepair(reader);
                break;
            case RecordKind.Rating:
                CheckRating(reader);
                break;
            case RecordKind.Access:
                CheckAccess(reader);
                break;
        }
    }

    private static void CheckSanction(IClaimReader claims)
    {
        claims.RequiredText("authorityName");
        string? grade = claims.RequiredChoice("grade", "unknown-grade", GradeNames);

        // Where the grade itself is wrong, nothing can be said about what it demands.
        bool isGraded = grade is not null and not "none";
        claims.Text("decisionNo", isGraded);
        claims.Text("violation", isGraded);
        claims.Text("basis", isGraded);
        claims.Texts("penalties", isGraded);
        claims.Date("decidedOn", isGraded);
        claims.Text("rulePack", isGraded);
        if (grade == "none")
        {
            claims.Forbid(
                "rulePack", "rule-pack-without-grade", "Expected no rule pack with the grade 'none', found one.");
        }

        claims.Date("publicUntil", isRequired: false);
        claims.Date("attachedTermUntil", isRequired: false);
        claims.Money("fineYuan");
        claims.Money("confiscatedYuan");
        claims.Boolean("repairable");
        claims.OptionalText("facts");
        claims.OptionalText("subjectName");
    }

    private static void CheckRepair(IClaimReader claims)
    {
        claims.RequiredHash("sanction");
        claims.RequiredText("event");
        claims.Date("occurredOn", isRequired: true);
    }

    private static void CheckAccess(IClaimReader claims)
    {
        claims.RequiredText("accessor");
        claims.OptionalText("organisation");
        claims.RequiredText("purpose");
        claims.RequiredChoice("action", "unknown-action", AccessActionNames);
        claims.RequiredHash("record");
        claims.RequiredText("basis");
    }

    private static void CheckRating(IClaimReader claims)
    {
        claims.RequiredText("agency");
        claims.RequiredText("scale");
        claims.RequiredText("symbol");
        claims.RequiredChoice("action", "unknown-action", ActionNames);
        claims.Date("actedOn", isRequired: true);
        claims.OptionalText("outlook");
        claims.OptionalText("watch");
        claims.OptionalText("ratingType");
        claims.OptionalText("term");
        claims.OptionalText("instrument");
        claims.OptionalText("subjectName");
    }
}
