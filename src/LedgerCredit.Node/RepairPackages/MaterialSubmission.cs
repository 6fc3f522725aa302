using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Repair.Packages;

namespace LedgerCredit.Node.RepairPackages;

/// <summary>Materials that are to be submitted, checked before.</summary>
/// <param name="Sanction">The leaf hash of the sanction.</param>
/// <param name="RulePack">The hash of its rule pack.</param>
/// <param name="Sender">The account that submits them.</param>
/// <param name="Before">What is on the ledger already, in its order; empty where a case is opened.</param>
/// <param name="Materials">All materials: those before, and behind them the new ones.</param>
/// <param name="Encode">The call that submits the new ones.</param>
public sealed record MaterialSubmission(
    Bytes32 Sanction,
    Bytes32 RulePack,
    Address Sender,
    IReadOnlyList<PackageMaterial> Before,
    IReadOnlyList<Material> Materials,
    Func<IReadOnlyList<RepairMaterial>, byte[]> Encode);

/// <summary>Materials that are on the ledger.</summary>
/// <param name="Package">The package of their case.</param>
/// <param name="Step">The step that submitted them; null where an earlier command had sent it.</param>
public sealed record SubmittedMaterials(KeptPackage Package, StepPlace? Step);

/// <summary>Submits materials so that their salts outlive any crash.</summary>
/// <param name="folder">The workspace's packages, held by this command.</param>
/// <param name="ledger">The ledger, on which the sender takes steps.</param>
/// <param name="newSalt">Makes 32 random bytes.</param>
public sealed class MaterialSubmitter(PackageFolder folder, IMaterialLedger ledger, Func<Bytes32> newSalt)
{
    /// <summary>Completes what earlier commands left, so that the packages of a sanction are as the ledger has its cases.</summary>
    /// <remarks>
    /// A command that was stopped may have sent a transaction that is still on its way. It is waited for: the desk takes a
    /// supplement as often as it is sent, so that one that came twice would be on the ledger twice.
    /// </remarks>
    /// <param name="sanction">The sanction.</param>
    /// <param name="sender">The account that is to submit materials.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    public async Task SettleAsync(Bytes32 sanction, Address sender, CancellationToken cancellationToken)
    {
        // What a reorganisation took off the ledger is on its way again, too.
        if (folder.FindPending(sanction).Any(pending => pending.Sender == sender) || folder.HasStale(sanction, ledger.Cases))
        {
            await ledger.WaitIdleAsync(sanction, sender, cancellationToken);
            await ledger.CatchUpAsync(sanction, cancellationToken);
        }

        folder.Settle(ledger.Cases);
    }

    /// <summary>Submits materials, after <see cref="SettleAsync"/>.</summary>
    /// <exception cref="ContractRevertException">The desk refuses them, as <see cref="IMaterialLedger.IsRefusal"/> knows it. Nothing was sent, and no package is left behind.</exception>
    /// <exception cref="SupplementOvertakenException">Others supplemented the case at the same time.</exception>
    public async Task<SubmittedMaterials> SubmitAsync(MaterialSubmission submission, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(submission);

        // 1. Choose the salts. An earlier run may have sent these very files, by an endpoint that has not passed them on: with its
        //    salts both transactions come to the same materials, whichever is mined.
        KeptPackage? earlier = folder.FindPending(submission.Sanction).FirstOrDefault(pending => IsSame(pending, submission));
        PackageManifest manifest = Describe(submission, earlier?.Manifest);

        // 2. Keep the package. A crash before this is done leaves what was there before and a '.new' that nobody reads; after it,
        //    a pending package that the next run takes up, or leaves alone if it has other files.
        KeptPackage pending = folder.Keep(submission.Sender, manifest, place => submission.Materials[place].Content.Bytes);

        // 3. Send. A crash from here on leaves the pending package beside materials that are on the ledger, or come there, or
        //    not: the next command that settles packages sees which.
        StepPlace? step = null;
        try
        {
            PackageMaterial[] added = [.. manifest.Materials.Skip(submission.Before.Count)];
            step = await ledger.TakeAsync(
                new PackedStep(pending, added, submission.Encode([.. added.Select(material => new RepairMaterial((byte)material.Kind, material.Digest))])),
                cancellationToken);
        }
        catch (Exception e) when (ledger.IsRefusal(e))
        {
            // 4. Refused: by rule, or because the transaction of an earlier run came first.
            await ledger.CatchUpAsync(submission.Sanction, cancellationToken);
            folder.Settle(ledger.Cases);
            if (FindSettled(manifest) is KeptPackage settled)
            {
                return new SubmittedMaterials(settled, null);
            }

            if (earlier is null && PackageFolder.FindTransaction(pending) is null)
            {
                // Its digests were never sent.
                PackageFolder.Remove(pending);
            }

            throw;
        }

        // 5. Give the package its final name, and drop what this account gave up before. A crash before or between these leaves
        //    files that the next run renames or drops.
        folder.Settle(ledger.Cases);
        KeptPackage package = FindSettled(manifest) ?? throw new SupplementOvertakenException(pending.Path);
        if (ledger.IsReadHere)
        {
            folder.RemoveGivenUp(submission.Sanction, submission.Sender, ledger.Cases);
        }

        return new SubmittedMaterials(package, step);
    }

    private static bool IsSame(KeptPackage pending, MaterialSubmission submission) =>
        pending.Sender == submission.Sender
        && pending.Manifest.RulePack == submission.RulePack
        && pending.Manifest.Materials.Select(material => (material.Kind, material.FileHash))
            .SequenceEqual(submission.Materials.Select(material => (material.Kind, material.Content.FileHash)))
        && pending.Manifest.Materials.Take(submission.Before.Count).Select(material => material.OnLedger)
            .SequenceEqual(submission.Before.Select(material => material.OnLedger));

    private PackageManifest Describe(MaterialSubmission submission, PackageManifest? earlier) => new(
        submission.Sanction,
        submission.RulePack,
        [
            .. submission.Before,
            .. submission.Materials.Skip(submission.Before.Count).Select((material, i) =>
                PackageMaterial.Of(material, earlier?.Materials[submission.Before.Count + i].Salt ?? newSalt())),
        ]);

    private KeptPackage? FindSettled(PackageManifest manifest) => ledger.Cases.ReadOf(manifest.Sanction)
        .Select(found => folder.FindCase(manifest.Sanction, found.CaseId))
        .OfType<KeptPackage>()
        .LastOrDefault(kept => kept.Manifest.MaterialsHash == manifest.MaterialsHash);
}
