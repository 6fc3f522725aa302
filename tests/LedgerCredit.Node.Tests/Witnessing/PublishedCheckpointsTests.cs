using LedgerCredit.Node.Witnessing;

namespace LedgerCredit.Node.Tests.Witnessing;

/// <summary>Which checkpoint is shown: a cosigned one while it is young, else the newest, and never a smaller one than before.</summary>
[TestClass]
public sealed class PublishedCheckpointsTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);

    private readonly Clock _clock = new();
    private readonly PublishedCheckpoints _published;

    public PublishedCheckpointsTests() => _published = new PublishedCheckpoints(Interval, _clock);

    [TestMethod]
    public void Choose_NobodyCosigned_IsTheNewest()
    {
        Assert.AreEqual(3UL, _published.Choose(1, 3));
        _published.TakeRound(1, 4, 0);
        Assert.AreEqual(5UL, _published.Choose(1, 5));
    }

    [TestMethod]
    public void Choose_CosignedLately_IsThatAndWithinTwoRoundsTheNewest()
    {
        _published.TakeRound(1, 3, 1);
        _published.EndRound();

        Assert.AreEqual(3UL, _published.Choose(1, 9));
        Assert.AreEqual(9UL, _published.Choose(2, 9), "another log");
        _clock.Now += 2 * Interval;
        Assert.AreEqual(3UL, _published.Choose(1, 10));
        _clock.Now += TimeSpan.FromTicks(1);
        Assert.AreEqual(10UL, _published.Choose(1, 10));
    }

    // The same checkpoint, as nothing was added, is as good as new.
    [TestMethod]
    public void Choose_CosignedBeforeAndStillTheNewestAtTheLastRound_StaysForItsTime()
    {
        _published.TakeRound(1, 3, 1);
        _published.EndRound();
        _clock.Now += 10 * Interval;
        _published.TakeRound(1, 3, 1);
        _published.EndRound();
        _clock.Now += Interval;

        Assert.AreEqual(3UL, _published.Choose(1, 4));
    }

    // The next round begins an interval after the end of this one, however long many logs or slow blocks made it.
    [TestMethod]
    public void Choose_RoundThatTakesLong_CountsFromItsEnd()
    {
        _published.TakeRound(1, 3, 1);
        _clock.Now += 5 * Interval;
        Assert.AreEqual(3UL, _published.Choose(1, 9));
        _published.EndRound();
        _clock.Now += Interval;

        // The end of a round is that of no other one.
        _published.TakeRound(2, 4, 1);
        _clock.Now += Interval;
        Assert.AreEqual(3UL, _published.Choose(1, 9));
        _published.EndRound();
        _clock.Now += TimeSpan.FromTicks(1);
        Assert.AreEqual((9UL, 4UL), (_published.Choose(1, 9), _published.Choose(2, 9)));
    }

    // One of three is down from now on: for two rounds what all three cosigned is shown, and then what two did.
    [TestMethod]
    public void Choose_OneWitnessGone_IsWhatMostCosignedAmongTheLastRounds()
    {
        _published.TakeRound(1, 3, 3);
        _published.EndRound();
        List<ulong> shown = [];
        for (ulong round = 1; round <= 5; round++)
        {
            _clock.Now += Interval;
            _published.TakeRound(1, 3 + round, round == 5 ? 3 : 2);
            _published.EndRound();
            shown.Add(_published.Choose(1, 100));
        }

        Assert.AreSequenceEqual((ulong[])[3, 3, 6, 7, 8], shown);
    }

    // The witness is back, and what it cosigned is smaller than what was shown without it.
    [TestMethod]
    public void Choose_NewestWasShownMeanwhile_StaysUntilALargerOneIsCosigned()
    {
        Assert.AreEqual(7UL, _published.Choose(1, 7));

        _published.TakeRound(1, 6, 1);
        Assert.AreEqual(7UL, _published.Choose(1, 8));
        _clock.Now += Interval;
        _published.TakeRound(1, 9, 1);
        Assert.AreEqual(9UL, _published.Choose(1, 12));
    }

    // A request that read the store before a round was over, and another that was shown more meanwhile.
    [TestMethod]
    public void Choose_OlderSnapshot_IsWithinIt()
    {
        _published.TakeRound(1, 6, 1);
        Assert.AreEqual(6UL, _published.Choose(1, 8));

        Assert.AreEqual(5UL, _published.Choose(1, 5));
        Assert.AreEqual(6UL, _published.Choose(1, 8));
    }

    // Whatever is added, cosigned or passes: what is shown is a checkpoint that there is, and grows.
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void Choose_AnyCourseOfThings_NeverGoesBack(int seed)
    {
        Random random = new(seed);
        ulong newest = 1;
        ulong asked = 1;
        ulong shown = 0;
        int cosigned = 0;
        for (int step = 0; step < 20_000; step++)
        {
            switch (random.Next(6))
            {
                case 0:
                    newest += (ulong)random.Next(1, 4);
                    break;
                case 1:
                    asked = newest;
                    break;
                case 2:
                    _published.TakeRound(1, asked, random.Next(4));
                    break;
                case 3:
                    _published.EndRound();
                    break;
                case 4:
                    _clock.Now += TimeSpan.FromSeconds(random.Next(100));
                    break;
                default:
                    ulong next = _published.Choose(1, newest);
                    Assert.IsTrue(next >= shown && next <= newest, $"step {step}: {next} after {shown} of {newest}");
                    cosigned += next < newest ? 1 : 0;
                    shown = next;
                    break;
            }
        }

        Assert.IsGreaterThan(100, cosigned);
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
