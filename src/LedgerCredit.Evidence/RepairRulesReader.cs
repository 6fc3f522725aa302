using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>Reads the members of a rule pack document that repair cases need.</summary>
/// <remarks>docs/spec/rule-packs.md section 3.</remarks>
internal static class RepairRulesReader
{
    private const int SecondsPerMinute = 60;
    private const int SecondsPerHour = 3600;
    private const int SecondsPerDay = 86_400;

    // The bounds of the contract (contracts/src/interfaces/IRulePacks.sol).
    private const int MaxApprovals = 16;
    private const int MaxScore = 100;
    private const int MaxSupplements = 16;
    private const int MaxLimitDays = 366;

    private const int MaxFileBytes = 16 * 1024 * 1024;
    private const int MaxAuthorityNames = 64;
    private static readonly string[] ContentTypes = ["pdf", "jpeg", "png"];

    /// <summary>The members of the document that this class reads.</summary>
    public static IReadOnlyList<string> Members { get; } =
    [
        "calendar", "appliesTo", "approvals", "inspection", "supplementRequests", "falseMaterialBar", "timeLimits", "materials",
    ];

    public static RepairRules Read(JsonCursor root)
    {
        JsonCursor appliesTo = root.Member("appliesTo");
        (RuleAuthorities authorities, IReadOnlyList<string> names) = ReadAuthorities(appliesTo);
        JsonCursor limits = root.Member("timeLimits").ObjectWith(
            ["intake", "supplement", "review", "objectionWindow", "arbitration", "answer", "extension"]);
        JsonCursor materials = root.Member("materials").ObjectWith(["commitment", "files", "list"]);
        JsonCursor files = materials.Member("files").ObjectWith(["maxBytes", "types", "source", "certainty"]);
        IReadOnlyList<RuleMaterial> list = ReadMaterials(materials.Member("list"));
        return new RepairRules
        {
            Calendar = RulePackReader.ReadId(root.Member("calendar")),
            Authorities = authorities,
            AuthorityNames = names,
            Decisions = RulePackReader.ReadDates(appliesTo.Member("decisions")),
            Approvals = RulePackReader.ReadFigure(root.Member("approvals"), "count", 1, MaxApprovals),
            LeastInspectionScore = ReadScore(root.Member("inspection")),
            SupplementRequests = RulePackReader.ReadFigure(root.Member("supplementRequests"), "count", 0, MaxSupplements),
            FalseMaterialBar = RulePackReader.ReadPeriod(root.Member("falseMaterialBar")),
            Intake = ReadLedgerLimit(limits.Member("intake")),
            Supplement = ReadLedgerLimit(limits.Member("supplement")),
            Review = ReadLedgerLimit(limits.Member("review")),
            ObjectionWindow = ReadWindow(limits.Member("objectionWindow")),
            Arbitration = ReadLedgerLimit(limits.Member("arbitration")),
            Answer = ReadLimit(limits.Member("answer")),
            Extension = ReadLimit(limits.Member("extension")),
            CommitmentKind = ReadCommitment(materials.Member("commitment"), list),
            MaxFileBytes = new RuleFigure(
                RulePackReader.ReadCount(files.Member("maxBytes"), 1, MaxFileBytes), RulePackReader.ReadOrigin(files)),
            FileTypes = ReadFileTypes(files.Member("types")),
            Materials = list,
        };
    }

    private static (RuleAuthorities Authorities, IReadOnlyList<string> Names) ReadAuthorities(JsonCursor cursor)
    {
        JsonCursor authorities = cursor.Member("authorities");
        switch (authorities.Text())
        {
            case "any":
                cursor.ObjectWith(["authorities", "decisions"]);
                return (RuleAuthorities.Any, []);
            case "when-named":
                cursor.ObjectWith(["authorities", "decisions"]);
                return (RuleAuthorities.WhenNamed, []);
            case "by-name":
                cursor.ObjectWith(["authorities", "authorityNames", "decisions"]);
                return (RuleAuthorities.ByName, ReadTextList(cursor.Member("authorityNames"), MaxAuthorityNames));
            default:
                authorities.Refuse("bad-value", "Expected 'any', 'by-name' or 'when-named', found other text.");
                return (RuleAuthorities.WhenNamed, []);
        }
    }

    // { "leastScore": 1 to 100 } or { "none": true }, each with source and certainty.
    private static RuleFigure ReadScore(JsonCursor cursor)
    {
        if (cursor.TryMember("leastScore", out _))
        {
            return RulePackReader.ReadFigure(cursor, "leastScore", 1, MaxScore);
        }

        RulePackReader.ReadNone(cursor);
        return new RuleFigure(0, RulePackReader.ReadOrigin(cursor));
    }

    // A limit that the contract holds: with the seconds that it waits.
    private static RuleLimit ReadLedgerLimit(JsonCursor cursor)
    {
        RuleLimitUnit unit = ReadUnit(cursor, out int count, out string name);
        cursor.ObjectWith([name, "ledgerSeconds", "source", "certainty"]);
        return new RuleLimit(unit, count, ReadLedgerSeconds(cursor, unit, count), RulePackReader.ReadOrigin(cursor));
    }

