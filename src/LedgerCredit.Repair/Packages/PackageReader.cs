using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Repair.Packages;

/// <summary>Reads a repair package from its first byte to its last, one file at a time.</summary>
/// <remarks>
/// docs/spec/repair-package.md section 1. Takes exactly what <see cref="PackageWriter"/> writes. Holds one file in memory, at
/// most <see cref="PackageManifest.MaxFileBytes"/>; the stream need not be seekable.
/// </remarks>
public sealed class PackageReader
{
    private const int ChecksumOffset = 14; // in a local header
    private const int ChecksumLength = 4;
    private const int LengthOffset = 18; // of the compressed size

    private readonly Stream _input;
    private readonly ZipFrame _frame;
    private int _next;

    private PackageReader(Stream input, ZipFrame frame, PackageManifest manifest)
    {
        _input = input;
        _frame = frame;
        Manifest = manifest;
    }

    /// <summary>What the package says it holds.</summary>
    public PackageManifest Manifest { get; }

    /// <summary>Reads the manifest.</summary>
    /// <param name="input">The package; read on by the reader, not closed.</param>
    /// <param name="reader">The reader of the files, or null.</param>
    /// <param name="problem">Why it is no package, or null.</param>
    public static bool TryOpen(
        Stream input, [NotNullWhen(true)] out PackageReader? reader, [NotNullWhen(false)] out ParseProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(input);

        ZipFrame frame = new();
        reader = null;
        if (!TryReadEntry(
                input, frame, PackageWriter.ManifestName, JsonLimits.Document.MaxBytes, out byte[]? text, out problem))
        {
            return false;
        }

        if (!PackageManifest.TryParse(text, out PackageManifest? manifest, out problem))
        {
            problem = problem with { Path = $"{PackageWriter.ManifestName} {problem.Path}".TrimEnd() };
            return false;
        }

        reader = new PackageReader(input, frame, manifest);
        return true;
    }

    /// <summary>Reads the next file; after the last one, the end of the package.</summary>
    /// <param name="content">
    /// The file's content, or null at the end. It has the size that the manifest says; whether it is the file that the manifest
    /// means is for the caller to compare.
    /// </param>
    /// <param name="problem">Why the package is refused from here on, or null.</param>
    /// <exception cref="InvalidOperationException">The end was read, or the package refused.</exception>
    public bool TryReadNext(out byte[]? content, [NotNullWhen(false)] out ParseProblem? problem)
    {
        if (_next > Manifest.Materials.Count)
        {
            throw new InvalidOperationException("The package has been read to its end.");
        }

        content = null;
        bool isRead = _next == Manifest.Materials.Count
            ? TryReadEnd(out problem)
            : TryReadEntry(
                _input, _frame, Manifest.FileName(_next), Manifest.Materials[_next].Length, out content, out problem);
        _next = isRead ? _next + 1 : int.MaxValue;
        return isRead;
    }

    private static bool TryReadEntry(
        Stream input,
        ZipFrame frame,
        string name,
        int most,
        [NotNullWhen(true)] out byte[]? content,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        content = null;
        byte[] header = new byte[ZipFrame.HeaderLength(name)];
        int filled = input.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (name == PackageWriter.ManifestName && !ZipFrame.MayBegin(header.AsSpan(0, filled)))
        {
            problem = new ParseProblem("package-kind", "", "Expected a repair package (a ZIP archive written by 'repair open'), found something else.");
            return false;
        }

        if (filled < header.Length)
        {
            problem = Truncated(name);
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(LengthOffset));
        if (length > most)
        {
            problem = new ParseProblem("package-size", name, $"Expected a file of at most {most} bytes, found a larger one.");
            return false;
        }

        byte[] read = new byte[length];
        if (!TryFill(input, read))
        {
            problem = Truncated(name);
            return false;
        }

        byte[] expected = frame.Begin(name, read);
        if (!header.AsSpan().SequenceEqual(expected))
        {
            expected.AsSpan(ChecksumOffset, ChecksumLength).CopyTo(header.AsSpan(ChecksumOffset));
            problem = header.AsSpan().SequenceEqual(expected)
                ? new ParseProblem("package-checksum", name, "Expected the content that the checksum in the package is of, found another: the package was altered or damaged.")
                : new ParseProblem("package-frame", name, "Expected this file next, stored as repair packages store files, found something else.");
            return false;
        }

        content = read;
        problem = null;
        return true;
    }

    private bool TryReadEnd([NotNullWhen(false)] out ParseProblem? problem)
    {
        byte[] expected = _frame.End();
        byte[] read = new byte[expected.Length];
        bool isRight = TryFill(_input, read) && read.AsSpan().SequenceEqual(expected) && _input.ReadByte() < 0;
        problem = isRight
            ? null
            : new ParseProblem("package-end", "", "Expected the directory of exactly these files at the end, found something else.");
        return isRight;
    }

    private static bool TryFill(Stream input, byte[] buffer) =>
        input.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) == buffer.Length;

    private static ParseProblem Truncated(string name) =>
        new("package-truncated", name, "Expected this file whole, found the end of the package.");
}
