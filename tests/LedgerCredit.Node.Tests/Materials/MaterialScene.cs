using LedgerCredit.Evidence;
using LedgerCredit.Node.Materials;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Storage;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.Materials;

/// <summary>A workspace that keeps materials, and files to keep.</summary>
internal sealed class MaterialScene : IDisposable
{
    internal static readonly Bytes32 Sanction = Bytes32.FromUInt64(7);
    internal static readonly Bytes32 Organisation = Bytes32.FromUInt64(8);
    internal static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal MaterialScene(MaterialLimits? limits = null)
    {
        Test = TestWorkspace.Create(TestWorkspace.Authority);
        Key = MaterialKey.Ensure(Test.Workspace, Test.Keys);
        Materials = new MaterialStore(Test.Workspace, new MaterialKey(Key), limits ?? new MaterialLimits(), Clock);
    }

    internal TestWorkspace Test { get; }

    internal Bytes32 Key { get; }

    internal ManualTimeProvider Clock { get; } = new(Start);

    internal MaterialStore Materials { get; }

    internal string Folder => Test.Workspace.MaterialsFolder;

    internal IReadOnlyList<string> Files =>
        Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path)).Where(name => name != "lock").Order(StringComparer.Ordinal)] : [];

    internal string PathOf(StoredMaterial material) => Path.Combine(Folder, material.Id + ".bin");

    internal StoreFile OpenFile() => new(Test.Workspace.StorePath);

    /// <summary>The bytes of a PDF of a size, different for each seed.</summary>
    internal static byte[] Pdf(int length, int seed = 0)
    {
        byte[] content = new byte[length];
        new Random(seed).NextBytes(content);
        "%PDF-"u8[..Math.Min(5, length)].CopyTo(content);
        return content;
    }

    internal static MaterialUpload Upload(int kind = 6, Bytes32? salt = null) => new(
        Sanction,
        SubjectId.TryParse("x-test:a", out SubjectId? subject, out _) ? subject : throw new AssertFailedException("No subject."),
        Organisation,
        "org/0x00",
        kind,
        ContentType.Pdf,
        salt);

    internal async Task<MaterialOutcome> AddAsync(byte[] content, MaterialUpload? upload = null)
    {
        using MemoryStream stream = new(content);
        return await Materials.AddAsync(upload ?? Upload(), stream, CancellationToken.None);
    }

    internal async Task<StoredMaterial> KeepAsync(byte[] content, MaterialUpload? upload = null)
    {
        MaterialOutcome outcome = await AddAsync(content, upload);
        Assert.AreEqual(MaterialResult.Added, outcome.Result);
        return outcome.Material!;
    }

    /// <summary>Reads all of a material.</summary>
    internal async Task<byte[]> ReadAsync(StoredMaterial material)
    {
        using MemoryStream content = new();
        await ReadAsync(material, content);
        return content.ToArray();
    }

    internal static async Task CopyAsync(MaterialReader reader, Stream output)
    {
        ReadOnlyMemory<byte> chunk;
        while (!(chunk = await reader.ReadAsync(CancellationToken.None)).IsEmpty)
        {
            output.Write(chunk.Span);
        }
    }

    /// <summary>Reads a material that was altered: what is given out before it is refused has to be right.</summary>
    internal async Task<MaterialIntegrityException> ReadRefusedAsync(StoredMaterial material, byte[] content)
    {
        using MemoryStream given = new();
        MaterialIntegrityException refused = await Assert.ThrowsExactlyAsync<MaterialIntegrityException>(() => ReadAsync(material, given));
        Assert.IsLessThan(content.Length, given.Length);
        Assert.IsTrue(content.AsSpan().StartsWith(given.ToArray()));
        Assert.Contains(material.Id, refused.Message);
        return refused;
    }

    private async Task ReadAsync(StoredMaterial material, MemoryStream output)
    {
        using MaterialReader reader = Materials.OpenRead(material);
        await CopyAsync(reader, output);
    }

    internal StoredMaterial? Find(string id)
    {
        using Store store = Test.Workspace.OpenStore(StoreAccess.Read);
        return store.Materials.Find(id);
    }

    public void Dispose() => Test.Dispose();
}
