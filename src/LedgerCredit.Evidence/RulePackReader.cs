using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>The parts that a rule pack document is made of: texts, dates, counts and figures with their origin.</summary>
/// <remarks>docs/spec/rule-packs.md section 2. Problems are noted at the cursor, as everywhere with cursors.</remarks>
internal static class RulePackReader
{
    private const int MaxMonths = 1200;
    private const int MaxDays = 36_500;

    public static string ReadId(JsonCursor cursor) =>
        RefuseUnless(cursor, IssuerSlug.IsValid, "Expected lower-case letters, digits and hyphens, found other text.");

    public static string ReadText(JsonCursor cursor) =>
        RefuseUnless(cursor, text => text.Length > 0, "Expected some text, found none.");

    public static (string English, string Chinese) ReadTexts(JsonCursor cursor)
    {
        cursor.ObjectWith(["en", "zh"]);
        return (ReadText(cursor.Member("en")), ReadText(cursor.Member("zh")));
    }

    public static TimeSpan ReadOffset(JsonCursor cursor)
    {
        TimeSpan offset = default;
        RefuseUnless(cursor, text => UtcOffset.TryParse(text, out offset), "Expected ±hh:mm, found other text.");
        return offset;
    }

    public static CivilDate ReadDate(JsonCursor cursor)
    {
        CivilDate date = default;
        RefuseUnless(
            cursor, text => CivilDate.TryParse(text, out date), "Expected a date as YYYY-MM-DD, found other text.");
        return date;
    }

    // { "from": date, "until": date (optional), "source", "certainty" }
    public static RuleDates ReadDates(JsonCursor cursor)
    {
        cursor.ObjectWith(["from", "source", "certainty"], ["until"]);
        RuleOrigin origin = ReadOrigin(cursor);
        CivilDate from = ReadDate(cursor.Member("from"));
        CivilDate? until = cursor.TryMember("until", out JsonCursor last) ? ReadDate(last) : null;
        if (from.DaysSinceEpoch < 1)
        {
            cursor.Member("from").Refuse("bad-value", "Expected a date from 1970-01-02 on, found an earlier one.");
        }

        if (until is not null && until.Value.DaysSinceEpoch < from.DaysSinceEpoch)
        {
            last.Refuse("bad-value", "Expected a last day not before the first, found an earlier one.");
        }

        return new RuleDates(from, until, origin);
    }

    // { "months": n } or { "days": n } or { "none": true }, each with source and certainty.
    public static RulePeriod ReadPeriod(JsonCursor cursor)
    {
        RuleOrigin origin = ReadOrigin(cursor);
        if (cursor.TryMember("months", out JsonCursor months))
        {
            cursor.ObjectWith(["months", "source", "certainty"]);
            return new RulePeriod(RulePeriodUnit.Months, ReadCount(months, 1, MaxMonths), origin.Source, origin.Certainty);
        }

        if (cursor.TryMember("days", out JsonCursor days))
        {
            cursor.ObjectWith(["days", "source", "certainty"]);
            return new RulePeriod(RulePeriodUnit.Days, ReadCount(days, 1, MaxDays), origin.Source, origin.Certainty);
        }

        ReadNone(cursor);
        return new RulePeriod(RulePeriodUnit.None, 0, origin.Source, origin.Certainty);
    }

    // { <name>: n, "source", "certainty" }
    public static RuleFigure ReadFigure(JsonCursor cursor, string name, int least, int most)
    {
        cursor.ObjectWith([name, "source", "certainty"]);
        return new RuleFigure(ReadCount(cursor.Member(name), least, most), ReadOrigin(cursor));
    }

    // { "none": true, "source", "certainty" }
    public static void ReadNone(JsonCursor cursor)
    {
        cursor.ObjectWith(["none", "source", "certainty"]);
        JsonCursor none = cursor.Member("none");
        if (!none.Boolean())
        {
            none.Refuse("bad-value", "Expected true, found false.");
        }
    }

    public static RuleOrigin ReadOrigin(JsonCursor cursor)
    {
        string source = ReadText(cursor.Member("source"));
        string certainty = RefuseUnless(
            cursor.Member("certainty"),
            text => text is "V" or "V~" or "M" or "S",
            "Expected V, V~, M or S, found other text.");
        return new RuleOrigin(source, certainty);
    }

    public static int ReadCount(JsonCursor cursor, int least, int most)
    {
        ulong count = cursor.SafeInteger();
        if (count < (ulong)least || count > (ulong)most)
        {
            cursor.Refuse("bad-value", $"Expected {least} to {most}, found another number.");
            return least;
        }

        return (int)count;
    }

    public static string RefuseUnless(JsonCursor cursor, Func<string, bool> isRight, string message)
    {
        string text = cursor.Text();
        if (!isRight(text))
        {
            cursor.Refuse("bad-value", message);
        }

        return text;
    }
}