    private static RuleLimit ReadLimit(JsonCursor cursor)
    {
        RuleLimitUnit unit = ReadUnit(cursor, out int count, out string name);
        cursor.ObjectWith([name, "source", "certainty"]);
        return new RuleLimit(unit, count, null, RulePackReader.ReadOrigin(cursor));
    }

    // Its end opens the repair, so it is the same second for the contract and for everybody else.
    private static RuleLimit ReadWindow(JsonCursor cursor)
    {
        if (cursor.TryMember("none", out _))
        {
            RulePackReader.ReadNone(cursor);
            return new RuleLimit(RuleLimitUnit.None, 0, 0, RulePackReader.ReadOrigin(cursor));
        }

        RuleLimit window = ReadLedgerLimit(cursor);
        if (window.Unit is RuleLimitUnit.Days or RuleLimitUnit.WorkingDays)
        {
            cursor.Refuse("bad-value", "Expected minutes, hours or none, found days.");
        }

        return window;
    }

    private static RuleLimitUnit ReadUnit(JsonCursor cursor, out int count, out string name)
    {
        (string Name, RuleLimitUnit Unit, int PerDay)[] units =
        [
            ("workingDays", RuleLimitUnit.WorkingDays, 1),
            ("days", RuleLimitUnit.Days, 1),
            ("hours", RuleLimitUnit.Hours, 24),
            ("minutes", RuleLimitUnit.Minutes, 24 * 60),
        ];
        foreach ((string unitName, RuleLimitUnit unit, int perDay) in units)
        {
            if (cursor.TryMember(unitName, out JsonCursor number))
            {
                name = unitName;
                count = RulePackReader.ReadCount(number, 1, (MaxLimitDays - 1) * perDay);
                return unit;
            }
        }

        cursor.Refuse("missing-member", "Expected workingDays, days, hours or minutes, found none.");
        name = "days";
        count = 1;
        return RuleLimitUnit.Days;
    }

    private static uint ReadLedgerSeconds(JsonCursor cursor, RuleLimitUnit unit, int count)
    {
        // The event may be at the first second of its day, and the last day counts to its end.
        (int least, int most) = unit switch
        {
            RuleLimitUnit.Minutes => (count * SecondsPerMinute, count * SecondsPerMinute),
            RuleLimitUnit.Hours => (count * SecondsPerHour, count * SecondsPerHour),
            _ => ((count + 1) * SecondsPerDay, MaxLimitDays * SecondsPerDay),
        };
        return (uint)RulePackReader.ReadCount(cursor.Member("ledgerSeconds"), least, most);
    }

    private static List<RuleMaterial> ReadMaterials(JsonCursor cursor)
    {
        List<RuleMaterial> materials = [];
        foreach (JsonCursor item in cursor.Items(RuleMaterial.MaxKind))
        {
            item.ObjectWith(["code", "name", "needed", "source", "certainty"]);
            int kind = ReadKind(item.Member("code"));
            if (materials.Count > 0 && kind <= materials[^1].Kind)
            {
                item.Member("code").Refuse("bad-value", "Expected a code after the one before, found another.");
            }

            (string english, string chinese) = RulePackReader.ReadTexts(item.Member("name"));
            materials.Add(new RuleMaterial(
                kind, english, chinese, ReadNeed(item.Member("needed")), RulePackReader.ReadOrigin(item)));
        }

        return materials;
    }

    private static int ReadCommitment(JsonCursor cursor, IReadOnlyList<RuleMaterial> materials)
    {
        int kind = ReadKind(cursor);
        if (!materials.Any(material => material.Kind == kind && material.Need == MaterialNeed.Always))
        {
            cursor.Refuse("bad-value", "Expected a material that is always needed, found another.");
        }

        return kind;
    }

    private static int ReadKind(JsonCursor cursor)
    {
        int kind = 0;
        RulePackReader.RefuseUnless(
            cursor, text => RuleMaterial.TryParseCode(text, out kind), "Expected D01 to D63, found other text.");
        return kind;
    }

    private static MaterialNeed ReadNeed(JsonCursor cursor)
    {
        switch (cursor.Text())
        {
            case "optional":
                return MaterialNeed.Optional;
            case "always":
                return MaterialNeed.Always;
            case "if-fined":
                return MaterialNeed.IfFined;
            case "if-corrected":
                return MaterialNeed.IfCorrected;
            case "if-agent":
                return MaterialNeed.IfAgent;
            default:
                cursor.Refuse(
                    "bad-value", "Expected optional, always, if-fined, if-corrected or if-agent, found other text.");
                return MaterialNeed.Optional;
        }
    }

    private static List<string> ReadFileTypes(JsonCursor cursor)
    {
        List<string> types = ReadTextList(cursor, ContentTypes.Length);
        if (!types.TrueForAll(ContentTypes.Contains))
        {
            cursor.Refuse("bad-value", "Expected pdf, jpeg and png, found other text.");
        }

        return types;
    }

    private static List<string> ReadTextList(JsonCursor cursor, int maxCount)
    {
        List<string> texts = [.. cursor.Items(maxCount).Select(RulePackReader.ReadText)];
        if (texts.Count == 0 || texts.Distinct(StringComparer.Ordinal).Count() != texts.Count)
        {
            cursor.Refuse("bad-value", "Expected one text at least and none twice, found otherwise.");
        }

        return texts;
    }
}
