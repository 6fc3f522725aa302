using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Repair.Packages;

namespace LedgerCredit.Repair.Tests;

[TestClass]
public sealed class RepairPackageTests
{
    private static readonly Bytes32 Sanction = Sha256.Hash("sanction"u8);
    private static readonly byte[][] Files = [TestFiles.Pdf(), TestFiles.Jpeg("payment"), TestFiles.Png()];
    private static readonly PackageManifest Manifest = MakeManifest();
    private static readonly LedgerMaterial[] OnLedger = [.. Manifest.Materials.Select(material => material.OnLedger)];
    private static readonly byte[] Package = Write(Manifest, Files);

    [TestMethod]
    public void Digest_OfAFile_IsTheNaiveHash()
    {
        PackageMaterial material = Manifest.Materials[0];
        byte[] preimage = [.. material.Salt.ToArray(), .. SHA256.HashData(Files[0])];

        Assert.AreEqual(Bytes32.FromBytes(SHA256.HashData(preimage)), material.Digest);
    }

    [TestMethod]
    public void OfAll_Materials_FoldsFromTheLeafHash()
    {
        Bytes32 expected = Sanction;
        foreach (LedgerMaterial material in OnLedger)
        {
            byte[] words = [.. expected.ToArray(), .. new byte[31], (byte)material.Kind, .. material.Digest.ToArray()];
            expected = Keccak256.Hash(words);
        }

        Assert.AreEqual(expected, Manifest.MaterialsHash);
        Assert.AreEqual(Sanction, MaterialHash.OfAll(Sanction, []));
    }

    [TestMethod]
    public void Write_Package_IsAnArchiveForOthers()
    {
        using ZipArchive archive = new(new MemoryStream(Package), ZipArchiveMode.Read);

        Assert.AreSequenceEqual(
            ["manifest.json", "files/01-D05.pdf", "files/02-D06.jpeg", "files/03-D07.png"], archive.Entries.Select(entry => entry.FullName));
        for (int i = 0; i < Files.Length; i++)
        {
            using Stream stream = archive.Entries[i + 1].Open();
            using MemoryStream copy = new();
            stream.CopyTo(copy);
            Assert.AreSequenceEqual(Files[i], copy.ToArray());
        }
    }

    [TestMethod]
    public void Write_SamePackage_HasTheSameBytes()
    {
        Assert.AreSequenceEqual(Package, Write(Manifest, Files));
    }

    [TestMethod]
    public void Write_OtherContent_IsTheCallersFault()
    {
        Assert.ThrowsExactly<ArgumentException>(() => Write(Manifest, [Files[0], Files[0], Files[2]]));
    }

    [TestMethod]
    public void Of_NameWithBadCharacters_IsShownAnyway()
    {
        MaterialContent content = MaterialContent.Of(Files[0], TestPacks.Demo.Repair);

        Assert.AreEqual("a_b_", PackageMaterial.Of(new Material(5, "a\nb\uD800", content, MaterialStatements.None), Bytes32.Zero).Name);
        Assert.AreEqual("_", PackageMaterial.Of(new Material(5, "", content, MaterialStatements.None), Bytes32.Zero).Name);
        Assert.HasCount(199, PackageMaterial.Of(new Material(5, "a" + new string('x', 198) + "😀", content, MaterialStatements.None), Bytes32.Zero).Name.ToCharArray());
        Assert.ThrowsExactly<ArgumentException>(() => PackageMaterial.Of(
            new Material(5, "a", MaterialContent.Of(new byte[] { 1 }, TestPacks.Demo.Repair), MaterialStatements.None), Bytes32.Zero));
    }

    [TestMethod]
    public void TryRun_PackageOfTheCase_Matches()
    {
        PackageReport report = Run(Package, OnLedger);

        Assert.IsTrue(report.IsValid);
        Assert.HasCount(3, report.Files);
        Assert.AreEqual(Manifest.MaterialsHash, report.MaterialsHash);
        Assert.AreSequenceEqual(Manifest.ToBytes(), report.Manifest.ToBytes());
    }

    [TestMethod]
    public void TryRun_PackageInSmallPieces_Matches()
    {
        using DrippingStream stream = new(Package);

        Assert.IsTrue(PackageCheck.TryRun(stream, Sanction, TestPacks.Demo, OnLedger, out PackageReport? report, out _));
        Assert.IsTrue(report.IsValid);
    }

    [TestMethod]
    public void TryRun_AnyByteChanged_IsNoticed()
    {
        // Every byte of the archive is either compared with the only bytes it can be, or hashed.
        for (int i = 0; i < Package.Length; i++)
        {
            byte[] changed = [.. Package];
            changed[i] ^= 0x20;

            bool isValid = PackageCheck.TryRun(new MemoryStream(changed), Sanction, TestPacks.Demo, OnLedger, out PackageReport? report, out ParseProblem? problem)
                && report.IsValid;

            Assert.IsFalse(isValid, $"byte {i}");
            Assert.IsTrue(report is not null || problem is not null);
        }
    }

