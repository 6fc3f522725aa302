using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Repair.Materials;

namespace LedgerCredit.Node.RepairSteps;

/// <summary>A statement behind a digest on the ledger: a confirmation, reasons, grounds, findings, a notice, a ruling.</summary>
/// <param name="Digest"><c>SHA-256(salt || SHA-256(content))</c>: what is on the ledger.</param>
/// <param name="Salt">The salt.</param>
/// <param name="ContentHash">SHA-256 of the content.</param>
/// <param name="Text">The content, where it is a text; null for a file, which its owner keeps.</param>
public sealed record Statement(Bytes32 Digest, Bytes32 Salt, Bytes32 ContentHash, string? Text);

/// <summary>Keeps salts and texts of the statements that parties of this workspace made: <c>repair/statements/&lt;digest&gt;.json</c>.</summary>
/// <remarks>
/// A statement is kept durably before its digest is sent, because without the salt nobody can ever show what the digest
/// stands for. A crash before sending leaves a file that nothing refers to.
/// </remarks>
public sealed class StatementStore(Workspace workspace)
{
    /// <summary>The longest text, in UTF-16 code units; longer ones are given as files.</summary>
    public const int MaxText = 4000;

    private const string Format = "ledgercredit-statement/1";

    private string Folder => Path.Combine(workspace.RepairFolder, "statements");

    /// <summary>Keeps a text under a fresh salt.</summary>
    public Statement KeepText(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, MaxText);
        return Keep(Sha256.Hash(Encoding.UTF8.GetBytes(text)), text);
    }

    /// <summary>Keeps the hash of a file under a fresh salt; the file stays with its owner.</summary>
    /// <param name="contentHash">SHA-256 of the file.</param>
    public Statement KeepFile(Bytes32 contentHash) => Keep(contentHash, null);

    /// <summary>Finds what a digest stands for.</summary>
    /// <returns>Null where this workspace does not know it.</returns>
    /// <exception cref="WorkspaceException">The file was altered.</exception>
    public Statement? Find(Bytes32 digest)
    {
        string path = PathOf(digest);
        if (!File.Exists(path))
        {
            return null;
        }

        return TryParse(File.ReadAllBytes(path), out Statement? statement) && statement.Digest == digest
            ? statement
            : throw new WorkspaceException($"'{path}' does not hold the statement that its name says: it was altered. Restore it from a backup.");
    }

    private Statement Keep(Bytes32 contentHash, string? text)
    {
        Bytes32 salt = default;
        RandomNumberGenerator.Fill(salt);
        Statement statement = new(MaterialHash.Digest(salt, contentHash), salt, contentHash, text);
        DurableFile.CreateFolder(workspace.RepairFolder);
        DurableFile.CreateFolder(Folder);
        DurableFile.CreateNew(PathOf(statement.Digest), Write(statement));
        return statement;
    }

    private static byte[] Write(Statement statement)
    {
        List<JsonMember> members =
        [
            new("format", new JsonString(Format)),
            new("digest", new JsonString(statement.Digest.ToString())),
            new("salt", new JsonString(statement.Salt.ToString())),
            new("sha256", new JsonString(statement.ContentHash.ToString())),
        ];
        if (statement.Text is not null)
        {
            members.Add(new("text", new JsonString(statement.Text)));
        }

        return JsonText.WriteIndented(new JsonObject(members));
    }

    private static bool TryParse(byte[] utf8, [NotNullWhen(true)] out Statement? statement)
    {
        statement = null;
        if (!StrictJson.TryParse(utf8, JsonLimits.Document, out JsonValue? value, out _))
        {
            return false;
        }

        JsonProblems problems = new();
        JsonCursor root = JsonCursor.Root(value, problems).ObjectWith(["format", "digest", "salt", "sha256"], ["text"]);
        string format = root.Member("format").Text();
        Bytes32 digest = root.Member("digest").Hex32();
        Bytes32 salt = root.Member("salt").Hex32();
        Bytes32 contentHash = root.Member("sha256").Hex32();
        string? text = root.TryMember("text", out JsonCursor cursor) ? cursor.Text() : null;
        if (problems.First is not null
            || format != Format
            || digest != MaterialHash.Digest(salt, contentHash)
            || (text is not null && Sha256.Hash(Encoding.UTF8.GetBytes(text)) != contentHash))
        {
            return false;
        }

        statement = new Statement(digest, salt, contentHash, text);
        return true;
    }

    private string PathOf(Bytes32 digest) => Path.Combine(Folder, Hex.Encode(digest.AsSpan())[2..] + ".json");
}
