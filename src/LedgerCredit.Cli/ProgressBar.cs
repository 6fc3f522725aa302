using System.Diagnostics;

namespace LedgerCredit.Cli;

/// <summary>A line on the terminal that tells how far a long piece of work is; silent elsewhere, and for the first second.</summary>
internal sealed class ProgressBar : IDisposable
{
    private const int Width = 30;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly TextWriter? _terminal;
    private readonly string _title;
    private long? _total;
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _lastDrawn;
    private bool _isDrawn;

    private ProgressBar(TextWriter? terminal, string title, long? total)
    {
        _terminal = terminal;
        _title = title;
        _total = total;
    }

    /// <summary>Begins.</summary>
    /// <param name="output">The command's output; drawn only where standard error is a terminal.</param>
    /// <param name="title">What is being done.</param>
    /// <param name="total">What counts as all of it, or null where that is not known.</param>
    public static ProgressBar Start(CommandOutput output, string title, long? total) =>
        new(Console.IsErrorRedirected || output.Error != Console.Error ? null : output.Error, title, total);

    /// <summary>Tells how much is done, and what counts as all of it, which was not known at the beginning; null where it is not now.</summary>
    public void Report(long done, long? total)
    {
        _total = total;
        Report(done);
    }

    /// <summary>Tells how much is done.</summary>
    public void Report(long done)
    {
        if (_terminal is null || Stopwatch.GetElapsedTime(_started) < Quiet || (_isDrawn && Stopwatch.GetElapsedTime(_lastDrawn) < Interval))
        {
            return;
        }

        _isDrawn = true;
        _lastDrawn = Stopwatch.GetTimestamp();
        if (_total is long total and > 0)
        {
            double share = Math.Min(1, (double)done / total);
            int filled = (int)(share * Width);
            TimeSpan left = share > 0 ? Stopwatch.GetElapsedTime(_started) * ((1 - share) / share) : TimeSpan.Zero;
            _terminal.Write($"\r{_title} [{new string('#', filled)}{new string('.', Width - filled)}] {share * 100:0} %, {left.TotalSeconds:0} s left   ");
        }
        else
        {
            _terminal.Write($"\r{_title} {done}   ");
        }
    }

    /// <summary>Clears the line.</summary>
    public void Dispose()
    {
        if (_isDrawn)
        {
            _terminal?.Write("\r" + new string(' ', _title.Length + Width + 30) + "\r");
        }
    }
}
