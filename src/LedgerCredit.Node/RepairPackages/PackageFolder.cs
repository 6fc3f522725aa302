using LedgerCredit.Ethereum;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Repair.Packages;

namespace LedgerCredit.Node.RepairPackages;

/// <summary>The packages that the applicants of a workspace keep, with the evidence files of their sanctions.</summary>
/// <remarks>
/// <code>
/// repair/lock                                       held while a command works on packages
/// repair/&lt;leaf hash&gt;/evidence.json                 the sanction's evidence file
/// repair/&lt;leaf hash&gt;/pending-&lt;sender&gt;-&lt;hash&gt;.repair.zip   materials that may be on the ledger, or come there, or not;
///                                                  of the sender zero, materials that a reorganisation took off the ledger
/// repair/&lt;leaf hash&gt;/pending-&lt;sender&gt;-&lt;hash&gt;.transaction   the signed transaction that submits them, where a node is to send it
/// repair/&lt;leaf hash&gt;/case-&lt;id&gt;.repair.zip          the materials of a case
/// </code>
/// <para>
/// The salts of materials are in packages alone, and without its salt nobody can ever show what a digest on the ledger stands
/// for. So a package is whole and durable before its digests are sent, and it is removed only where another holds its materials
/// too, or where they can never come on the ledger.
/// </para>
/// </remarks>
public sealed class PackageFolder : IDisposable
{
    private const string EvidenceName = "evidence.json";

    private readonly string _root;
    private readonly FileStream _lock;

    private PackageFolder(string root, FileStream held)
    {
        _root = root;
        _lock = held;
    }

    /// <summary>Opens the folder, for one command at a time.</summary>
    /// <exception cref="PackagesInUseException">Another command holds it.</exception>
    /// <exception cref="IOException">The disk is full, or the like.</exception>
    public static PackageFolder Open(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        string root = workspace.RepairFolder;
        DurableFile.CreateFolder(root);

        // A crash behind this line leaves an empty file that nobody holds.
        return LockFile.TryOpen(Path.Combine(root, "lock")) is FileStream held
            ? new PackageFolder(root, held)
            : throw new PackagesInUseException($"Another command is working on the repair packages in '{root}'. Run this one again when it has ended.");
    }

    /// <summary>The package of a case, or null where this workspace has none.</summary>
    /// <exception cref="WorkspaceException">The file is no package.</exception>
    public KeptPackage? FindCase(Bytes32 sanction, ulong caseId)
    {
        string path = Path.Combine(FolderOf(sanction), KeptPackage.NameOf(caseId));
        return File.Exists(path) ? Read(path, caseId, null) : null;
    }

    /// <summary>The packages of a sanction that are not known to be on the ledger.</summary>
    /// <exception cref="WorkspaceException">A file is no package.</exception>
    public IReadOnlyList<KeptPackage> FindPending(Bytes32 sanction) =>
    [
        .. FilesOf(FolderOf(sanction))
            .Select(path => KeptPackage.TryParsePending(Path.GetFileName(path), out Address sender) ? Read(path, null, sender) : null)
            .OfType<KeptPackage>(),
    ];

    /// <summary>The packages of all cases, in the order of their names.</summary>
    /// <exception cref="WorkspaceException">A file is no package.</exception>
    public IReadOnlyList<KeptPackage> ReadCases() =>
    [
        .. Sanctions().SelectMany(sanction => FilesOf(FolderOf(sanction)))
            .Select(path => KeptPackage.TryParseCase(Path.GetFileName(path), out ulong caseId) ? Read(path, caseId, null) : null)
            .OfType<KeptPackage>(),
    ];

