using System.Diagnostics;
using LedgerCredit.Fuzz.Tests.Mutations;

namespace LedgerCredit.Fuzz.Tests;

/// <summary>A broken promise.</summary>
/// <param name="Index">Which input broke it, or -1 where the input was given.</param>
/// <param name="Input">The input.</param>
/// <param name="What">What happened.</param>
internal sealed record FuzzFinding(long Index, byte[] Input, string What);

/// <summary>What a run showed.</summary>
/// <param name="Target">The parser.</param>
/// <param name="Inputs">How many inputs were parsed.</param>
/// <param name="Accepted">How many of them were accepted.</param>
/// <param name="Elapsed">How long it took, the making of the inputs included.</param>
/// <param name="Slowest">The longest time for one input; with other work on the machine no more than a hint.</param>
/// <param name="MostBytes">The most that was allocated for one input.</param>
/// <param name="Finding">The first broken promise, at which the run ended, or null.</param>
internal sealed record FuzzRun(
    FuzzTarget Target, long Inputs, long Accepted, TimeSpan Elapsed, TimeSpan Slowest, long MostBytes, FuzzFinding? Finding);

/// <summary>Feeds changed inputs to one parser and holds it to what every parser of foreign bytes promises.</summary>
/// <remarks>
/// It does not throw; it ends; it allocates in proportion to the input; a refusal has a code and a message that is fit for a
/// terminal; and what it accepts keeps the promise of its format. An input follows from seed, target and index alone.
/// </remarks>
internal sealed class FuzzRunner(FuzzTarget target, ulong seed)
{
    // Far beyond what an input of the largest size takes on a busy machine: this is for endless loops.
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(60);

    private const int MaxProblemLength = 8 * 1024;

    private long _index;
    private byte[] _input = [];
    private long _accepted;
    private long _inputs;
    private long _slowestTicks;
    private long _mostBytes;

    /// <summary>How long one input may take before it counts as endless.</summary>
    public TimeSpan Patience { get; init; } = DefaultPatience;

    /// <summary>Parses the seeds and then inputs until one breaks a promise.</summary>
    /// <param name="first">The index of the first input.</param>
    /// <param name="count">How many inputs to parse.</param>
    public FuzzRun Run(long first, long count)
    {
        long started = Stopwatch.GetTimestamp();
        FuzzFinding? finding = null;

        // A thread of its own: one that hangs is left behind, and allocations are counted by thread.
        Thread worker = new(() => finding = Work(first, count)) { IsBackground = true };
        worker.Start();
        long seen = -1;
        while (!worker.Join(Patience))
        {
            long done = Volatile.Read(ref _inputs);
            if (done == seen)
            {
                finding = new FuzzFinding(Volatile.Read(ref _index), Volatile.Read(ref _input), $"No end after {Patience.TotalSeconds} seconds.");
                break;
            }

            seen = done;
        }

        return new FuzzRun(
            target,
            Volatile.Read(ref _inputs),
            Volatile.Read(ref _accepted),
            Stopwatch.GetElapsedTime(started),
            TimeSpan.FromSeconds((double)_slowestTicks / Stopwatch.Frequency),
            _mostBytes,
            finding);
    }

    /// <summary>The input of an index.</summary>
    public byte[] MakeInput(long index) => InputMaker.Make(target, FuzzRandom.For(seed, target.Name, index));

    /// <summary>Parses one input and says which promise is broken, or null.</summary>
    public string? Judge(byte[] input)
    {
        try
        {
            string? refusal = JudgeOnce(input);

            // Whatever is only made once (compiled expressions, tables) is there the second time.
            return refusal is null || !refusal.StartsWith(TooMuch, StringComparison.Ordinal) ? refusal : JudgeOnce(input);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return exception.ToString();
        }
    }

    private const string TooMuch = "Allocated";

    private string? JudgeOnce(byte[] input)
    {
        byte[] given = [.. input];
        long before = GC.GetAllocatedBytesForCurrentThread();
        FuzzResult result = target.Parse(given);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        _mostBytes = Math.Max(_mostBytes, bytes);
        long most = target.ConstantBytes + ((long)target.BytesPerByte * input.Length);
        if (bytes > most)
        {
            return $"{TooMuch} {bytes} bytes for an input of {input.Length}; expected at most {most}.";
        }

        if (!given.AsSpan().SequenceEqual(input))
        {
            return "The parser changed its input.";
        }

        _accepted += result.IsAccepted ? 1 : 0;
        return result.Problem is null ? result.Check?.Invoke() : CheckProblem(result.Problem);
    }

    private FuzzFinding? Work(long first, long count)
    {
        foreach (byte[] valid in target.Seeds)
        {
            _input = valid;
            long accepted = _accepted;
            string? what = Judge(valid) ?? (_accepted == accepted ? "A valid input was refused." : null);
            if (what is not null)
            {
                return new FuzzFinding(-1, valid, what);
            }
        }

        _accepted = 0;
        for (long i = first; i < first + count; i++)
        {
            byte[] input = MakeInput(i);
            Volatile.Write(ref _input, input);
            Volatile.Write(ref _index, i);
            long started = Stopwatch.GetTimestamp();
            string? what = Judge(input);
            _slowestTicks = Math.Max(_slowestTicks, Stopwatch.GetTimestamp() - started);
            Volatile.Write(ref _inputs, _inputs + 1);
            if (what is not null)
            {
                return new FuzzFinding(i, input, what);
            }
        }

        return null;
    }

    private static string? CheckProblem(ParseProblem problem)
    {
        string text = problem.ToString();
        bool isCode = problem.Code.Length > 0 && problem.Code.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
        return !isCode ? $"The problem has no code: {problem}"
            : problem.Message.Length == 0 ? $"The problem '{problem.Code}' has no message."
            : text.Length > MaxProblemLength ? $"The problem '{problem.Code}' has {text.Length} characters."
            : text.Any(c => char.IsControl(c)) ? $"The problem '{problem.Code}' shows control characters."
            : null;
    }
}