    [TestMethod]
    public void TryRun_EveryBeginning_IsRefused()
    {
        for (int length = 0; length < Package.Length; length++)
        {
            Assert.IsFalse(PackageCheck.TryRun(new MemoryStream(Package, 0, length), Sanction, TestPacks.Demo, OnLedger, out _, out ParseProblem? problem));
            Assert.IsNotNull(problem);
        }
    }

    [TestMethod]
    public void TryRun_BytesBehindTheEnd_AreRefused()
    {
        Assert.AreEqual("package-end", Refusal([.. Package, 0]).Code);
    }

    [TestMethod]
    public void TryRun_ExchangedFileWithItsChecksum_IsNamed()
    {
        // Another file of the same size, packed with right checksums by somebody who knows the format.
        byte[] forged = ReplaceStored(Files[1], TestFiles.Jpeg("forgery"));

        PackageReport report = Run(forged, OnLedger);

        Assert.IsFalse(report.IsValid);
        Assert.AreSequenceEqual(
            [FileOutcome.Matches, FileOutcome.FileDiffers, FileOutcome.Matches], report.Files.Select(file => file.Outcome));
    }

    [TestMethod]
    public void TryRun_OtherLedger_IsNamedPlaceByPlace()
    {
        LedgerMaterial other = new(7, Sha256.Hash("other"u8));

        Assert.AreEqual(FileOutcome.LedgerDiffers, Run(Package, [OnLedger[0], OnLedger[1], other]).Files[2].Outcome);
        Assert.AreEqual(FileOutcome.LedgerDiffers, Run(Package, [OnLedger[0] with { Kind = 4 }, OnLedger[1], OnLedger[2]]).Files[0].Outcome);
        Assert.AreEqual(FileOutcome.LedgerDiffers, Run(Package, [OnLedger[1], OnLedger[0], OnLedger[2]]).Files[0].Outcome);
        Assert.AreEqual(FileOutcome.NotOnLedger, Run(Package, OnLedger[..2]).Files[2].Outcome);

        PackageReport longer = Run(Package, [.. OnLedger, other]);
        Assert.AreEqual((FileOutcome.NotInPackage, other), (longer.Files[3].Outcome, longer.Files[3].OnLedger));
        Assert.IsFalse(longer.IsValid);
    }

    [TestMethod]
    public void TryRun_OtherSanctionOrPack_IsNoMatch()
    {
        Assert.IsTrue(PackageCheck.TryRun(new MemoryStream(Package), Bytes32.Zero, TestPacks.Demo, OnLedger, out PackageReport? report, out _));
        Assert.IsFalse(report.IsSanction || report.IsValid);

        Assert.IsTrue(PackageCheck.TryRun(new MemoryStream(Package), Sanction, TestPacks.Default, OnLedger, out report, out _));
        Assert.IsFalse(report.IsRulePack || report.IsValid);
    }

    [TestMethod]
    public void TryRun_FileThatCannotBeRead_IsNotValid()
    {
        byte[] encrypted = TestFiles.Pdf("<< /Root 1 0 R /Encrypt 9 0 R >>");
        PackageMaterial material = new(5, "x", ContentType.Pdf, encrypted.Length, Sha256.Hash(encrypted), Bytes32.Zero, MaterialStatements.None);
        PackageManifest manifest = new(Sanction, TestPacks.Demo.Hash, [material]);

        PackageReport report = Run(Write(manifest, [encrypted]), [material.OnLedger]);

        Assert.AreEqual((FileOutcome.Matches, ContentFailure.Encrypted), (report.Files[0].Outcome, report.Files[0].Content));
        Assert.IsFalse(report.IsValid);
    }

