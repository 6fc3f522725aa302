using System.Reflection;
using System.Text.RegularExpressions;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.RepairScreens;
using LedgerCredit.Primitives;
using LedgerCredit.Repair;
using LedgerCredit.Repair.Cases;

namespace LedgerCredit.Node.Tests.RepairScreens;

/// <summary>Everything that can happen has words in both languages and a name for machines.</summary>
[TestClass]
public sealed partial class EventTextsTests
{
    private static readonly RulePack Demo = RulePackCatalog.Shipped.Find("demo")!;

    public static IEnumerable<TestDataRow<RepairDeskEvent>> AllEvents() => typeof(RepairDeskEvent).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(RepairDeskEvent)) && !type.IsAbstract)
        .Select(type => new TestDataRow<RepairDeskEvent>(Make(type)) { DisplayName = type.Name });

    [TestMethod]
    [DynamicData(nameof(AllEvents))]
    public void Describe_EveryEvent_IsASentenceInBothLanguages(RepairDeskEvent desk)
    {
        string english = TextsOf("en").Describe(desk);
        string chinese = TextsOf("zh").Describe(desk);

        Assert.MatchesRegex(@"^[A-Z].*\.$", english);
        Assert.EndsWith("。", chinese);
        Assert.MatchesRegex(ChineseCharacter(), chinese);
        Assert.DoesNotMatchRegex(ChineseCharacter(), english);
    }

    [TestMethod]
    public void Names_OfAllEvents_AreDistinctAndInKebabCase()
    {
        string[] names = [.. AllEvents().Select(row => RepairEventNames.Of(row.Value))];

        Assert.HasCount(names.Length, names.Distinct());
        Assert.IsTrue(names.All(name => KebabCase().IsMatch(name)), string.Join(' ', names));
    }

    [TestMethod]
    public void Texts_OfStagesPartiesAndStates_AreDistinct()
    {
        AssertDistinct<CaseStage>(stage => CaseTexts.Of(stage), CaseTexts.NameOf);
        AssertDistinct<CaseParty>(party => CaseTexts.Of(party), CaseTexts.NameOf);
        AssertDistinct<SanctionState>(state => CaseTexts.Of(state), CaseTexts.NameOf);
        AssertDistinct<ObjectionState>(state => CaseTexts.Of(state), CaseTexts.NameOf);
        AssertDistinct<CaseAct>(null, CaseTexts.NameOf);
        AssertDistinct<ConditionState>(null, CaseTexts.NameOf);
        Assert.Contains("not law", CaseTexts.OfPack(Demo.Status).English);
        Assert.ThrowsExactly<ArgumentException>(() => CaseTexts.OfPack("draft"));
    }

    [TestMethod]
    public void Materials_OfABitmap_AreNamedInOrder()
    {
        Assert.AreEqual(
            "D01 Business licence or organisation code certificate, D06 Proof of payment of the fine, D63",
            TextsOf("en").Materials(EventTexts.KindsOf((1UL << 63) | (1UL << 6) | (1UL << 1) | 1UL)));
        Assert.AreEqual("D06 罚款缴纳凭证、D10 信用修复承诺书", TextsOf("zh").Materials([10, 6, 10]));
    }

    private static void AssertDistinct<T>(Func<T, LocalText>? textOf, Func<T, string> nameOf)
        where T : struct, Enum
    {
        T[] values = Enum.GetValues<T>();
        Assert.HasCount(values.Length, values.Select(nameOf).Distinct());
        Assert.IsTrue(values.All(value => KebabCase().IsMatch(nameOf(value))), typeof(T).Name);
        if (textOf is not null)
        {
            Assert.HasCount(values.Length, values.Select(value => textOf(value).English).Distinct());
            Assert.HasCount(values.Length, values.Select(value => textOf(value).Chinese).Distinct());
        }
    }

    private static EventTexts TextsOf(string language) => new(new CaseClock(Demo.UtcOffset, language), language, _ => "some-member", Demo);

    private static RepairDeskEvent Make(Type type)
    {
        ConstructorInfo constructor = type.GetConstructors().Single();
        return (RepairDeskEvent)constructor.Invoke([.. constructor.GetParameters().Select(parameter => ValueOf(parameter.ParameterType))]);
    }

    private static object? ValueOf(Type type)
    {
        if (type == typeof(IReadOnlyList<RepairMaterial>))
        {
            return new RepairMaterial[] { new(6, Bytes32.Zero) };
        }

        if (type == typeof(EventPosition))
        {
            return new EventPosition(1, Bytes32.Zero, Bytes32.Zero, 0);
        }

        return type == typeof(ulong) ? 64UL : type.IsValueType ? Activator.CreateInstance(type) : null;
    }

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex ChineseCharacter();

    [GeneratedRegex("^[a-z]+(-[a-z]+)*$")]
    private static partial Regex KebabCase();
}
