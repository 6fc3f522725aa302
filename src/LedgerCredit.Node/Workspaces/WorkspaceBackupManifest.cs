using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Workspaces;

/// <summary>A file of a backup.</summary>
/// <param name="Name">Its path in the workspace, with '/'.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="Hash">SHA-256 of its content.</param>
public sealed record WorkspaceBackupFile(string Name, long Length, Bytes32 Hash);

/// <summary>What a backup says it holds.</summary>
/// <remarks>
/// One canonical JSON object a line (docs/backup.md): the format and the moment first, then each file. Lines rather than one
/// document, because a workspace may have a hundred thousand statements, and what a hostile line costs is bounded.
/// </remarks>
/// <param name="CreatedAt">Of which moment the store is, to the second.</param>
/// <param name="Files">The configuration first, the store last, the others between them in the order of their names.</param>
public sealed record WorkspaceBackupManifest(DateTimeOffset CreatedAt, IReadOnlyList<WorkspaceBackupFile> Files)
{
    /// <summary>The most files of a backup.</summary>
    public const int MaxFiles = 100_000;

    /// <summary>The largest manifest: its longest lines, and as many as there may be.</summary>
    public const int MaxBytes = MaxFiles * 360;

    private const string Format = "ledgercredit-backup/1";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const int MaxName = 240;
    private static readonly JsonLimits Line = new(1024, 2);

    /// <summary>Whether a backup may have a file of this name, below the folder that it is restored to.</summary>
    /// <remarks>
    /// Configuration, store, and what is below <c>keys</c>, <c>rulepacks</c>, <c>repair</c> and <c>materials</c>. No part of a name is empty, begins
    /// with a dot or has a character that a file system or a shell could read as something else; locks and unfinished files are none.
    /// </remarks>
    public static bool IsFileName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name is Workspace.ConfigName or Workspace.StoreName)
        {
            return true;
        }

        string[] segments = name.Split('/');
        bool isPlace = segments[0] switch
        {
            "keys" or "rulepacks" => segments.Length == 2 && name.EndsWith(".json", StringComparison.Ordinal),
            "repair" => segments.Length is 2 or 3,
            "materials" => segments.Length == 2 && name.EndsWith(".bin", StringComparison.Ordinal),
            _ => false,
        };
        return isPlace && name.Length <= MaxName && Array.TrueForAll(segments, IsSegment);
    }

    /// <summary>The manifest's only form.</summary>
    public byte[] ToBytes()
    {
        using MemoryStream lines = new();
        Add(new JsonObject(
            new JsonMember("format", new JsonString(Format)),
            new JsonMember("createdAt", new JsonString(UtcTime.Format(CreatedAt)))));
        foreach (WorkspaceBackupFile file in Files)
        {
            Add(new JsonObject(
                new JsonMember("name", new JsonString(file.Name)),
                new JsonMember("bytes", new JsonNumber(file.Length)),
                new JsonMember("sha256", new JsonString(file.Hash.ToString()))));
        }

        return lines.ToArray();

        void Add(JsonObject line)
        {
            lines.Write(CanonicalJson.Write(line));
            lines.WriteByte((byte)'\n');
        }
    }

    /// <summary>Reads a manifest.</summary>
    /// <param name="utf8">Any bytes, at most <see cref="MaxBytes"/>.</param>
    /// <param name="manifest">The manifest, or null.</param>
    /// <param name="problem">Why it was refused, or null.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8,
        [NotNullWhen(true)] out WorkspaceBackupManifest? manifest,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        manifest = null;
        List<WorkspaceBackupFile> files = [];
        DateTimeOffset? createdAt = null;
        ReadOnlySpan<byte> rest = utf8;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            if (end < 0 || files.Count == MaxFiles)
            {
                problem = Problem(files.Count, end < 0 ? "Expected a line that ends, found the end of the manifest." : $"Expected at most {MaxFiles} files, found more.");
                return false;
            }

            if (!StrictJson.TryParse(rest[..end], Line, out JsonValue? value, out problem))
            {
                problem = Problem(files.Count, problem.Message);
                return false;
            }

            JsonProblems problems = new();
            if (createdAt is null)
            {
                createdAt = ReadHead(JsonCursor.Root(value, problems));
            }
            else
            {
                files.Add(ReadFile(JsonCursor.Root(value, problems)));
            }

            if (problems.First is ParseProblem first)
            {
                problem = Problem(files.Count, first.ToString());
                return false;
            }

            rest = rest[(end + 1)..];
        }

        manifest = new WorkspaceBackupManifest(createdAt ?? default, files);
        problem = manifest.FindProblem(utf8);
        manifest = problem is null ? manifest : null;
        return problem is null;
    }

    // The order makes names unique, so that no file can take the place of another.
    private ParseProblem? FindProblem(ReadOnlySpan<byte> utf8)
    {
        if (Files.Count < 2 || Files[0].Name != Workspace.ConfigName || Files[^1].Name != Workspace.StoreName)
        {
            return Problem(0, $"Expected {Workspace.ConfigName} as the first file and {Workspace.StoreName} as the last, found others.");
        }

        for (int i = 1; i < Files.Count - 1; i++)
        {
            bool isAfter = i == 1 || string.CompareOrdinal(Files[i - 1].Name, Files[i].Name) < 0;
            if (!isAfter || !Files[i].Name.Contains('/', StringComparison.Ordinal))
            {
                return Problem(i + 1, "Expected the files of folders in the order of their names, each once, found something else.");
            }
        }

        return utf8.SequenceEqual(ToBytes()) ? null : Problem(0, "Expected lines in canonical form (RFC 8785), found another.");
    }

    private static DateTimeOffset ReadHead(JsonCursor head)
    {
        head.ObjectWith(["format", "createdAt"]);
        if (head.Member("format").Text() != Format)
        {
            head.Member("format").Refuse("bad-value", $"Expected '{Format}', found other text.");
        }

        if (!DateTimeOffset.TryParseExact(
            head.Member("createdAt").Text(),
            TimeFormat,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out DateTimeOffset createdAt))
        {
            head.Member("createdAt").Refuse("bad-value", "Expected a moment in UTC to the second, found other text.");
        }

        return createdAt;
    }

    private static WorkspaceBackupFile ReadFile(JsonCursor file)
    {
        file.ObjectWith(["name", "bytes", "sha256"]);
        string name = file.Member("name").Text();
        if (!IsFileName(name))
        {
            file.Member("name").Refuse("bad-value", "Expected the path of a file that a workspace has, found another.");
        }

        return new WorkspaceBackupFile(name, (long)file.Member("bytes").SafeInteger(), file.Member("sha256").Hex32());
    }

    private static bool IsSegment(string segment) =>
        segment.Length > 0
        && char.IsAsciiLetterOrDigit(segment[0])
        && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
        && segment != "lock"
        && !segment.EndsWith(DurableFile.Unfinished, StringComparison.Ordinal);

    private static ParseProblem Problem(int line, string message) =>
        new("backup-manifest", line == 0 ? "manifest" : string.Create(CultureInfo.InvariantCulture, $"manifest, line {line + 1}"), message);
}
