namespace LedgerCredit.Fuzz.Tests;

/// <summary>A fuzzer that finds nothing proves nothing: it must find what is planted.</summary>
[TestClass]
public sealed class FuzzRunnerTests
{
    private static readonly byte[] Valid = [.. "valid input"u8];
    private static readonly FuzzResult Kept = FuzzResult.Accepted(() => null);

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Run_ParserThatThrows_IsFoundWithItsInput()
    {
        FuzzRun run = Run(input => input.Length == Valid.Length ? Kept : throw new FormatException("planted"));

        Assert.Contains("planted", run.Finding!.What);
        Assert.AreNotEqual(Valid.Length, run.Finding.Input.Length);
        Assert.AreEqual(run.Finding.Index + 1, run.Inputs);
    }

    [TestMethod]
    public void Run_ParserThatAllocatesByALengthField_IsFound()
    {
        FuzzRun run = Run(input =>
        {
            byte[] reserved = input.Length > 3 && input[0] > 0xF0 ? new byte[10_000_000] : [];
            return reserved.Length == 0 ? Kept : FuzzResult.RefusedWithoutReason;
        });

        Assert.StartsWith("Allocated ", run.Finding!.What);
    }

    [TestMethod]
    public void Run_RefusalWithoutCode_IsFound()
    {
        FuzzRun run = Run(input => input.Length == Valid.Length ? Kept : FuzzResult.Refused(new ParseProblem("", "", "No.")));

        Assert.Contains("no code", run.Finding!.What);
    }

    [TestMethod]
    public void Run_RefusalThatShowsTheInput_IsFound()
    {
        FuzzRun run = Run(input => input.Length == Valid.Length
            ? Kept
            : FuzzResult.Refused(new ParseProblem("bad", "", "Found \u001B" + Convert.ToHexString(input))));

        Assert.Contains("control characters", run.Finding!.What);
    }

    [TestMethod]
    public void Run_BrokenPromise_IsFound()
    {
        FuzzRun run = Run(input => FuzzResult.WritesBack(input, () => [.. input.Take(20)]));

        Assert.Contains("other bytes", run.Finding!.What);
    }

    [TestMethod]
    public void Run_ValidInputThatIsRefused_IsFound()
    {
        FuzzRun run = Run(_ => FuzzResult.RefusedWithoutReason);

        Assert.AreEqual("A valid input was refused.", run.Finding!.What);
        Assert.AreEqual(-1, run.Finding.Index);
    }

    [TestMethod]
    public void Run_ParserThatHangs_IsFoundWithItsInput()
    {
        using ManualResetEventSlim ended = new();
        FuzzTarget target = new("planted", InputForm.Bytes, [Valid], input =>
        {
            if (input.Length != Valid.Length)
            {
                ended.Wait(TimeSpan.FromMinutes(1), TestContext.CancellationToken);
            }

            return Kept;
        });

        FuzzRun run = new FuzzRunner(target, 1) { Patience = TimeSpan.FromMilliseconds(300) }.Run(0, 1000);
        ended.Set();

        Assert.StartsWith("No end after", run.Finding!.What);
        Assert.AreNotEqual(Valid.Length, run.Finding.Input.Length);
    }

    [TestMethod]
    public void MakeInput_SameSeedAndIndex_IsTheSameInput()
    {
        FuzzTarget target = new("planted", InputForm.Json, [[.. """{"a":[1,2,{"b":"c"}],"d":null}"""u8]], _ => Kept);
        FuzzRunner runner = new(target, 5);
        FuzzRunner other = new(target, 6);

        int different = 0;
        for (int i = 0; i < 200; i++)
        {
            Assert.AreSequenceEqual(runner.MakeInput(i), new FuzzRunner(target, 5).MakeInput(i));
            different += runner.MakeInput(i).AsSpan().SequenceEqual(other.MakeInput(i)) ? 0 : 1;
        }

        Assert.IsGreaterThan(150, different);
    }

    private static FuzzRun Run(Func<byte[], FuzzResult> parse) =>
        new FuzzRunner(new FuzzTarget("planted", InputForm.Bytes, [Valid], parse), 1).Run(0, 5000);
}
