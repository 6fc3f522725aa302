using LedgerCredit.Node.Telemetry;

namespace LedgerCredit.Node.Tests.Telemetry;

/// <summary>How long checkpoints waited, by what was seen of the store.</summary>
[TestClass]
public sealed class CheckpointTimesTests
{
    private const string AnchoredDuration = "ledgercredit.checkpoint.anchored.duration";
    private const string FinalDuration = "ledgercredit.checkpoint.final.duration";

    private readonly Seconds _clock = new();

    public TestContext TestContext { get; set; } = null!;

    // Each test measures a log of its own: instruments belong to the process.
    private string Log => TestContext.TestName!;

    [TestMethod]
    public void Final_OfSomeCheckpoints_MeasuresEachOnceFromTheLookBefore()
    {
        using MeasurementRecorder recorder = new(Log);
        CheckpointTimes times = new(_clock);
        times.Look([Head(0)]);
        _clock.Now = 10;
        times.Look([Head(3)]);
        _clock.Now = 20;
        times.Look([Head(5)]);
        _clock.Now = 30;
        times.Look([Head(9)]);

        _clock.Now = 40;
        times.Anchored(Log, 5);
        Assert.AreEqual(40, times.FindOldest(Log).TotalSeconds);
        _clock.Now = 45;
        times.Final(Log, 5);
        times.Final(Log, 5);
        times.Look([Head(9, final: 5)]);

        Assert.AreSequenceEqual([40, 30], recorder.Read(AnchoredDuration));
        Assert.AreSequenceEqual([45, 35], recorder.Read(FinalDuration));
        Assert.AreEqual(25, times.FindOldest(Log).TotalSeconds);
    }

    [TestMethod]
    public void Final_OfWhatCameSinceTheLastLook_CountsFromThatLook()
    {
        using MeasurementRecorder recorder = new(Log);
        CheckpointTimes times = new(_clock);
        times.Look([Head(0)]);
        _clock.Now = 1;
        times.Look([Head(0)]);

        _clock.Now = 4;
        times.Final(Log, 7);
        times.Look([Head(7, final: 7)]);

        Assert.AreSequenceEqual([3], recorder.Read(FinalDuration));
        Assert.AreEqual(TimeSpan.Zero, times.FindOldest(Log));
    }

    // After a restart nobody knows how long what is there has waited: it is not measured, and its age counts from the start.
    [TestMethod]
    public void Final_OfWhatWasThereAtTheStart_IsNotMeasured()
    {
        using MeasurementRecorder recorder = new(Log);
        CheckpointTimes times = new(_clock);
        times.Look([Head(6, final: 2)]);
        _clock.Now = 5;
        Assert.AreEqual(5, times.FindOldest(Log).TotalSeconds);
        times.Look([Head(8, final: 2)]);

        _clock.Now = 9;
        times.Final(Log, 8);

        Assert.AreSequenceEqual([9], recorder.Read(FinalDuration));
        Assert.AreEqual(TimeSpan.Zero, times.FindOldest(Log));
    }

    [TestMethod]
    public void Look_AtALogThatIsNew_CountsFromTheLookWithoutIt()
    {
        using MeasurementRecorder recorder = new(Log);
        CheckpointTimes times = new(_clock);
        times.Look([]);
        _clock.Now = 2;
        times.Look([Head(1)]);

        _clock.Now = 3;
        times.Final(Log, 1);

        Assert.AreSequenceEqual([3], recorder.Read(FinalDuration));
    }

    // Another process anchored it: seen in the store alone.
    [TestMethod]
    public void Look_AtAnAnchorOfAnotherProcess_MeasuresWhatItCovers()
    {
        using MeasurementRecorder recorder = new(Log);
        CheckpointTimes times = new(_clock);
        times.Look([Head(0)]);
        _clock.Now = 2;
        times.Look([Head(4)]);

        _clock.Now = 6;
        times.Look([Head(4, final: 4)]);

        Assert.AreSequenceEqual([6], recorder.Read(AnchoredDuration));
        Assert.AreSequenceEqual([6], recorder.Read(FinalDuration));
    }

    // A ledger that stands still for days: memory is bounded, and no time is too short.
    [TestMethod]
    public void Look_VeryOften_KeepsABoundedNumberOfTimesAndTheOldest()
    {
        using MeasurementRecorder recorder = new(Log);
        CheckpointTimes times = new(_clock);
        const int Looks = 3 * CheckpointTimes.MaxMarks;
        for (int i = 0; i <= Looks; i++)
        {
            _clock.Now = i;
            times.Look([Head((ulong)i)]);
        }

        Assert.AreEqual(Looks, times.FindOldest(Log).TotalSeconds);
        times.Final(Log, Looks);

        double[] measured = recorder.Read(FinalDuration);
        Assert.IsLessThanOrEqualTo(CheckpointTimes.MaxMarks, measured.Length);
        Assert.AreEqual(Looks, measured[0]);
        Assert.AreEqual(1, measured[^1]);
    }

    private LogHead Head(ulong size, ulong final = 0) => new(Log, size, final);

    private sealed class Seconds : TimeProvider
    {
        internal long Now { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Now;
    }
}
