namespace LedgerCredit.Node.Import;

/// <summary>The fields of a Chinese penalty file with the names that their columns have in the two layouts and in exports.</summary>
/// <remarks>docs/import.md section 2. The first name is the one of the standard of 2018.</remarks>
internal sealed class CfColumns(CsvRow row)
{
    public static readonly string[] DecisionNumber = ["CF_WSH", "行政处罚决定书文号", "行政处罚决定文书号"];
    public static readonly string[] SubjectName = ["CF_XDR_MC", "行政相对人名称"];
    public static readonly string[] SubjectType = ["CF_XDR_LB", "行政相对人类别"];
    public static readonly string[] SubjectCode = ["CF_XDR_SHXYM", "行政相对人代码_1", "行政相对人代码_1(统一社会信用代码)", "统一社会信用代码"];
    public static readonly string[] Violation = ["CF_WFXW", "违法行为类型"];
    public static readonly string[] PenaltyName = ["CF_CFMC", "处罚名称"];
    public static readonly string[] Facts = ["CF_SY", "违法事实", "处罚事由"];
    public static readonly string[] Basis = ["CF_YJ", "处罚依据"];
    public static readonly string[] Kinds = ["CF_CFLB", "处罚类别", "CF_CFLB1", "处罚类别1", "CF_CFLB2", "处罚类别2"];
    public static readonly string[] Content = ["CF_NR", "处罚内容", "CF_JG", "处罚结果"];
    public static readonly string[] Fine = ["CF_NR_FK", "罚款金额(万元)", "罚款金额（万元）"];
    public static readonly string[] Confiscated = ["CF_NR_WFFF", "没收违法所得、没收非法财物的金额(万元)", "没收违法所得、没收非法财物的金额（万元）"];
    public static readonly string[] DecidedOn = ["CF_JDRQ", "处罚决定日期"];
    public static readonly string[] EffectiveUntil = ["CF_YXQ", "处罚有效期"];
    public static readonly string[] PublicUntil = ["CF_GSJZQ", "公示截止期"];
    public static readonly string[] Authority = ["CF_CFJG", "处罚机关", "CF_XZJG"];
    public static readonly string[] AuthorityCode = ["CF_CFJGDM", "处罚机关统一社会信用代码"];
    public static readonly string[] State = ["CF_ZT", "当前状态"];

    // Own column on top of the standard: the authority's own grade, where it has given one.
    public static readonly string[] Grade = ["XYXF_DJ", "失信程度"];

    /// <summary>Names and numbers of persons: read by nobody and never kept.</summary>
    public static readonly string[] Personal =
    [
        "CF_FR", "CF_FRDB", "CF_FR_ZJLX", "CF_FR_ZJHM", "CF_XDR_ZJLX", "CF_XDR_ZJHM", "CF_XDR_SFZ",
        "法定代表人", "法定代表人姓名", "法定代表人证件类型", "法定代表人证件号码", "证件类型", "证件号码", "居民身份证号",
    ];

    /// <summary>Those of them that only a natural person's row fills in.</summary>
    public static readonly string[] PersonNumber = ["CF_XDR_ZJHM", "CF_XDR_SFZ", "证件号码", "居民身份证号"];

    /// <summary>Tax registration numbers: those of individual businesses were made of the owner's identity number.</summary>
    public static readonly string[] TaxNumber = ["CF_XDR_SWDJ", "税务登记号"];

    /// <summary>The text of the first of the columns that is there and not empty, or empty text.</summary>
    public string this[string[] names]
    {
        get
        {
            foreach (string name in names)
            {
                if (row[name].Length > 0)
                {
                    return row[name];
                }
            }

            return "";
        }
    }

    /// <summary>The texts of all of the columns that are there and not empty.</summary>
    public IEnumerable<string> All(string[] names) => names.Select(name => row[name]).Where(text => text.Length > 0);

    /// <summary>Like the indexer, for a text that goes into a claim as it is.</summary>
    public string Carry(string[] names)
    {
        foreach (string name in names)
        {
            if (row[name].Length > 0)
            {
                return row.Carry(name);
            }
        }

        return "";
    }

    /// <summary>Says that none of the columns must be kept.</summary>
    public void Withhold(string[] names)
    {
        foreach (string name in names)
        {
            row.Withhold(name);
        }
    }

    /// <summary>Whether the head has one of the names.</summary>
    public static bool IsIn(CsvColumns columns, string[] names) => names.Any(columns.Contains);
}
