namespace LedgerCredit.Repair.Materials;

/// <summary>Who issues a material, for people who have to get it.</summary>
/// <remarks>docs/spec/rule-packs.md section 5: the codes D01 to D19 mean the same in every rule pack.</remarks>
public static class MaterialIssuers
{
    private static readonly LocalText Applicant = new("the applicant", "申请人");
    private static readonly LocalText SignedByApplicant = new(
        "the applicant; signed by the legal representative and sealed", "申请人（法定代表人签字并加盖公章）");

    private static readonly LocalText Authority = new("the authority that decided", "作出处罚决定的单位");
    private static readonly LocalText Court = new("the court", "人民法院");

    /// <summary>Who issues materials of a kind, or null where the kind is a rule pack's own.</summary>
    public static LocalText? Find(int kind) => kind switch
    {
        1 => new LocalText("the registration authority; a copy with the company seal", "登记机关（复印件加盖公章）"),
        2 => new LocalText("the applicant; signed, sealed, with scope and dates", "申请人（签字盖章，载明权限和期限）"),
        3 => new LocalText("the public security organ", "公安机关"),
        5 or 7 or 13 => Authority,
        6 => new LocalText("the bank or the public treasury that took the payment", "收款银行或财政部门"),
        9 => new LocalText("a qualified testing body", "具有资质的检测机构"),
        4 or 10 => SignedByApplicant,
        8 or 11 or 12 => Applicant,
        16 or 19 => Court,
        17 => new LocalText("the bank", "银行"),
        18 => new LocalText("an independent third party", "独立第三方"),
        _ => null,
    };
}
