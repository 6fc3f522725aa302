using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Materials;

namespace LedgerCredit.Repair.Packages;

/// <summary>What a package says it holds: all materials of a case in their order, with their salts.</summary>
/// <remarks>docs/spec/repair-package.md section 2.</remarks>
/// <param name="Sanction">The leaf hash of the sanction's log entry.</param>
/// <param name="RulePack">The hash of the rule pack.</param>
/// <param name="Materials">The materials, in the order in which they are on the ledger.</param>
public sealed record PackageManifest(Bytes32 Sanction, Bytes32 RulePack, IReadOnlyList<PackageMaterial> Materials)
{
    /// <summary>The member <c>format</c> of a manifest.</summary>
    public const string Format = "ledgercredit-repair-package/1";

    /// <summary>The longest text of a file's name or a reference.</summary>
    public const int MaxText = 200;

    /// <summary>The largest file of a package, whatever a rule pack says.</summary>
    public const int MaxFileBytes = 16 * 1024 * 1024;

    /// <summary>What an approval of exactly these materials names.</summary>
    public Bytes32 MaterialsHash => MaterialHash.OfAll(Sanction, Materials.Select(material => material.OnLedger));

    /// <summary>The name of a file inside the package, which follows from its place, kind and type.</summary>
    /// <param name="index">Its place among the materials, from 0.</param>
    public string FileName(int index)
    {
        PackageMaterial material = Materials[index];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"files/{index + 1:00}-{RuleMaterial.CodeOf(material.Kind)}.{material.Type.ToName()}");
    }

    /// <summary>The manifest in canonical form, which is the only one that readers take.</summary>
    public byte[] ToBytes() => CanonicalJson.Write(new JsonObject(
        new JsonMember("format", new JsonString(Format)),
        new JsonMember("sanction", new JsonString(Sanction.ToString())),
        new JsonMember("rulePack", new JsonString(RulePack.ToString())),
        new JsonMember("materialsHash", new JsonString(MaterialsHash.ToString())),
        new JsonMember("materials", new JsonArray([.. Materials.Select(ToJson)]))));

    /// <summary>Reads a manifest.</summary>
    /// <param name="utf8">Any bytes.</param>
    /// <param name="manifest">The manifest, or null.</param>
    /// <param name="problem">Why it was refused, or null.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8,
        [NotNullWhen(true)] out PackageManifest? manifest,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        manifest = null;
        if (!StrictJson.TryParse(utf8, JsonLimits.Document, out JsonValue? value, out problem))
        {
            return false;
        }

        JsonProblems problems = new();
        JsonCursor root = JsonCursor.Root(value, problems)
            .ObjectWith(["format", "sanction", "rulePack", "materialsHash", "materials"]);
        if (root.Member("format").Text() != Format)
        {
            root.Member("format").Refuse("bad-value", $"Expected '{Format}', found other text.");
        }

        IReadOnlyList<JsonCursor> items = root.Member("materials").Items(MaterialChecks.MaxMaterials);
        PackageManifest read = new(
            root.Member("sanction").Hex32(), root.Member("rulePack").Hex32(), [.. items.Select(ReadMaterial)]);
        Bytes32 materialsHash = root.Member("materialsHash").Hex32();
        if (problems.First is null)
        {
            RefuseDerived(root, items, read, materialsHash);
        }

        problem = problems.First;
        if (problem is null && !utf8.SequenceEqual(read.ToBytes()))
        {
            problem = new ParseProblem("not-canonical", "$", "Expected the canonical form (RFC 8785), found another.");
        }

        manifest = problem is null ? read : null;
        return problem is null;
    }

    // What follows from other members must be what follows from them.
    private static void RefuseDerived(
        JsonCursor root, IReadOnlyList<JsonCursor> items, PackageManifest read, Bytes32 materialsHash)
    {
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i].Member("file").Text() != read.FileName(i))
            {
                items[i].Member("file").Refuse("bad-value", $"Expected '{read.FileName(i)}', found other text.");
            }

            if (items[i].Member("digest").Hex32() != read.Materials[i].Digest)
            {
                items[i].Member("digest").Refuse("bad-value", "Expected the hash of salt and file hash, found another.");
            }
        }

        if (materialsHash != read.MaterialsHash)
        {
            root.Member("materialsHash").Refuse("bad-value", "Expected the hash of all materials, found another.");
        }
    }

    private JsonObject ToJson(PackageMaterial material, int index)
    {
        List<JsonMember> members =
        [
            new("material", new JsonString(RuleMaterial.CodeOf(material.Kind))),
            new("file", new JsonString(FileName(index))),
            new("name", new JsonString(material.Name)),
            new("type", new JsonString(material.Type.ToName())),
            new("bytes", new JsonNumber(material.Length)),
            new("sha256", new JsonString(material.FileHash.ToString())),
            new("salt", new JsonString(material.Salt.ToString())),
            new("digest", new JsonString(material.Digest.ToString())),
        ];
        AddText(members, "issuedOn", material.Statements.IssuedOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        AddText(members, "amountYuan", material.Statements.AmountYuan);
        AddText(members, "reference", material.Statements.Reference);
        return new JsonObject(members);
    }

    private static void AddText(List<JsonMember> members, string name, string? text)
    {
        if (text is not null)
        {
            members.Add(new JsonMember(name, new JsonString(text)));
        }
    }

    private static PackageMaterial ReadMaterial(JsonCursor cursor)
    {
        cursor.ObjectWith(
            ["material", "file", "name", "type", "bytes", "sha256", "salt", "digest"],
            ["issuedOn", "amountYuan", "reference"]);
        if (!RuleMaterial.TryParseCode(cursor.Member("material").Text(), out int kind))
        {
            cursor.Member("material").Refuse("bad-value", "Expected D01 to D63, found other text.");
        }

        ContentType type = ContentTypes.Find(cursor.Member("type").Text());
        if (type == ContentType.Unknown)
        {
            cursor.Member("type").Refuse("bad-value", "Expected pdf, jpeg or png, found other text.");
        }

        ulong length = cursor.Member("bytes").SafeInteger();
        if (length is 0 or > MaxFileBytes)
        {
            cursor.Member("bytes").Refuse("bad-value", $"Expected 1 to {MaxFileBytes}, found another number.");
            length = 0;
        }

        return new PackageMaterial(
            kind,
            ReadText(cursor.Member("name")),
            type,
            (int)length,
            cursor.Member("sha256").Hex32(),
            cursor.Member("salt").Hex32(),
            ReadStatements(cursor));
    }

    private static MaterialStatements ReadStatements(JsonCursor cursor)
    {
        DateOnly? issuedOn = null;
        if (cursor.TryMember("issuedOn", out JsonCursor date))
        {
            if (DateOnly.TryParseExact(date.Text(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day))
            {
                issuedOn = day;
            }
            else
            {
                date.Refuse("bad-value", "Expected a date as YYYY-MM-DD, found other text.");
            }
        }

        string? amount = null;
        if (cursor.TryMember("amountYuan", out JsonCursor yuan))
        {
            amount = yuan.Text();
            if (!Amount.TryParse(amount, out _))
            {
                yuan.Refuse("bad-value", "Expected an amount of money, found other text.");
            }
        }

        return new MaterialStatements(
            issuedOn, amount, cursor.TryMember("reference", out JsonCursor reference) ? ReadText(reference) : null);
    }

    private static string ReadText(JsonCursor cursor)
    {
        string text = cursor.Text();
        if (!MaterialChecks.IsShortText(text))
        {
            cursor.Refuse("bad-value", $"Expected 1 to {MaxText} characters without control characters, found other text.");
        }

        return text;
    }
}
