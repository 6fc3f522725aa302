using System.Diagnostics;
using System.Globalization;
using System.Text;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence.Tests;

[TestClass]
public sealed class CanonicalNumberTests
{
    // RFC 8785 appendix B.
    [TestMethod]
    [DataRow(0x0000000000000000UL, "0")]
    [DataRow(0x8000000000000000UL, "0")]
    [DataRow(0x0000000000000001UL, "5e-324")]
    [DataRow(0x8000000000000001UL, "-5e-324")]
    [DataRow(0x7fefffffffffffffUL, "1.7976931348623157e+308")]
    [DataRow(0xffefffffffffffffUL, "-1.7976931348623157e+308")]
    [DataRow(0x4340000000000000UL, "9007199254740992")]
    [DataRow(0xc340000000000000UL, "-9007199254740992")]
    [DataRow(0x4430000000000000UL, "295147905179352830000")]
    [DataRow(0x44b52d02c7e14af5UL, "9.999999999999997e+22")]
    [DataRow(0x44b52d02c7e14af6UL, "1e+23")]
    [DataRow(0x44b52d02c7e14af7UL, "1.0000000000000001e+23")]
    [DataRow(0x444b1ae4d6e2ef4eUL, "999999999999999700000")]
    [DataRow(0x444b1ae4d6e2ef4fUL, "999999999999999900000")]
    [DataRow(0x444b1ae4d6e2ef50UL, "1e+21")]
    [DataRow(0x3eb0c6f7a0b5ed8cUL, "9.999999999999997e-7")]
    [DataRow(0x3eb0c6f7a0b5ed8dUL, "0.000001")]
    [DataRow(0x41b3de4355555553UL, "333333333.3333332")]
    [DataRow(0x41b3de4355555554UL, "333333333.33333325")]
    [DataRow(0x41b3de4355555555UL, "333333333.3333333")]
    [DataRow(0x41b3de4355555556UL, "333333333.3333334")]
    [DataRow(0x41b3de4355555557UL, "333333333.33333343")]
    [DataRow(0xbecbf647612f3696UL, "-0.0000033333333333333333")]
    [DataRow(0x43143ff3c1cb0959UL, "1424953923781206.2")]
    public void Nearest_PublishedDouble_GivesItsText(ulong bits, string expected)
    {
        double value = BitConverter.UInt64BitsToDouble(bits);

        Assert.AreEqual(expected, Nearest(value));
        Assert.AreEqual(expected, ReferenceNumber.ToText(value));
    }

    // The framework's own shortest form of these two is that of another double.
    [TestMethod]
    [DataRow(-25, "2.9802322387695312e-8")]
    [DataRow(-958, "4.1045368012983762e-289")]
    public void Nearest_PowerOfTwoThatNeedsAllDigits_KeepsThem(int power, string expected)
    {
        Assert.AreEqual(expected, Nearest(Math.Pow(2, power)));
    }

    [TestMethod]
    public void Nearest_EveryPowerOfTwoAndTenAndTheirNeighbours_EqualTheReference()
    {
        IEnumerable<double> powers = Enumerable.Range(-1074, 2098).Select(e => Math.Pow(2, e))
            .Concat(Enumerable.Range(-323, 632).Select(e => double.Parse($"1e{e}", CultureInfo.InvariantCulture)));
        foreach (double power in powers)
        {
            foreach (double value in new[] { Math.BitDecrement(power), power, -Math.BitIncrement(power) })
            {
                if (double.IsFinite(value))
                {
                    Assert.AreEqual(ReferenceNumber.ToText(value), Nearest(value));
                }
            }
        }
    }

    [TestMethod]
    public void Nearest_RandomDoubles_EqualTheReference()
    {
        Random random = new(11);
        for (int i = 0; i < 10_000; i++)
        {
            double value = NextFinite(random);

            Assert.AreEqual(ReferenceNumber.ToText(value), Nearest(value));
        }
    }

    [TestMethod]
    public void Exact_CanonicalFormsOfRandomDoubles_AreAcceptedUnchangedAndReadBack()
    {
        Random random = new(12);
        for (int i = 0; i < 100_000; i++)
        {
            double value = NextFinite(random);
            string text = Nearest(value);

            Assert.AreEqual(value, double.Parse(text, CultureInfo.InvariantCulture));
            Assert.IsTrue(CanonicalJson.TryCanonicalNumber(text, out string? canonical));
            Assert.AreEqual(text, canonical);
        }
    }

    [TestMethod]
    [DataRow("0", "0")]
    [DataRow("-0", "0")]
    [DataRow("-0.000", "0")]
    [DataRow("0e999999999999", "0")]
    [DataRow("0.1", "0.1")]
    [DataRow("1.10", "1.1")]
    [DataRow("1e2", "100")]
    [DataRow("1E+2", "100")]
    [DataRow("100e-2", "1")]
    [DataRow("-12.50", "-12.5")]
    [DataRow("1e21", "1e+21")]
    [DataRow("123456789012345680000", "123456789012345680000")]
    [DataRow("1e-7", "1e-7")]
    [DataRow("0.000001", "0.000001")]
    [DataRow("5e-324", "5e-324")]
    [DataRow("9007199254740991", "9007199254740991")]
    [DataRow("9007199254740992", "9007199254740992")]
    [DataRow("9007199254740994", "9007199254740994")]
    [DataRow("1.7976931348623157e308", "1.7976931348623157e+308")]
    public void Exact_ExactNumber_GivesItsForm(string text, string expected)
    {
        Assert.IsTrue(CanonicalJson.TryCanonicalNumber(text, out string? canonical));
        Assert.AreEqual(expected, canonical);
    }

