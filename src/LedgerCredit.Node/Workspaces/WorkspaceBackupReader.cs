using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Workspaces;

/// <summary>Reads a backup from its first byte to its last and compares every byte with what it must be.</summary>
/// <remarks>
/// The manifest comes first. From it follow all bytes around the files, the size of the archive and the hash of each file; its own
/// hash stands at the end. Memory is bounded by the manifest's largest size, and nothing is written that is larger than the archive.
/// </remarks>
internal sealed class WorkspaceBackupReader
{
    internal const string ManifestName = "manifest.ndjson";
    internal const string SealName = "manifest.sha256";

    private const int BufferLength = 1 << 17;

    private readonly Stream _input;
    private readonly byte[] _seal;
    private readonly byte[] _buffer = new byte[BufferLength];

    private WorkspaceBackupReader(Stream input, WorkspaceBackupManifest manifest, byte[] seal)
    {
        _input = input;
        Manifest = manifest;
        _seal = seal;
    }

    internal WorkspaceBackupManifest Manifest { get; }

    /// <summary>The content of the last entry, which says the hash of the manifest as sha256sum writes it.</summary>
    internal static byte[] Seal(ReadOnlySpan<byte> manifest) =>
        Encoding.ASCII.GetBytes($"{Sha256.Hash(manifest).ToString()[2..]}  {ManifestName}\n");

    /// <summary>How large the archive of a manifest is.</summary>
    /// <remarks>128 bits: a hundred thousand sizes of which each is below 2^53 can be more than 64 bits hold.</remarks>
    internal static Int128 TotalLength(WorkspaceBackupManifest manifest, int manifestLength)
    {
        Int128 total = WorkspaceBackupFrame.Span(ManifestName, manifestLength)
            + WorkspaceBackupFrame.Span(SealName, Seal([]).Length)
            + WorkspaceBackupFrame.End.Length;
        foreach (WorkspaceBackupFile file in manifest.Files)
        {
            total += WorkspaceBackupFrame.Span(file.Name, file.Length);
        }

        return total;
    }

    /// <summary>Reads the manifest.</summary>
    /// <param name="input">A stream that knows its length, at its beginning.</param>
    /// <param name="reader">Reads the files, or null.</param>
    /// <param name="problem">Why the archive was refused, or null.</param>
    internal static bool TryOpen(Stream input, [NotNullWhen(true)] out WorkspaceBackupReader? reader, [NotNullWhen(false)] out ParseProblem? problem)
    {
        reader = null;
        byte[] header = new byte[WorkspaceBackupFrame.Block];
        if (!TryFill(input, header)
            || !TryReadOctal(header.AsSpan(WorkspaceBackupFrame.SizeOffset, WorkspaceBackupFrame.SizeDigits), out long length)
            || length > WorkspaceBackupManifest.MaxBytes
            || !header.AsSpan().SequenceEqual(WorkspaceBackupFrame.Begin(ManifestName, length)))
        {
            problem = new ParseProblem("not-a-backup", "", "Expected a backup, which begins with its manifest, found something else.");
            return false;
        }

        // A size that the archive does not have costs nothing.
        if (input.Length - header.Length < length)
        {
            problem = Truncated(ManifestName);
            return false;
        }

        byte[] bytes = new byte[length];
        byte[] padding = new byte[WorkspaceBackupFrame.Padding(length)];
        if (!TryFill(input, bytes) || !TryFill(input, padding))
        {
            problem = Truncated(ManifestName);
            return false;
        }

        if (padding.AsSpan().ContainsAnyExcept((byte)0))
        {
            problem = Altered(ManifestName);
            return false;
        }

        if (!WorkspaceBackupManifest.TryParse(bytes, out WorkspaceBackupManifest? manifest, out problem))
        {
            return false;
        }

        Int128 expected = TotalLength(manifest, bytes.Length);
        if (input.Length != expected)
        {
            problem = new ParseProblem("backup-size", "", $"Expected {expected} bytes, found {input.Length}: the archive was {(input.Length < expected ? "cut short" : "lengthened")}, or its manifest altered.");
            return false;
        }

        reader = new WorkspaceBackupReader(input, manifest, Seal(bytes));
        return true;
    }

    /// <summary>Reads the next file.</summary>
    /// <param name="file">The file, in the manifest's order.</param>
    /// <param name="output">Gets its content. Only when this returns without a problem is it the file's.</param>
    /// <param name="progress">Hears how many bytes were read; may be null.</param>
    /// <param name="cancellationToken">Stops between some bytes.</param>
    /// <returns>Why the archive is refused, or null.</returns>
    internal ParseProblem? Read(WorkspaceBackupFile file, Stream output, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (FindFrameProblem(file.Name, WorkspaceBackupFrame.Begin(file.Name, file.Length)) is ParseProblem problem)
        {
            return problem;
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long left = file.Length; left > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int read = _input.Read(_buffer, 0, (int)Math.Min(left, _buffer.Length));
            if (read == 0)
            {
                return Truncated(file.Name);
            }

            hash.AppendData(_buffer, 0, read);
            output.Write(_buffer, 0, read);
            left -= read;
            progress?.Report(read);
        }

        return Bytes32.FromBytes(hash.GetHashAndReset()) != file.Hash
            ? new ParseProblem("backup-hash", file.Name, "Expected the content that the manifest has the hash of, found another: the file or the manifest was damaged or altered.")
            : FindFrameProblem(file.Name, new byte[WorkspaceBackupFrame.Padding(file.Length)]);
    }

    /// <summary>Reads what stands behind the last file.</summary>
    /// <returns>Why the archive is refused, or null.</returns>
    internal ParseProblem? ReadEnd()
    {
        if (FindFrameProblem(SealName, WorkspaceBackupFrame.Begin(SealName, _seal.Length)) is ParseProblem problem)
        {
            return problem;
        }

        byte[] read = new byte[_seal.Length];
        if (!TryFill(_input, read) || !read.AsSpan().SequenceEqual(_seal))
        {
            return new ParseProblem("backup-hash", ManifestName, "Expected the manifest that the archive's end has the hash of, found another: it was damaged or altered.");
        }

        return FindFrameProblem(SealName, [.. new byte[WorkspaceBackupFrame.Padding(_seal.Length)], .. WorkspaceBackupFrame.End])
            ?? (_input.ReadByte() < 0 ? null : Altered(SealName));
    }

    private ParseProblem? FindFrameProblem(string name, byte[] expected)
    {
        byte[] read = new byte[expected.Length];
        return !TryFill(_input, read) ? Truncated(name) : read.AsSpan().SequenceEqual(expected) ? null : Altered(name);
    }

    private static bool TryReadOctal(ReadOnlySpan<byte> digits, out long number)
    {
        number = 0;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return false;
            }

            number = (number << 3) | (uint)(digit - '0');
        }

        return true;
    }

    private static bool TryFill(Stream input, byte[] buffer) =>
        input.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) == buffer.Length;

    private static ParseProblem Truncated(string name) =>
        new("backup-truncated", name, "Expected this file whole, found the end of the archive: it was cut short.");

    private static ParseProblem Altered(string name) =>
        new("backup-frame", name, "Expected this file next, stored as backups store files, found something else: the archive was damaged or altered.");
}
