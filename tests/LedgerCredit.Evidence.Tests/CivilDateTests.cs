using System.Globalization;

namespace LedgerCredit.Evidence.Tests;

[TestClass]
public sealed class CivilDateTests
{
    [TestMethod]
    public void DaysSinceEpoch_EveryDayOfTheCalendar_EqualsTheFramework()
    {
        DateOnly epoch = new(1970, 1, 1);
        DateOnly day = DateOnly.MinValue;
        while (true)
        {
            Assert.IsTrue(CivilDate.TryParse(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), out CivilDate date));
            if (date.DaysSinceEpoch != day.DayNumber - epoch.DayNumber)
            {
                Assert.Fail(date.ToString());
            }

            if (day == DateOnly.MaxValue)
            {
                break;
            }

            day = day.AddDays(1);
        }
    }

    [TestMethod]
    public void AddMonths_RandomDates_EqualTheFramework()
    {
        Random random = new(42);
        for (int i = 0; i < 20_000; i++)
        {
            DateOnly day = DateOnly.FromDayNumber(random.Next(DateOnly.MaxValue.AddYears(-101).DayNumber));
            int months = random.Next(1201);
            Assert.IsTrue(CivilDate.TryParse(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), out CivilDate date));

            string expected = day.AddMonths(months).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

            Assert.AreEqual(expected, date.AddMonths(months).ToString());
        }
    }

    [TestMethod]
    public void AddMonths_BeyondTheLastYear_GoesOn()
    {
        Assert.IsTrue(CivilDate.TryParse("9999-12-31", out CivilDate last));

        Assert.AreEqual("10000-02-29", last.AddMonths(2).ToString());
        Assert.AreEqual(last.DaysSinceEpoch + 31, last.AddMonths(1).DaysSinceEpoch);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => last.AddMonths(-1));
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow("")]
    [DataRow("2026-1-05")]
    [DataRow("2026-01-5")]
    [DataRow("20260105")]
    [DataRow("2026/01/05")]
    [DataRow("26-01-05")]
    [DataRow("02026-01-05")]
    [DataRow("2026-00-05")]
    [DataRow("2026-13-05")]
    [DataRow("2026-01-00")]
    [DataRow("2026-01-32")]
    [DataRow("2026-04-31")]
    [DataRow("2026-02-29")]
    [DataRow("1900-02-29")]
    [DataRow("2100-02-29")]
    [DataRow("0000-01-01")]
    [DataRow("-001-01-01")]
    [DataRow("2026-01-05T")]
    [DataRow(" 2026-01-05")]
    [DataRow("２０２６-01-05")]
    public void TryParse_NoDate_IsRefused(string? text)
    {
        Assert.IsFalse(CivilDate.TryParse(text, out _));
    }
}
