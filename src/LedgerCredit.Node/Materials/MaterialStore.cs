using System.Collections.Concurrent;
using System.Security.Cryptography;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Materials;

/// <summary>The materials that applicants gave a workspace to keep: encrypted files, and in the store what they are and their keys. Thread-safe.</summary>
/// <remarks>
/// What is known of a file stands in the store and not in a header of the file, because lists, limits and erasure ask for it, in one
/// transaction with whatever else they ask; it is authenticated by the encryption of the file's key. A row is there only while a whole
/// file is: files become durable before their rows, and go after them.
/// </remarks>
/// <param name="workspace">The workspace.</param>
/// <param name="key">Its key of materials.</param>
/// <param name="limits">How much is kept.</param>
/// <param name="timeProvider">The clock.</param>
public sealed class MaterialStore(Workspace workspace, MaterialKey key, MaterialLimits limits, TimeProvider timeProvider)
{
    private const int IdBytes = 16;

    // A file that nobody wrote to for so long is not being taken any more.
    private static readonly TimeSpan LeftBehindAfter = TimeSpan.FromHours(1);

    private readonly MaterialFolder _folder = new(workspace);
    private readonly UploadSlots _slots = new(limits);

    // Ids whose files may be there before their rows.
    private readonly ConcurrentDictionary<string, bool> _underWay = new(StringComparer.Ordinal);

    /// <summary>How much is kept.</summary>
    public MaterialLimits Limits => limits;

    /// <summary>Keeps a file.</summary>
    /// <param name="upload">What it is; whoever calls has found out that the uploader acts for the subject.</param>
    /// <param name="content">The plain file; read as long as it is taken. What it throws passes through, and nothing is kept.</param>
    /// <param name="cancellationToken">Ends it; the material may be kept all the same.</param>
    /// <returns>Only when it says so is the file kept: then it survives power loss.</returns>
    /// <exception cref="IOException">The disk is full or failed, or <paramref name="content"/> ended too early.</exception>
    public async Task<MaterialOutcome> AddAsync(MaterialUpload upload, Stream content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(upload);
        ArgumentNullException.ThrowIfNull(content);
        using UploadSlots.Slot? slot = _slots.TryTake(upload.Organisation);
        if (slot is null)
        {
            return new MaterialOutcome(MaterialResult.TooManyAtOnce, null);
        }

        using (Store store = workspace.OpenStore(StoreAccess.Read))
        {
            // Before anything is read. Once more at the end, because others upload meanwhile.
            if (FindFull(store, upload, bytes: 1) is MaterialResult full)
            {
                return new MaterialOutcome(full, null);
            }
        }

        _folder.Ensure();
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        byte[] fileKey = RandomNumberGenerator.GetBytes(MaterialFormat.KeyBytes);
        _underWay.TryAdd(id, true);
        try
        {
            // 1. The file, under a name of its own. A crash leaves an unfinished or a whole file that no row names, and whose key
            //    nobody has: a sweep removes it.
            WrittenMaterial written = default;
            if (!await DurableFile.TryCreateNewAsync(_folder.PathOf(id), async file =>
            {
                written = await MaterialWriter.WriteAsync(content, file, fileKey, upload.Type, limits.MaxFileBytes, cancellationToken);
                return written.Result == MaterialResult.Added;
            }))
            {
                return new MaterialOutcome(written.Result, null);
            }

            // 2. The row. A crash behind its commit leaves a kept material of which nobody was told; sent again it is there already.
            MaterialOutcome outcome = Commit(upload, id, written, fileKey);
            if (outcome.Material?.Id != id)
            {
                _folder.TryRemove([MaterialFolder.NameOf(id)]);
            }

            return outcome;
        }
        finally
        {
            _underWay.TryRemove(id, out _);
            CryptographicOperations.ZeroMemory(fileKey);
        }
    }

    /// <summary>Opens a material to be read.</summary>
    /// <exception cref="MaterialIntegrityException">It is missing or was altered.</exception>
    public MaterialReader OpenRead(StoredMaterial material)
    {
        ArgumentNullException.ThrowIfNull(material);
        return MaterialReader.Open(_folder.PathOf(material.Id), material, key);
    }

    /// <summary>Finds out whether the store says of a material what it said when it was kept.</summary>
    /// <exception cref="MaterialIntegrityException">It does not.</exception>
    public void RequireGenuine(StoredMaterial material)
    {
        ArgumentNullException.ThrowIfNull(material);
        Span<byte> fileKey = stackalloc byte[MaterialFormat.KeyBytes];
        bool isGenuine = key.TryUnwrap(material, fileKey);
        CryptographicOperations.ZeroMemory(fileKey);
        if (!isGenuine)
        {
            throw MaterialReader.Altered(material, MaterialReader.RowWasAltered);
        }
    }

