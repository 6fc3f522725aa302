using System.Globalization;
using LedgerCredit.Cli.Tests;

namespace LedgerCredit.Faults.Tests.Storage;

/// <summary>Pages of the store's file are damaged: the audit finds it, and nothing wrong is ever served.</summary>
/// <remarks>
/// SQLite keeps no checksums of pages, so most flipped bits are read as if nothing had happened. Whatever damage the audit does not
/// find must be in bytes that hold nothing: then every row is what it was.
/// </remarks>
[TestClass]
public sealed class DamagedPageTests
{
    private const int PageBytes = 8192;
    private const int ServedOfEach = 3;

    private static readonly int Flips = Number("LEDGERCREDIT_TEST_FLIPS", 250);
    private static readonly int Swaps = Number("LEDGERCREDIT_TEST_SWAPS", 20);
    private static FaultScene _scene = null!;
    private static ServedRecords _served = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        _scene = await FaultScene.StartAsync(120);
        _served = await ServedRecords.AskAsync(_scene, _scene.Anchored.Where((_, i) => i % (_scene.Anchored.Count / ServedOfEach) == 0).Take(ServedOfEach));
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        if (_scene is not null)
        {
            await _scene.DisposeAsync();
        }
    }

    [TestMethod]
    [Timeout(1_800_000, CooperativeCancellation = true)]
    public async Task FlippedBit_IsFoundOrHoldsNothing_AndNothingWrongIsServed()
    {
        Random random = new(20_261_122);
        byte[] store = await File.ReadAllBytesAsync(FaultScene.StoreOf(_scene.Data), TestContext.CancellationToken);
        Tally tally = new();
        for (int i = 0; i < Flips; i++)
        {
            // Every second one where something is: much of a small store's pages is empty.
            int at;
            do
            {
                at = random.Next(store.Length);
            }
            while (i % 2 == 0 && store[at] == 0);

            int bit = random.Next(8);
            await DamageAsync($"bit {bit} of byte {at}", bytes => bytes[at] ^= (byte)(1 << bit), tally);
        }

        TestContext.WriteLine($"{Flips} bits: {tally}");
        Assert.IsGreaterThan(Flips / 4, tally.Found);
    }

    [TestMethod]
    [Timeout(1_800_000, CooperativeCancellation = true)]
    public async Task ZeroedPage_IsFoundOrHoldsNothing_AndNothingWrongIsServed()
    {
        int pages = (int)(new FileInfo(FaultScene.StoreOf(_scene.Data)).Length / PageBytes);
        Tally tally = new();
        for (int page = 0; page < pages; page++)
        {
            int start = page * PageBytes;
            await DamageAsync($"page {page + 1} zeroed", bytes => bytes.AsSpan(start, PageBytes).Clear(), tally);
        }

        TestContext.WriteLine($"{pages} pages: {tally}");
        Assert.IsGreaterThan(pages / 4, tally.Found);
    }

    [TestMethod]
    [Timeout(1_800_000, CooperativeCancellation = true)]
    public async Task SwappedPages_AreFound_AndNothingWrongIsServed()
    {
        Random random = new(7);
        int pages = (int)(new FileInfo(FaultScene.StoreOf(_scene.Data)).Length / PageBytes);
        Tally tally = new();
        for (int i = 0; i < Swaps; i++)
        {
            int one = random.Next(pages);
            int other = (one + 1 + random.Next(pages - 1)) % pages;
            await DamageAsync(
                $"pages {one + 1} and {other + 1} swapped",
                bytes =>
                {
                    byte[] kept = bytes.AsSpan(one * PageBytes, PageBytes).ToArray();
                    bytes.AsSpan(other * PageBytes, PageBytes).CopyTo(bytes.AsSpan(one * PageBytes));
                    kept.CopyTo(bytes.AsSpan(other * PageBytes));
                },
                tally);
        }

        TestContext.WriteLine($"{Swaps} swaps: {tally}");
        Assert.IsGreaterThan(Swaps / 2, tally.Found);
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task CutShort_IsFound_AndNothingWrongIsServed()
    {
        int length = (int)new FileInfo(FaultScene.StoreOf(_scene.Data)).Length;
        Tally tally = new();
        int[] lengths = [0, 1, 99, 100, PageBytes - 1, PageBytes, length / 2, length - PageBytes, length - 1];
        foreach (int kept in lengths)
        {
            await DamageAsync($"cut to {kept} bytes", bytes => { }, tally, kept);
        }

        TestContext.WriteLine($"{lengths.Length} lengths: {tally}");
        Assert.AreEqual(lengths.Length, tally.Found);
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;

    private static async Task DamageAsync(string what, Action<byte[]> damage, Tally tally, int? length = null)
    {
        string data = _scene.Copy();
        string store = FaultScene.StoreOf(data);
        byte[] bytes = await File.ReadAllBytesAsync(store);
        damage(bytes);
        await File.WriteAllBytesAsync(store, bytes[..(length ?? bytes.Length)]);

        tally.Refused += await _served.AssertRightOrRefusedAsync(data, what);
        CommandRun audit = await FaultScene.RunAsync(data, "log", "audit");
        ServedRecords.RequireOrderly(audit, what);
        if (audit.ExitCode == 0)
        {
            Assert.IsTrue(_served.IsSameContent(data), $"{what}: the audit finds nothing, but a row is another.");
            tally.Harmless++;
        }
        else
        {
            Assert.IsTrue(audit.ExitCode is 1 or 4, $"{what}: {audit}");
            tally.Found++;
        }

        Directory.Delete(data, recursive: true);
    }

    private sealed class Tally
    {
        public int Found { get; set; }

        public int Harmless { get; set; }

        public int Refused { get; set; }

        public override string ToString() => $"{Found} found by the audit, {Harmless} in bytes that hold nothing, {Refused} answers refused.";
    }
}
