using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using LedgerCredit.Primitives.Hashing;

namespace LedgerCredit.Bench;

/// <summary>What a bench ran on, for the head of its report.</summary>
public static class BenchMachine
{
    private const string ProcessorFile = "/proc/cpuinfo";
    private const string LoadFile = "/proc/loadavg";
    private const string Unknown = "unknown";

    /// <summary>Names and values in the order in which they are shown.</summary>
    /// <param name="version">The program's version.</param>
    public static IReadOnlyList<(string Name, string Value)> Describe(string version) =>
    [
        ("processor", ProcessorName()),
        ("threads", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)),
        ("vectors", Vectors()),
        ("lanes", Sha256Batch.BestPath.ToString()),
        ("memory", string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB")),
        ("load", Load()),
        ("system", RuntimeInformation.OSDescription),
        ("runtime", $"{RuntimeInformation.FrameworkDescription} {RuntimeInformation.RuntimeIdentifier}"),
        ("ledgercredit", version),
    ];

    /// <summary>The file system of a folder: what flushing to the disk means depends on it.</summary>
    public static IReadOnlyList<(string Name, string Value)> DescribeDisk(string folder)
    {
        DriveInfo drive = new(Path.GetFullPath(folder));
        return [("file system", drive.DriveFormat)];
    }

    private static string ProcessorName() => File.Exists(ProcessorFile)
        && File.ReadLines(ProcessorFile).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is string line
        ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
        : $"{Unknown}, {RuntimeInformation.ProcessArchitecture}";

    // How busy the machine was before: others who work on it change every figure but the ratios.
    private static string Load() => File.Exists(LoadFile) ? string.Join(' ', File.ReadAllText(LoadFile).Split(' ').Take(3)) : Unknown;

    private static string Vectors() => Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "neither AVX2 nor AVX-512";
}