    /// <summary>Deletes a material for good: its key is overwritten, its file removed.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="mayDelete">Asked in the transaction that deletes, so that a case which is decided meanwhile counts.</param>
    /// <returns>Whether it was deleted; false also where there is none.</returns>
    public bool TryDelete(string id, Func<Store, StoredMaterial, bool> mayDelete)
    {
        ArgumentNullException.ThrowIfNull(mayDelete);
        using Store store = workspace.OpenStore(StoreAccess.Write);

        // 1. The row with the key. A crash before the commit leaves the material whole; nobody was told that it is gone.
        using (StoreTransaction transaction = store.BeginWrite())
        {
            if (store.Materials.Find(id) is not StoredMaterial material || !mayDelete(store, material))
            {
                return false;
            }

            store.Materials.Remove(id);
            transaction.Commit();
        }

        // 2. A crash from here on leaves a file that nobody can decrypt; a sweep removes it. So does one after a backup that is copying files now.
        _folder.TryRemove([MaterialFolder.NameOf(id)]);

        // 3. Until here the encrypted key may still stand in the write-ahead log. Where somebody reads the store now, a sweep empties it.
        store.TryTruncateWriteAheadLog();
        return true;
    }

    /// <summary>Removes what is kept no longer, and what crashes left.</summary>
    /// <param name="retention">How long materials are kept.</param>
    /// <param name="cancellationToken">Stops between materials.</param>
    /// <returns>The ids of the materials that were removed because their time was over.</returns>
    public IReadOnlyList<string> Sweep(MaterialRetention retention, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(retention);
        DateTimeOffset now = timeProvider.GetUtcNow();
        List<string> removed = [];
        foreach (string id in new MaterialExpiry(workspace, retention, now).Find(cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryDelete(id, (store, material) => new MaterialExpiry(workspace, retention, now).IsOver(store, material)))
            {
                removed.Add(id);
            }
        }

        using Store store = workspace.OpenStore(StoreAccess.Write);
        _folder.TryRemove(
        [
            .. _folder.ListOlderThan(now - LeftBehindAfter)
                .Where(file => !_underWay.ContainsKey(file.Id) && (!file.IsWhole || store.Materials.Find(file.Id) is null))
                .Select(file => file.Name),
        ]);
        store.TryTruncateWriteAheadLog();
        return removed;
    }

    private MaterialOutcome Commit(MaterialUpload upload, string id, WrittenMaterial written, ReadOnlySpan<byte> fileKey)
    {
        using Store store = workspace.OpenStore(StoreAccess.Write);
        using StoreTransaction transaction = store.BeginWrite();
        if (FindSame(store, upload, written.Hash) is StoredMaterial same)
        {
            if (_folder.Has(same.Id, MaterialFormat.FileLength(same.Length)))
            {
                return new MaterialOutcome(MaterialResult.AlreadyThere, same);
            }

            // Its file was lost. Nobody is told that something is kept which is not: this one takes its place, and its salt.
            store.Materials.Remove(same.Id);
            upload = upload with { Salt = same.Salt };
        }

        if (FindFull(store, upload, written.Length) is MaterialResult full)
        {
            return new MaterialOutcome(full, null);
        }

        StoredMaterial material = new(
            id,
            upload.Sanction,
            upload.Subject.ToString(),
            upload.Organisation,
            upload.UploadedBy,
            checked((byte)upload.Kind),
            MaterialTypes.MediaTypeOf(upload.Type),
            written.Length,
            written.Hash,
            upload.Salt ?? Bytes32.FromBytes(RandomNumberGenerator.GetBytes(Bytes32.Length)),
            (ulong)timeProvider.GetUtcNow().ToUnixTimeSeconds(),
            []);
        material = material with { WrappedKey = key.Wrap(material, fileKey) };
        store.Materials.Add(material);
        transaction.Commit();
        return new MaterialOutcome(MaterialResult.Added, material);
    }

    private static StoredMaterial? FindSame(Store store, MaterialUpload upload, Bytes32 hash) =>
        store.Materials.ReadBySanction(upload.Sanction).FirstOrDefault(material =>
            material.Organisation == upload.Organisation
            && material.Kind == upload.Kind
            && material.FileHash == hash
            && (upload.Salt is not Bytes32 salt || material.Salt == salt));

    private MaterialResult? FindFull(Store store, MaterialUpload upload, long bytes)
    {
        MaterialTotals sanction = store.Materials.CountBySanction(upload.Sanction, upload.Organisation);
        return sanction.Count >= limits.MaxPerSanction || sanction.Bytes + bytes > limits.MaxBytesPerSanction ? MaterialResult.SanctionIsFull
            : store.Materials.CountByOrganisation(upload.Organisation).Bytes + bytes > limits.MaxBytesPerOrganisation ? MaterialResult.OrganisationIsFull
            : null;
    }
}