    [TestMethod]
    [DataRow("repair-package/1", "repair-package/2", "$.format")]
    [DataRow("\"materials\":[", "\"more\":1,\"materials\":[", "$.more")]
    [DataRow("\"material\":\"D05\"", "\"material\":\"D64\"", "$.materials[0].material")]
    [DataRow("\"material\":\"D05\"", "\"material\":\"D04\"", "$.materials[0].file")]
    [DataRow("files/01-D05.pdf", "../01-D05.pdf", "$.materials[0].file")]
    [DataRow("\"type\":\"pdf\"", "\"type\":\"exe\"", "$.materials[0].type")]
    [DataRow("\"type\":\"pdf\"", "\"type\":\"png\"", "$.materials[0].file")]
    [DataRow("\"amountYuan\":\"2000.00\"", "\"amountYuan\":\"2000,00\"", "$.materials[1].amountYuan")]
    [DataRow("\"issuedOn\":\"2026-05-10\"", "\"issuedOn\":\"2026-05-32\"", "$.materials[1].issuedOn")]
    [DataRow("\"reference\":\"V-1\"", "\"reference\":\"\"", "$.materials[1].reference")]
    [DataRow("\"reference\":\"V-1\"", "\"reference\":\"\\u0007\"", "$.materials[1].reference")]
    [DataRow("\"name\":\"0\"", "\"name\":1", "$.materials[0].name")]
    [DataRow("{\"format\"", "{ \"format\"", "$")]
    public void TryParse_OtherManifest_IsRefusedWithThePlace(string from, string to, string path)
    {
        string text = Encoding.UTF8.GetString(Manifest.ToBytes());
        Assert.Contains(from, text);

        Assert.IsFalse(PackageManifest.TryParse(Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)), out _, out ParseProblem? problem));
        Assert.AreEqual(path, problem.Path);
    }

    [TestMethod]
    [DataRow("sha256", "$.materials[0].digest")]
    [DataRow("salt", "$.materials[0].digest")]
    [DataRow("digest", "$.materials[0].digest")]
    [DataRow("sanction", "$.materialsHash")]
    [DataRow("materialsHash", "$.materialsHash")]
    public void TryParse_HashThatDoesNotFollow_IsRefused(string member, string path)
    {
        string text = Encoding.UTF8.GetString(Manifest.ToBytes());
        int start = text.IndexOf($"\"{member}\":\"0x", StringComparison.Ordinal) + member.Length + 6;
        char[] changed = text.ToCharArray();
        changed[start] = changed[start] == '0' ? '1' : '0';

        Assert.IsFalse(PackageManifest.TryParse(Encoding.UTF8.GetBytes(changed), out _, out ParseProblem? problem));
        Assert.AreEqual(path, problem.Path);
    }

    [TestMethod]
    public void TryOpen_HugeSizes_TakeNoMemory()
    {
        byte[] changed = [.. Package];
        changed[21] = 0x7F; // the highest byte of the manifest's size

        Assert.AreEqual(("package-size", "manifest.json"), (Refusal(changed).Code, Refusal(changed).Path));
    }

    [TestMethod]
    public void TryOpen_ArchiveOfAnotherProgram_IsRefused()
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = archive.CreateEntry("manifest.json").Open();
            entry.Write(Manifest.ToBytes());
        }

        Assert.IsFalse(PackageReader.TryOpen(new MemoryStream(stream.ToArray()), out _, out ParseProblem? problem));
        Assert.Contains("manifest.json", problem.Path);
    }

    [TestMethod]
    public void TryReadNext_AfterTheEnd_IsTheCallersFault()
    {
        Assert.IsTrue(PackageReader.TryOpen(new MemoryStream(Package), out PackageReader? reader, out _));
        byte[]? content;
        do
        {
            Assert.IsTrue(reader.TryReadNext(out content, out _));
        }
        while (content is not null);

        Assert.ThrowsExactly<InvalidOperationException>(() => reader.TryReadNext(out _, out _));
    }

    [TestMethod]
    public void TryRun_RandomBytes_NeverThrows()
    {
        Random random = new(11);
        for (int round = 0; round < 3000; round++)
        {
            byte[] changed = [.. Package.AsSpan(0, random.Next(Package.Length))];
            for (int i = 0; i < 4 && changed.Length > 0; i++)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            Assert.IsFalse(PackageCheck.TryRun(new MemoryStream(changed), Sanction, TestPacks.Demo, OnLedger, out _, out _));
        }
    }

    private static PackageManifest MakeManifest()
    {
        MaterialStatements paid = new(new DateOnly(2026, 5, 10), "2000.00", "V-1");
        int[] kinds = [5, 6, 7];
        return new PackageManifest(Sanction, TestPacks.Demo.Hash, [.. Files.Select((file, i) => PackageMaterial.Of(
            new Material(kinds[i], $"{i}", MaterialContent.Of(file, TestPacks.Demo.Repair), i == 1 ? paid : MaterialStatements.None),
            Sha256.Hash(Encoding.ASCII.GetBytes($"salt {i}"))))]);
    }

    private static byte[] Write(PackageManifest manifest, byte[][] files)
    {
        using MemoryStream output = new();
        PackageWriter.Write(output, manifest, i => files[i]);
        return output.ToArray();
    }

    private static PackageReport Run(byte[] package, LedgerMaterial[] onLedger)
    {
        Assert.IsTrue(
            PackageCheck.TryRun(new MemoryStream(package), Sanction, TestPacks.Demo, onLedger, out PackageReport? report, out ParseProblem? problem),
            problem?.ToString());
        return report;
    }

    private static ParseProblem Refusal(byte[] package)
    {
        Assert.IsFalse(PackageCheck.TryRun(new MemoryStream(package), Sanction, TestPacks.Demo, OnLedger, out _, out ParseProblem? problem));
        return problem;
    }

    // The file's bytes and its checksum, in the local header (14 bytes into it) and the central one (16 bytes into it).
    private static byte[] ReplaceStored(byte[] file, byte[] other)
    {
        Assert.HasCount(file.Length, other);
        byte[] package = [.. Package];
        package.AsSpan(package.AsSpan().IndexOf(file), file.Length).Clear();
        byte[] old = BitConverter.GetBytes(TestFiles.NaiveCrc(file));
        byte[] checksum = BitConverter.GetBytes(TestFiles.NaiveCrc(other));
        other.CopyTo(package, Package.AsSpan().IndexOf(file));
        for (int i = 0; i < 2; i++)
        {
            checksum.CopyTo(package, package.AsSpan().IndexOf(old));
        }

        return package;
    }

    private sealed class DrippingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 3));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 3)]);
    }
}
