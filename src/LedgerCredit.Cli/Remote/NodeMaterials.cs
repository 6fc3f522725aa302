using System.Security.Cryptography;
using LedgerCredit.Client;
using LedgerCredit.Client.Models;
using LedgerCredit.Evidence;
using LedgerCredit.Node.Materials;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Repair.Packages;

namespace LedgerCredit.Cli.Remote;

/// <summary>Gives files of repair cases to a node, which keeps them encrypted (docs/spec/materials.md).</summary>
internal static class NodeMaterials
{
    // The longest signature of a type is shorter.
    private const int SignatureBytes = 16;

    /// <summary>Uploads all files of a package with their salts. Those that the node has already are there once.</summary>
    /// <returns>What the node keeps, in the order of the package.</returns>
    /// <exception cref="InputException">It is no whole package.</exception>
    /// <exception cref="NodeAnswerException">The node says that it keeps something else.</exception>
    public static async Task<IReadOnlyList<MaterialView>> UploadAsync(LedgerCreditClient client, string package, CommandOutput output, CancellationToken cancellationToken)
    {
        using FileStream file = InputFile.Open(package);
        if (!PackageReader.TryOpen(file, out PackageReader? reader, out ParseProblem? problem))
        {
            throw new InputException($"'{package}' is not a repair package. {problem}");
        }

        PackageManifest manifest = reader.Manifest;
        List<MaterialView> kept = [];
        using ProgressBar progress = ProgressBar.Start(output, "Uploading files", manifest.Materials.Count);
        foreach (PackageMaterial material in manifest.Materials)
        {
            if (!reader.TryReadNext(out byte[]? content, out problem) || content is null || Sha256.Hash(content) != material.FileHash)
            {
                throw new InputException($"'{package}' is not a whole repair package, or was altered. {problem}");
            }

            using MemoryStream stream = new(content, writable: false);
            kept.Add(await UploadAsync(client, manifest.Sanction, RuleMaterial.CodeOf(material.Kind), stream, (material.Type, material.FileHash), material.Salt, cancellationToken));
            progress.Report(kept.Count);
        }

        return kept;
    }

    /// <summary>Uploads files without a package: the node draws their salts.</summary>
    /// <returns>What the node keeps, in their order.</returns>
    /// <exception cref="InputException">A file is of no type that is taken; those before it are uploaded.</exception>
    /// <exception cref="NodeAnswerException">The node says that it keeps something else.</exception>
    public static async Task<IReadOnlyList<MaterialView>> UploadAsync(
        LedgerCreditClient client, Bytes32 sanction, IReadOnlyList<(int Kind, string Path)> files, CancellationToken cancellationToken)
    {
        List<MaterialView> kept = [];
        foreach ((int kind, string path) in files)
        {
            using FileStream file = InputFile.Open(path);
            (ContentType Type, Bytes32 Hash) content = await InspectAsync(file, cancellationToken);
            if (content.Type == ContentType.Unknown)
            {
                throw new InputException($"'{path}' is no file of {string.Join(", ", MaterialTypes.All)} by its first bytes.");
            }

            file.Position = 0;
            kept.Add(await UploadAsync(client, sanction, RuleMaterial.CodeOf(kind), file, content, salt: null, cancellationToken));
        }

        return kept;
    }

    private static async Task<MaterialView> UploadAsync(
        LedgerCreditClient client, Bytes32 sanction, string code, Stream stream, (ContentType Type, Bytes32 Hash) content, Bytes32? salt, CancellationToken cancellationToken)
    {
        MaterialView kept = await client.UploadMaterialAsync(sanction.ToString(), code, MaterialTypes.MediaTypeOf(content.Type), stream, salt?.ToString(), cancellationToken);
        return kept.Sha256 == content.Hash.ToString()
            && Bytes32.TryParseHex(kept.Salt, out Bytes32 keptSalt)
            && (salt ?? keptSalt) == keptSalt
            && kept.Digest == MaterialHash.Digest(keptSalt, content.Hash).ToString()
                ? kept
                : throw new NodeAnswerException($"The node says that it keeps another file than the {code} that it was given. Its materials of this sanction cannot be relied on: hand the package over.");
    }

    // Read twice, here and for the upload, and never whole in memory.
    private static async Task<(ContentType Type, Bytes32 Hash)> InspectAsync(FileStream file, CancellationToken cancellationToken)
    {
        byte[] head = new byte[SignatureBytes];
        int length = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        file.Position = 0;
        return (ContentInspection.TypeOf(head.AsSpan(0, length)), Bytes32.FromBytes(await SHA256.HashDataAsync(file, cancellationToken)));
    }
}
