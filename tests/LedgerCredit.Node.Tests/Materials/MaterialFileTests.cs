using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Node.Materials;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests.Materials;

/// <summary>Encrypted files: what was kept is read, by anybody who follows the specification; what was altered in any way is not.</summary>
[TestClass]
public sealed class MaterialFileTests
{
    private const int Chunk = 65536;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(5)]
    [DataRow(Chunk - 1)]
    [DataRow(Chunk)]
    [DataRow(Chunk + 1)]
    [DataRow(2 * Chunk)]
    [DataRow((3 * Chunk) + 17)]
    public async Task Read_OfAnySize_IsWhatWasKept(int length)
    {
        using MaterialScene scene = new();
        byte[] content = MaterialScene.Pdf(length);

        StoredMaterial material = await scene.KeepAsync(content);

        Assert.AreSequenceEqual(content, await scene.ReadAsync(material));
        Assert.AreSequenceEqual(content, Decrypt(await File.ReadAllBytesAsync(scene.PathOf(material), Token), material, scene.Key.ToArray()));
        Assert.AreEqual(16 + length + (16 * ((length + Chunk - 1) / Chunk)), new FileInfo(scene.PathOf(material)).Length);
        Assert.AreSequenceEqual(SHA256.HashData(content), material.FileHash.ToArray());
    }

    [TestMethod]
    public async Task File_OnTheDisk_HasNothingOfTheContentAndIsForItsOwnerAlone()
    {
        using MaterialScene scene = new();
        byte[] content = [.. "%PDF-"u8, .. Enumerable.Repeat("the name of a subject, ", 5000).SelectMany(Encoding.ASCII.GetBytes)];

        StoredMaterial first = await scene.KeepAsync(content);
        StoredMaterial second = await scene.KeepAsync(content, MaterialScene.Upload(kind: 7));

        byte[] file = await File.ReadAllBytesAsync(scene.PathOf(first), Token);
        Assert.IsLessThan(0, file.AsSpan().IndexOf("subject"u8));
        Assert.MatchesRegex("^[0-9a-f]{32}\\.bin$", Path.GetFileName(scene.PathOf(first)));

        // The same content twice has nothing in common but its size.
        byte[] other = await File.ReadAllBytesAsync(scene.PathOf(second), Token);
        Assert.HasCount(file.Length, other);
        Assert.IsLessThan(file.Length / 100, file.AsSpan(16).ToArray().Zip(other.AsSpan(16).ToArray()).Count(pair => pair.First == pair.Second));
        if (!OperatingSystem.IsWindows())
        {
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(scene.PathOf(first)));
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(scene.Folder));
        }
    }

    [TestMethod]
    public async Task Read_AnyByteAltered_IsRefused()
    {
        using MaterialScene scene = new();
        byte[] content = MaterialScene.Pdf(200);
        StoredMaterial material = await scene.KeepAsync(content);
        byte[] file = await File.ReadAllBytesAsync(scene.PathOf(material), Token);
        for (int i = 0; i < file.Length; i++)
        {
            byte[] altered = [.. file];
            altered[i] ^= (byte)(1 << (i % 8));
            await File.WriteAllBytesAsync(scene.PathOf(material), altered, Token);

            MaterialIntegrityException refused = await scene.ReadRefusedAsync(material, content);

            Assert.AreEqual(MaterialDamage.Altered, refused.Damage);
        }

        await File.WriteAllBytesAsync(scene.PathOf(material), file, Token);
        Assert.AreSequenceEqual(content, await scene.ReadAsync(material));
    }

    [TestMethod]
    public async Task Read_ChunksLeftOutMovedDoubledOrOfAnotherFile_AreRefused()
    {
        using MaterialScene scene = new();
        byte[] content = MaterialScene.Pdf((4 * Chunk) + 100);
        StoredMaterial material = await scene.KeepAsync(content);
        byte[] file = await File.ReadAllBytesAsync(scene.PathOf(material), Token);
        StoredMaterial sibling = await scene.KeepAsync(MaterialScene.Pdf((4 * Chunk) + 100, seed: 1));
        byte[] other = await File.ReadAllBytesAsync(scene.PathOf(sibling), Token);
        byte[] Of(params int[] chunks) => [.. file[..16], .. chunks.SelectMany(number => ChunkOf(file, number))];
        foreach ((string what, byte[] altered) in new (string, byte[])[]
        {
            ("cut by a byte", file[..^1]),
            ("cut at a chunk", Of(0, 1, 2, 3)),
            ("cut to the header", file[..16]),
            ("empty", []),
            ("lengthened", [.. file, 0]),
            ("lengthened by its last chunk", Of(0, 1, 2, 3, 4, 4)),
            ("a chunk left out", Of(0, 2, 3, 4)),
            ("two chunks moved", Of(0, 2, 1, 3, 4)),
            ("a chunk doubled", Of(0, 1, 1, 3, 4)),
            ("another file", other),
            ("a chunk of another file", [.. Of(0, 1, 2), .. ChunkOf(other, 3), .. ChunkOf(file, 4)]),
            ("the end of another file", [.. Of(0, 1, 2, 3), .. ChunkOf(other, 4)]),
        })
        {
            await File.WriteAllBytesAsync(scene.PathOf(material), altered, Token);

            MaterialIntegrityException refused = await scene.ReadRefusedAsync(material, content);

            Assert.AreEqual(MaterialDamage.Altered, refused.Damage, what);
        }

        File.Delete(scene.PathOf(material));
        Assert.AreEqual(MaterialDamage.Missing, (await scene.ReadRefusedAsync(material, content)).Damage);
    }

    [TestMethod]
    [DataRow("id = '00000000000000000000000000000000'")]
    [DataRow("sanction = zeroblob(32)")]
    [DataRow("subject = 'x-test:b'")]
    [DataRow("organisation = zeroblob(32)")]
    [DataRow("uploaded_by = 'other'")]
    [DataRow("kind = 9")]
    [DataRow("media_type = 'image/png'")]
    [DataRow("bytes = 101")]
    [DataRow("bytes = 9223372036854775807")]
    [DataRow("sha256 = zeroblob(32)")]
    [DataRow("salt = zeroblob(32)")]
    [DataRow("uploaded_at = uploaded_at + 1")]
    [DataRow("wrapped_key = zeroblob(60)")]
    [DataRow("wrapped_key = zeroblob(59)")]
    [DataRow("wrapped_key = zeroblob(0)")]
    public async Task Read_AnyColumnAltered_IsRefused(string change)
    {
        using MaterialScene scene = new();
        await scene.KeepAsync(MaterialScene.Pdf(100));
        using (StoreFile file = scene.OpenFile())
        {
            Assert.AreEqual(1, file.Execute("UPDATE repair_material SET " + change));
        }

        using Store store = scene.Test.Workspace.OpenStore(StoreAccess.Read);
        StoredMaterial altered = store.Materials.ReadAfter(0, 1).Single();

        Assert.AreEqual(MaterialDamage.Altered, Assert.ThrowsExactly<MaterialIntegrityException>(() => scene.Materials.OpenRead(altered)).Damage);
        Assert.ThrowsExactly<MaterialIntegrityException>(() => scene.Materials.RequireGenuine(altered));
    }

    [TestMethod]
    public async Task Read_UnderAnotherKeyOfTheWorkspace_IsRefused()
    {
        using MaterialScene scene = new();
        using MaterialScene other = new();
        StoredMaterial material = await scene.KeepAsync(MaterialScene.Pdf(100));

        Assert.ThrowsExactly<MaterialIntegrityException>(() => other.Materials.OpenRead(material));
        scene.Materials.RequireGenuine(material);
    }

    // The whole at once, by docs/spec/materials.md and without the product's code.
    private static byte[] Decrypt(byte[] file, StoredMaterial material, byte[] key)
    {
        string text = $$"""
            {"bytes":{{material.Length}},"format":"ledgercredit-material/1","id":"{{material.Id}}","kind":{{material.Kind}},"mediaType":"{{material.MediaType}}","organisation":"{{material.Organisation}}","salt":"{{material.Salt}}","sanction":"{{material.Sanction}}","sha256":"{{material.FileHash}}","subject":"{{material.Subject}}","uploadedAt":{{material.UploadedAt}},"uploadedBy":"{{material.UploadedBy}}"}
            """;
        byte[] fileKey = new byte[32];
        using (AesGcm wrapping = new(key, 16))
        {
            wrapping.Decrypt(material.WrappedKey.AsSpan(0, 12), material.WrappedKey.AsSpan(12, 32), material.WrappedKey.AsSpan(44, 16), fileKey, Encoding.UTF8.GetBytes(text));
        }

        Assert.AreSequenceEqual("LedgerCreditMat1"u8.ToArray(), file[..16]);
        using AesGcm cipher = new(fileKey, 16);
        List<byte> plain = [];
        int chunks = ((file.Length - 16) + Chunk + 15) / (Chunk + 16);
        for (int number = 0; number < chunks; number++)
        {
            byte[] chunk = ChunkOf(file, number);
            byte[] nonce = new byte[12];
            BinaryPrimitives.WriteInt32BigEndian(nonce.AsSpan(7), number);
            nonce[11] = number == chunks - 1 ? (byte)1 : (byte)0;
            byte[] decrypted = new byte[chunk.Length - 16];
            cipher.Decrypt(nonce, chunk.AsSpan(0, decrypted.Length), chunk.AsSpan(decrypted.Length), decrypted, file.AsSpan(0, 16));
            plain.AddRange(decrypted);
        }

        return [.. plain];
    }

    private static byte[] ChunkOf(byte[] file, int number)
    {
        int begin = 16 + (number * (Chunk + 16));
        return file[begin..Math.Min(begin + Chunk + 16, file.Length)];
    }
}
