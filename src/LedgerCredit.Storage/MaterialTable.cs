using LedgerCredit.Primitives;
using Microsoft.Data.Sqlite;

namespace LedgerCredit.Storage;

/// <summary>A material of a repair whose encrypted file the workspace keeps (docs/spec/materials.md). Times in Unix seconds.</summary>
/// <param name="Id">The id: 32 random lower-case hex digits. The file is named by it.</param>
/// <param name="Sanction">Leaf hash of the sanction that it is for.</param>
/// <param name="Subject">The subject of the sanction, as its record names it.</param>
/// <param name="Organisation">The id of the organisation that uploaded it.</param>
/// <param name="UploadedBy">Who uploaded it, by the name of the access log.</param>
/// <param name="Kind">Its kind, 1 to 63.</param>
/// <param name="MediaType">What its content is, such as <c>application/pdf</c>.</param>
/// <param name="Length">The size of the plain file in bytes.</param>
/// <param name="FileHash">SHA-256 of the plain file.</param>
/// <param name="Salt">The salt of its digest on the ledger.</param>
/// <param name="UploadedAt">When.</param>
/// <param name="WrappedKey">The key of the file, encrypted under the workspace's; it authenticates all values before.</param>
public sealed record StoredMaterial(
    string Id,
    Bytes32 Sanction,
    string Subject,
    Bytes32 Organisation,
    string UploadedBy,
    byte Kind,
    string MediaType,
    long Length,
    Bytes32 FileHash,
    Bytes32 Salt,
    ulong UploadedAt,
    byte[] WrappedKey)
{
    /// <summary>Its number here, from 1, by which lists are ordered; nothing of the material itself. 0 before it is in the table.</summary>
    public long Number { get; init; }
}

/// <summary>How much of materials there is.</summary>
/// <param name="Count">How many.</param>
/// <param name="Bytes">The sizes of their plain files together.</param>
public readonly record struct MaterialTotals(long Count, long Bytes);

/// <summary>The materials of repairs that are kept here. A row that is removed is overwritten, and with it the key of its file.</summary>
public sealed class MaterialTable : IDisposable
{
    private const string Columns = """
        SELECT number, id, sanction, subject, organisation, uploaded_by, kind, media_type, bytes, sha256, salt, uploaded_at, wrapped_key FROM repair_material

        """;

    private readonly StoreCommands _commands;

    internal MaterialTable(SqliteConnection connection)
    {
        _commands = new StoreCommands(connection);
    }

    /// <summary>Adds a material.</summary>
    public void Add(StoredMaterial material)
    {
        ArgumentNullException.ThrowIfNull(material);
        _commands
            .With(
                """
                INSERT INTO repair_material (id, sanction, subject, organisation, uploaded_by, kind, media_type, bytes, sha256, salt, uploaded_at, wrapped_key)
                VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11)
                """,
                material.Id,
                material.Sanction.ToArray(),
                material.Subject,
                material.Organisation.ToArray(),
                material.UploadedBy,
                (long)material.Kind,
                material.MediaType,
                material.Length,
                material.FileHash.ToArray(),
                material.Salt.ToArray(),
                checked((long)material.UploadedAt),
                material.WrappedKey)
            .ExecuteNonQuery();
    }

    /// <summary>A material, or null where there is none of this id.</summary>
    public StoredMaterial? Find(string id) => ReadRows(_commands.With(Columns + "WHERE id = @0", id)) is [StoredMaterial material] ? material : null;

    /// <summary>The materials of a sanction, the oldest first.</summary>
    public IReadOnlyList<StoredMaterial> ReadBySanction(Bytes32 sanction) =>
        ReadRows(_commands.With(Columns + "WHERE sanction = @0 ORDER BY number", sanction.ToArray()));

    /// <summary>Materials in the order of their numbers.</summary>
    /// <param name="after">Only those behind this number; 0 to begin with.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<StoredMaterial> ReadAfter(long after, int limit) =>
        ReadRows(_commands.With(Columns + "WHERE number > @0 ORDER BY number LIMIT @1", after, (long)limit));

    /// <summary>What an organisation uploaded for a sanction.</summary>
    public MaterialTotals CountBySanction(Bytes32 sanction, Bytes32 organisation) => ReadTotals(_commands.With(
        "SELECT count(*), coalesce(sum(bytes), 0) FROM repair_material WHERE sanction = @0 AND organisation = @1", sanction.ToArray(), organisation.ToArray()));

    /// <summary>What an organisation uploaded in all.</summary>
    public MaterialTotals CountByOrganisation(Bytes32 organisation) => ReadTotals(_commands.With(
        "SELECT count(*), coalesce(sum(bytes), 0) FROM repair_material WHERE organisation = @0", organisation.ToArray()));

    /// <summary>Whether there is any.</summary>
    public bool Any() => (long)_commands.With("SELECT EXISTS (SELECT 1 FROM repair_material)").ExecuteScalar()! != 0;

    /// <summary>Removes a material.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(string id) => _commands.With("DELETE FROM repair_material WHERE id = @0", id).ExecuteNonQuery() > 0;

    /// <inheritdoc/>
    public void Dispose() => _commands.Dispose();

    private static MaterialTotals ReadTotals(SqliteCommand command)
    {
        using SqliteDataReader row = command.ExecuteReader();
        return row.Read() ? new MaterialTotals(StoreRow.Integer(row, 0), StoreRow.Integer(row, 1)) : default;
    }

    private static List<StoredMaterial> ReadRows(SqliteCommand command)
    {
        List<StoredMaterial> materials = [];
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            materials.Add(new StoredMaterial(
                StoreRow.Text(rows, 1),
                StoreRow.Hash(rows, 2),
                StoreRow.Text(rows, 3),
                StoreRow.Hash(rows, 4),
                StoreRow.Text(rows, 5),
                StoreRow.Byte(rows, 6),
                StoreRow.Text(rows, 7),
                (long)StoreRow.Size(rows, 8),
                StoreRow.Hash(rows, 9),
                StoreRow.Hash(rows, 10),
                StoreRow.Size(rows, 11),
                StoreRow.Blob(rows, 12))
            {
                Number = StoreRow.Integer(rows, 0),
            });
        }

        return materials;
    }
}
