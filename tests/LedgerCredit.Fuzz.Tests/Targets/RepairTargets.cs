using System.Buffers.Binary;
using System.Text;
using LedgerCredit.Evidence;
using LedgerCredit.Repair.Calendars;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Repair.Packages;
using LedgerCredit.Repair.Tests;
using LedgerCredit.Testing;

namespace LedgerCredit.Fuzz.Tests.Targets;

/// <summary>Materials, the packages that they are in, and calendars.</summary>
internal static class RepairTargets
{
    private const int LocalHeader = 30;
    private const int CentralHeader = 46;
    private const int ChecksumOffset = 14;
    private const int LengthOffset = 18;
    private const int NameLengthOffset = 26;

    public static IEnumerable<FuzzTarget> Make()
    {
        yield return new FuzzTarget("pdf", InputForm.Text, [TestFiles.Pdf(), TestFiles.PdfWithStream()], Inspect);
        yield return new FuzzTarget("jpeg", InputForm.Bytes, [TestFiles.Jpeg()], Inspect);
        yield return new FuzzTarget("png", InputForm.Bytes, [TestFiles.Png(), TestFiles.Png(16, 2)], Inspect) { Mend = MendPng };

        byte[][] files = [TestFiles.Pdf(), TestFiles.Jpeg("payment"), TestFiles.Png()];
        PackageManifest manifest = Manifest(files);
        using MemoryStream package = new();
        PackageWriter.Write(package, manifest, i => files[i]);
        byte[] last = File.ReadAllBytes(RepositoryFiles.Path("src", "LedgerCredit.Repair", "Calendars", "cn.txt"));

        yield return new FuzzTarget("package-manifest", InputForm.Json, [manifest.ToBytes()], ParseManifest) { BytesPerByte = 512 };

        // A file of the largest size may be announced, and is read only when its bytes are there.
        yield return new FuzzTarget("package", InputForm.Bytes, [package.ToArray()], ParsePackage) { Mend = MendPackage, ConstantBytes = PackageManifest.MaxFileBytes + (4 * 1024 * 1024), Cost = 4 };
        yield return new FuzzTarget("calendar", InputForm.Text, [last], ParseCalendar) { Cost = 4 };
    }

    private static FuzzResult Inspect(byte[] input)
    {
        ContentFailure failure = ContentInspection.Inspect(input);
        if (failure != ContentFailure.None)
        {
            return Enum.IsDefined(failure) ? FuzzResult.RefusedWithoutReason : FuzzResult.Accepted(() => "There is no such failure.");
        }

        return FuzzResult.Accepted(() => ContentInspection.TypeOf(input) switch
        {
            ContentType.Unknown => "Content of no type is accepted.",
            ContentType.Png => ContentInspection.Inspect(input.AsSpan(0, input.Length - 1)) == ContentFailure.None ? "A truncated PNG is accepted." : null,
            _ => null,
        });
    }

    // The checksums of all chunks whose length can be right.
    private static byte[] MendPng(byte[] input)
    {
        byte[] mended = [.. input];
        for (int at = 8; at + 12 <= mended.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(mended.AsSpan(at));
            if (length > mended.Length - at - 12)
            {
                break;
            }

            uint checksum = TestFiles.NaiveCrc(mended[(at + 4)..(at + 8 + (int)length)]);
            BinaryPrimitives.WriteUInt32BigEndian(mended.AsSpan(at + 8 + (int)length), checksum);
            at += 12 + (int)length;
        }

        return mended;
    }

    private static PackageManifest Manifest(byte[][] files)
    {
        RulePack pack = RulePackCatalog.Shipped.Find("demo")!;
        MaterialStatements paid = new(new DateOnly(2026, 5, 10), "2000.00", "V-1");
        return new PackageManifest(Sha256.Hash("sanction"u8), pack.Hash, [.. files.Select((file, i) => PackageMaterial.Of(
            new Material(5 + i, $"{i}", MaterialContent.Of(file, pack.Repair), i == 1 ? paid : MaterialStatements.None), Sha256.Hash([(byte)i])))]);
    }

    private static FuzzResult ParseManifest(byte[] input) => PackageManifest.TryParse(input, out PackageManifest? manifest, out ParseProblem? problem)
        ? FuzzResult.WritesBack(input, manifest.ToBytes)
        : FuzzResult.Refused(problem);

    private static FuzzResult ParsePackage(byte[] input)
    {
        using MemoryStream stream = new(input);
        if (!PackageReader.TryOpen(stream, out PackageReader? reader, out ParseProblem? problem))
        {
            return FuzzResult.Refused(problem);
        }

        List<byte[]> files = [];
        while (reader.TryReadNext(out byte[]? content, out problem))
        {
            if (content is null)
            {
                return files.Exists(file => file.Length == 0) || !Matches(reader.Manifest, files)
                    ? FuzzResult.Accepted(() => null)
                    : FuzzResult.WritesBack(input, () => Write(reader.Manifest, files));
            }

            files.Add(content);
        }

        return FuzzResult.Refused(problem);
    }

    // The reader compares no hashes: that is the check's business, which names the file that differs.
    private static bool Matches(PackageManifest manifest, List<byte[]> files) =>
        files.Select((file, i) => manifest.Materials[i].Length == file.Length && manifest.Materials[i].FileHash == Sha256.Hash(file)).All(same => same);

    private static byte[] Write(PackageManifest manifest, List<byte[]> files)
    {
        using MemoryStream written = new();
        PackageWriter.Write(written, manifest, i => files[i]);
        return written.ToArray();
    }

    // The checksums of the files as far as the headers can be followed, in front of each file and in the directory.
    private static byte[] MendPackage(byte[] input)
    {
        byte[] mended = [.. input];
        List<uint> checksums = [];
        int at = 0;
        while (HasSignature(mended, at, 0x04034B50, LocalHeader))
        {
            int start = at + LocalHeader + BinaryPrimitives.ReadUInt16LittleEndian(mended.AsSpan(at + NameLengthOffset));
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(mended.AsSpan(at + LengthOffset));
            if (start > mended.Length || length > mended.Length - start)
            {
                return mended;
            }

            checksums.Add(TestFiles.NaiveCrc(mended[start..(start + (int)length)]));
            BinaryPrimitives.WriteUInt32LittleEndian(mended.AsSpan(at + ChecksumOffset), checksums[^1]);
            at = start + (int)length;
        }

        for (int i = 0; i < checksums.Count && HasSignature(mended, at, 0x02014B50, CentralHeader); i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(mended.AsSpan(at + ChecksumOffset + 2), checksums[i]);
            at += CentralHeader + BinaryPrimitives.ReadUInt16LittleEndian(mended.AsSpan(at + NameLengthOffset + 2));
        }

        return mended;
    }

    private static bool HasSignature(byte[] bytes, int at, uint signature, int headerLength) =>
        at + headerLength <= bytes.Length && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at)) == signature;

    private static FuzzResult ParseCalendar(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        if (!WorkingDayCalendar.TryParse("x", text, out WorkingDayCalendar? calendar, out ParseProblem? problem))
        {
            return FuzzResult.Refused(problem);
        }

        return FuzzResult.Accepted(() =>
        {
            DateOnly begin = new(calendar.FirstYear, 6, 1);
            DueDate due = calendar.AddWorkingDays(begin, 20);
            return due.Day > begin && calendar.IsWorkingDay(due.Day) && calendar.FirstYear <= calendar.LastYear ? null : "Twenty working days end on a day that is none.";
        });
    }
}