    [TestMethod]
    [DataRow("9007199254740993")]
    [DataRow("-9007199254740993")]
    [DataRow("9007199254740993.0e0")]
    [DataRow("1e400")]
    [DataRow("-1e400")]
    [DataRow("1e309")]
    [DataRow("1.7976931348623159e308")]
    [DataRow("1e999999999")]
    [DataRow("1e99999999999999999999")]
    [DataRow("1e-400")]
    [DataRow("1e-99999999999999999999")]
    [DataRow("2e-324", DisplayName = "nearest double is zero")]
    [DataRow("4.9406564584124654e-324", DisplayName = "longer than its own shortest form")]
    [DataRow("0.1000000000000000055511151231257827", DisplayName = "the exact value of the double 0.1")]
    [DataRow("0.10000000000000001")]
    [DataRow("333333333.33333329")]
    [DataRow("123456789012345678")]
    [DataRow("")]
    [DataRow("-")]
    [DataRow("01")]
    [DataRow("1.")]
    [DataRow(".1")]
    [DataRow("1e")]
    [DataRow("1e+")]
    [DataRow("+1")]
    [DataRow("1 ")]
    [DataRow("1x")]
    [DataRow("NaN")]
    [DataRow("Infinity")]
    [DataRow("0x1")]
    [DataRow("１")]
    public void Exact_OtherText_IsRefused(string text)
    {
        Assert.IsFalse(CanonicalJson.TryCanonicalNumber(text, out string? canonical));
        Assert.IsNull(canonical);
    }

    [TestMethod]
    public void Exact_VeryLongText_IsDecidedAtOnce()
    {
        string zeros = new('0', 60_000);
        string digits = string.Concat(Enumerable.Repeat("1234567890", 6_000));
        Stopwatch watch = Stopwatch.StartNew();

        Assert.IsTrue(CanonicalJson.TryCanonicalNumber("1." + zeros, out string? one));
        Assert.AreEqual("1", one);
        Assert.IsTrue(CanonicalJson.TryCanonicalNumber("0." + zeros + "1e60001", out one));
        Assert.AreEqual("1", one);
        Assert.IsTrue(CanonicalJson.TryCanonicalNumber("1" + zeros + "e-60000", out one));
        Assert.AreEqual("1", one);
        Assert.IsFalse(CanonicalJson.TryCanonicalNumber("1" + zeros, out _));
        Assert.IsFalse(CanonicalJson.TryCanonicalNumber("1." + zeros + "1", out _));
        Assert.IsFalse(CanonicalJson.TryCanonicalNumber(digits, out _));
        Assert.IsFalse(CanonicalJson.TryCanonicalNumber("0." + digits, out _));
        Assert.IsFalse(CanonicalJson.TryCanonicalNumber("1e" + digits, out _));
        Assert.IsFalse(CanonicalJson.TryCanonicalNumber("1e-" + digits, out _));

        Assert.IsLessThan(TimeSpan.FromSeconds(5), watch.Elapsed);
    }

    [TestMethod]
    public void Nearest_LongTextAroundATie_RoundsByItsLastDigit()
    {
        // 9007199254740993 lies in the middle between two doubles; ties go to the even one.
        string zeros = new('0', 2000);

        Assert.AreEqual("9007199254740992", Nearest("9007199254740993"));
        Assert.AreEqual("9007199254740992", Nearest("9007199254740993." + zeros));
        Assert.AreEqual("9007199254740994", Nearest("9007199254740993." + zeros + "1"));
        Assert.AreEqual("9007199254740992", Nearest("9007199254740992." + new string('9', 2000)));
    }

    [TestMethod]
    public void Exact_RandomShortDecimals_AreAcceptedAndKeepTheirValue()
    {
        // Fifteen digits always survive a double, so every amount of money up to that size does.
        Random random = new(13);
        for (int i = 0; i < 20_000; i++)
        {
            decimal value = decimal.Round((decimal)random.NextInt64(-999_999_999_999_999, 1_000_000_000_000_000))
                / (decimal)Math.Pow(10, random.Next(0, 6));
            string text = value.ToString(CultureInfo.InvariantCulture);

            Assert.IsTrue(CanonicalJson.TryCanonicalNumber(text, out string? canonical), text);
            Assert.AreEqual(value, decimal.Parse(canonical, NumberStyles.Float, CultureInfo.InvariantCulture));
        }
    }

    private static double NextFinite(Random random)
    {
        while (true)
        {
            double value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            if (double.IsFinite(value))
            {
                return value;
            }
        }
    }

    private static string Nearest(double value) => Nearest(value.ToString("E16", CultureInfo.InvariantCulture));

    private static string Nearest(string text)
    {
        Assert.IsTrue(CanonicalJson.TryWrite(new JsonNumber(text), CanonicalNumbers.Nearest, out byte[]? utf8, out _), text);
        return Encoding.ASCII.GetString(utf8);
    }
}
