using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using LedgerCredit.Primitives.Hashing;

namespace LedgerCredit.Cli.Commands.Bench;

/// <summary>What a bench ran on, for the head of its report.</summary>
internal static class BenchMachine
{
    private const string ProcessorFile = "/proc/cpuinfo";
    private const string LoadFile = "/proc/loadavg";
    private const string Unknown = "unknown";

    /// <summary>Names and values in the order in which they are shown.</summary>
    public static IReadOnlyList<(string Name, string Value)> Describe() =>
    [
        ("processor", ProcessorName()),
        ("threads", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)),
        ("vectors", Vectors()),
        ("lanes", Sha256Batch.BestPath.ToString()),
        ("memory", string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB")),
        ("load", Load()),
        ("system", RuntimeInformation.OSDescription),
        ("runtime", $"{RuntimeInformation.FrameworkDescription} {RuntimeInformation.RuntimeIdentifier}"),
        ("ledgercredit", CommandLine.Version),
    ];

    private static string ProcessorName() => File.Exists(ProcessorFile)
        && File.ReadLines(ProcessorFile).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) is string line
        ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
        : $"{Unknown}, {RuntimeInformation.ProcessArchitecture}";

    // How busy the machine was before: others who work on it change every figure but the ratios.
    private static string Load() => File.Exists(LoadFile) ? string.Join(' ', File.ReadAllText(LoadFile).Split(' ').Take(3)) : Unknown;

    private static string Vectors() => Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "neither AVX2 nor AVX-512";
}