    /// <summary>Keeps a package durably before its materials are sent.</summary>
    /// <param name="sender">The account that is to submit them.</param>
    /// <param name="manifest">What it holds.</param>
    /// <param name="contentOf">The content of a material by its place, from 0.</param>
    public KeptPackage Keep(Address sender, PackageManifest manifest, Func<int, ReadOnlyMemory<byte>> contentOf)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        string folder = FolderOf(manifest.Sanction);
        DurableFile.CreateFolder(folder);
        string path = Path.Combine(folder, KeptPackage.NameOf(sender, manifest.MaterialsHash));
        DurableFile.Replace(path, stream => PackageWriter.Write(stream, manifest, contentOf));
        return new KeptPackage(path, manifest, null, sender);
    }

    /// <summary>Keeps the signed transaction of a pending package durably before it is given to somebody who is to send it.</summary>
    /// <remarks>
    /// Whoever has a transaction can send it at any time. Kept, it is what the next run sends again, and the ledger takes it once; made anew, the
    /// materials might come on the ledger twice.
    /// </remarks>
    public static void KeepTransaction(KeptPackage pending, ReadOnlySpan<byte> raw)
    {
        ArgumentNullException.ThrowIfNull(pending);
        DurableFile.Replace(TransactionOf(pending), raw);
    }

    /// <summary>The signed transaction of a pending package, or null where none was made or this workspace sent it itself.</summary>
    public static byte[]? FindTransaction(KeptPackage pending)
    {
        ArgumentNullException.ThrowIfNull(pending);
        string path = TransactionOf(pending);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    /// <summary>Removes a package whose materials can never come on the ledger.</summary>
    /// <exception cref="ArgumentException">It is that of a case.</exception>
    public static void Remove(KeptPackage pending)
    {
        ArgumentNullException.ThrowIfNull(pending);
        if (pending.CaseId is not null)
        {
            throw new ArgumentException("The package of a case is never removed.", nameof(pending));
        }

        File.Delete(pending.Path);

        // A crash before this line leaves a transaction whose package is gone; nobody reads it.
        File.Delete(TransactionOf(pending));
    }

    /// <summary>Gives the packages whose materials are on the ledger their final names.</summary>
    /// <remarks>
    /// A package belongs to a case whose first materials are exactly its own. It takes the place of one with fewer materials,
    /// which it holds too: a supplement's package has all materials before it. A reorganisation may take a supplement off the
    /// ledger, or a whole case: a package that has other materials than its case by now makes way too, and is kept as a pending
    /// one, because its transaction may come again. Doing it again changes nothing.
    /// </remarks>
    /// <param name="cases">The cases as of the newest block; of sanctions whose cases it does not know nothing is changed.</param>
    public void Settle(IRepairCases cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        foreach (Bytes32 sanction in Sanctions())
        {
            foreach (KeptPackage pending in FindPending(sanction))
            {
                IRepairCase? owner = cases.ReadOf(sanction).LastOrDefault(found => IsBeginning(pending.Manifest, found.Materials));
                if (owner is null)
                {
                    continue;
                }

                string final = Path.Combine(FolderOf(sanction), KeptPackage.NameOf(owner.CaseId));
                if (FindCase(sanction, owner.CaseId) is KeptPackage current)
                {
                    if (!IsBeginning(current.Manifest, owner.Materials))
                    {
                        // A crash behind this line leaves the case without a package, and the next call gives it the pending one.
                        File.Move(final, Path.Combine(FolderOf(sanction), KeptPackage.NameOf(default, current.Manifest.MaterialsHash)), overwrite: true);
                    }
                    else if (current.Manifest.Materials.Count >= pending.Manifest.Materials.Count)
                    {
                        continue;
                    }
                }

                // A crash before this line leaves the pending package, and the next call comes here again; one behind it a transaction
                // that nobody reads.
                File.Move(pending.Path, final, overwrite: true);
                File.Delete(TransactionOf(pending));
            }
        }
    }

    /// <summary>Whether a case of a sanction has a package with other materials than the ledger has, after a reorganisation.</summary>
    /// <param name="sanction">The sanction.</param>
    /// <param name="cases">The cases of the sanction.</param>
    public bool HasStale(Bytes32 sanction, IRepairCases cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        return FilesOf(FolderOf(sanction)).Any(path => KeptPackage.TryParseCase(Path.GetFileName(path), out ulong caseId)
            && (cases.ReadOf(sanction).FirstOrDefault(known => known.CaseId == caseId) is not IRepairCase found || !IsBeginning(Read(path, caseId, null).Manifest, found.Materials)));
    }

    /// <summary>Removes what an account gave up: packages that it was to submit before another one, which is on the ledger now.</summary>
    /// <remarks>
    /// A transaction that was still on its way had the nonce of the one that came on the ledger, or a lower one: it is there by
    /// now, or never will be. A package of which the ledger has a digest is kept all the same.
    /// </remarks>
    /// <param name="sanction">The sanction.</param>
    /// <param name="sender">The account, of which a later transaction is on the ledger.</param>
    /// <param name="cases">The cases of the sanction as of that transaction, read from the ledger here.</param>
    public void RemoveGivenUp(Bytes32 sanction, Address sender, IRepairCases cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        HashSet<Bytes32> onLedger = [.. cases.ReadOf(sanction)
            .SelectMany(found => found.Materials)
            .Select(material => material.Digest)];
        HashSet<Bytes32> inCases = [.. ReadCases().SelectMany(kept => kept.Manifest.Materials).Select(material => material.Digest)];
        foreach (KeptPackage pending in FindPending(sanction).Where(pending => pending.Sender == sender))
        {
            if (pending.Manifest.Materials.All(material => inCases.Contains(material.Digest) || !onLedger.Contains(material.Digest)))
            {
                Remove(pending);
            }
        }
    }

    /// <summary>Keeps the evidence file of a sanction, for later steps about it.</summary>
    public void KeepEvidence(Bytes32 sanction, ReadOnlySpan<byte> utf8)
    {
        DurableFile.CreateFolder(FolderOf(sanction));
        DurableFile.Replace(Path.Combine(FolderOf(sanction), EvidenceName), utf8);
    }

    /// <summary>The path of the evidence file of a sanction, or null where this workspace has none.</summary>
    public static string? FindEvidence(Workspace workspace, Bytes32 sanction)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        string path = Path.Combine(workspace.RepairFolder, NameOf(sanction), EvidenceName);
        return File.Exists(path) ? path : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private static string TransactionOf(KeptPackage pending) => pending.Path[..^KeptPackage.Suffix.Length] + ".transaction";

    private static bool IsBeginning(PackageManifest manifest, IReadOnlyList<LedgerMaterial> onLedger) =>
        manifest.Materials.Count <= onLedger.Count
        && manifest.Materials.Select(material => material.OnLedger).SequenceEqual(onLedger.Take(manifest.Materials.Count));

    private static KeptPackage Read(string path, ulong? caseId, Address? sender)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return PackageReader.TryOpen(file, out PackageReader? reader, out ParseProblem? problem)
            ? new KeptPackage(path, reader.Manifest, caseId, sender)
            : throw new WorkspaceException($"'{path}' is not a repair package any more: it was altered. Restore it from a backup. {problem}");
    }

    private IEnumerable<Bytes32> Sanctions()
    {
        foreach (string folder in Directory.EnumerateDirectories(_root).Order(StringComparer.Ordinal))
        {
            if (Bytes32.TryParseHex("0x" + Path.GetFileName(folder), out Bytes32 sanction))
            {
                yield return sanction;
            }
        }
    }

    private static IReadOnlyList<string> FilesOf(string folder) =>
        Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)] : [];

    private string FolderOf(Bytes32 sanction) => Path.Combine(_root, NameOf(sanction));

    private static string NameOf(Bytes32 sanction) => sanction.ToString()[2..];
}
