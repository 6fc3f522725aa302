namespace LedgerCredit.Evidence.Tests;

[TestClass]
public sealed class IssueTimeTests
{
    [TestMethod]
    [DataRow("1970-01-01T00:00:00Z", 0L)]
    [DataRow("1970-01-01T00:00:00-00:00", 0L)]
    [DataRow("2026-05-06T09:30:00Z", 1778059800L)]
    [DataRow("2026-05-06T09:30:00+08:00", 1778031000L)]
    [DataRow("2026-05-06T09:30:00-23:59", 1778146140L)]
    [DataRow("2026-05-06T09:30:00.9Z", 1778059800L)]
    [DataRow("2026-05-06T09:30:00.123456789+08:00", 1778031000L)]
    [DataRow("2024-02-29T23:59:59Z", 1709251199L)]
    [DataRow("2016-12-31T23:59:60Z", 1483228800L)]
    [DataRow("2017-01-01T07:59:60+08:00", 1483228800L)]
    [DataRow("2016-12-31T23:59:60.5Z", 1483228800L)]
    [DataRow("0001-01-01T00:00:00Z", -62135596800L)]
    [DataRow("9999-12-31T23:59:59-23:59", 253402387139L)]
    public void TryReadUnixSeconds_RightText_GivesTheInstant(string text, long expected)
    {
        Assert.IsTrue(IssueTime.IsValid(text));
        Assert.IsTrue(IssueTime.TryReadUnixSeconds(text, out long seconds));
        Assert.AreEqual(expected, seconds);
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow("")]
    [DataRow("2026-05-06")]
    [DataRow("2026-05-06T09:30:00", DisplayName = "no offset")]
    [DataRow("2026-05-06t09:30:00Z")]
    [DataRow("2026-05-06T09:30:00z")]
    [DataRow("2026-05-06 09:30:00Z")]
    [DataRow("2026-05-06T09:30Z")]
    [DataRow("2026-05-06T9:30:00Z")]
    [DataRow("2026-05-06T24:00:00Z")]
    [DataRow("2026-05-06T23:60:00Z")]
    [DataRow("2026-05-06T23:59:61Z")]
    [DataRow("2026-05-06T23:59:60Z", DisplayName = "leap second within a month")]
    [DataRow("2016-12-31T22:59:60Z", DisplayName = "leap second at another hour")]
    [DataRow("2016-12-31T23:59:60+08:00", DisplayName = "leap second in local time")]
    [DataRow("2026-02-29T09:30:00Z")]
    [DataRow("2026-05-06T09:30:00.Z")]
    [DataRow("2026-05-06T09:30:00.1234567890Z")]
    [DataRow("2026-05-06T09:30:00,5Z")]
    [DataRow("2026-05-06T09:30:00.5")]
    [DataRow("2026-05-06T09:30:00+0800")]
    [DataRow("2026-05-06T09:30:00+8:00")]
    [DataRow("2026-05-06T09:30:00+24:00")]
    [DataRow("2026-05-06T09:30:00+08:60")]
    [DataRow("2026-05-06T09:30:00\u221208:00", DisplayName = "minus sign")]
    [DataRow("2026-05-06T09:30:00Z ")]
    [DataRow("2026-05-06T09:30:00ZZ")]
    public void IsValid_OtherText_IsRefused(string? text)
    {
        Assert.IsFalse(IssueTime.IsValid(text));
    }
}
