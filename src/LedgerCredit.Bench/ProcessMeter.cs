using System.Globalization;

namespace LedgerCredit.Bench;

/// <summary>What this process takes of the machine while it works.</summary>
/// <remarks>Peak memory is what Linux counts; elsewhere it is not read off.</remarks>
public sealed class ProcessMeter
{
    private const string ResetFile = "/proc/self/clear_refs";
    private const string StatusFile = "/proc/self/status";
    private const string PeakLine = "VmHWM:";

    // What to write into the first file so that the peak begins anew (proc_pid_clear_refs(5)).
    private const string ResetPeak = "5";

    private readonly TimeSpan _processorTime;

    private ProcessMeter()
    {
        _processorTime = Environment.CpuUsage.TotalTime;
    }

    /// <summary>Begins, after garbage of earlier work is gone.</summary>
    public static ProcessMeter Start()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (File.Exists(ResetFile))
        {
            File.WriteAllText(ResetFile, ResetPeak);
        }

        return new ProcessMeter();
    }

    /// <summary>How many processors were busy on average.</summary>
    public double Processors(TimeSpan elapsed) => (Environment.CpuUsage.TotalTime - _processorTime) / elapsed;

    /// <summary>The most memory that was resident at a time, in megabytes (10^6 bytes); null where the system does not tell.</summary>
    public static double? PeakMegabytes()
    {
        if (!File.Exists(StatusFile))
        {
            return null;
        }

        string line = File.ReadLines(StatusFile).First(l => l.StartsWith(PeakLine, StringComparison.Ordinal));
        string kilobytes = line[PeakLine.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return double.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024 / 1_000_000;
    }
}
