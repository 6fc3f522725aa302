using System.Security.Cryptography;
using LedgerCredit.Node.Outbox;

namespace LedgerCredit.Node.Tests.Outbox;

/// <summary>Pauses between attempts: random below a doubling bound, from one second to one hour.</summary>
[TestClass]
public sealed class RetryScheduleTests
{
    [TestMethod]
    [DataRow(1, 2)]
    [DataRow(2, 4)]
    [DataRow(5, 32)]
    [DataRow(11, 2048)]
    [DataRow(12, 3600)]
    [DataRow(13, 3600)]
    [DataRow(int.MaxValue, 3600)]
    public void GetPause_AtTheEndsOfChance_IsOneSecondAndTheBound(int attempts, int seconds)
    {
        using FixedRandom least = new(0x00);
        using FixedRandom most = new(0xFF);

        Assert.AreEqual(TimeSpan.FromSeconds(1), RetrySchedule.GetPause(attempts, retryAfter: null, least));
        Assert.AreEqual(TimeSpan.FromSeconds(seconds), RetrySchedule.GetPause(attempts, retryAfter: null, most));
    }

    [TestMethod]
    public void GetPause_ManyTimes_FillsTheWholeSpan()
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        double[] pauses = [.. Enumerable.Range(0, 2000).Select(_ => RetrySchedule.GetPause(6, retryAfter: null, random).TotalSeconds)];

        Assert.IsInRange(1, 64, pauses.Min());
        Assert.IsInRange(1, 64, pauses.Max());

        // A tenth at either end is missed by chance once in 10^91 runs.
        Assert.IsLessThan(7.3, pauses.Min());
        Assert.IsGreaterThan(57.7, pauses.Max());
    }

    [TestMethod]
    [DataRow(-5, 1)]
    [DataRow(0, 1)]
    [DataRow(1, 1)]
    [DataRow(90, 90)]
    [DataRow(3600, 3600)]
    [DataRow(3601, 3600)]
    [DataRow(int.MaxValue, 3600)]
    public void GetPause_ReceiverAsksForOne_IsGivenWithinTheBounds(int asked, int seconds)
    {
        using FixedRandom random = new(0x80);

        Assert.AreEqual(TimeSpan.FromSeconds(seconds), RetrySchedule.GetPause(1, TimeSpan.FromSeconds(asked), random));
    }
}
