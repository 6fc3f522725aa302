using System.Text;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.RepairPackages;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Node.Tests.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Repair.Materials;
using LedgerCredit.Repair.Packages;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests.RepairPackages;

/// <summary>Packages against the real contracts: whatever stops a command, the salts of what is on the ledger are kept.</summary>
[TestClass]
[DoNotParallelize]
public sealed class MaterialSubmitterTests
{
    private const string Applicant = "enterprise.one";
    private const string Colleague = "enterprise.two";

    private static readonly RulePack Pack = RulePackCatalog.Shipped.Find("demo")!;

    private static RepairScene _scene = null!;

    private readonly TestWorkspace _workspace = TestWorkspace.Create();
    private Store _store = null!;
    private string _snapshot = "";
    private int _takes;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancelled => TestContext.CancellationToken;

    private LedgerIndexReader Index => new(_store);

    private static Bytes32 Sanction => _scene.Leaves[0];

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => _scene = await RepairScene.StartAsync(context.CancellationToken);

    [ClassCleanup]
    public static async Task StopAsync() => await _scene.DisposeAsync();

    [TestInitialize]
    public async Task BeginAsync()
    {
        _snapshot = await _scene.SnapshotAsync(Cancelled);
        _store = _scene.NewStore();
    }

    [TestCleanup]
    public async Task EndAsync()
    {
        await _scene.RevertAsync(_snapshot, CancellationToken.None);
        _workspace.Dispose();
    }

    [TestMethod]
    public async Task Submit_Undisturbed_LeavesThePackageOfTheCaseAlone()
    {
        SubmittedMaterials submitted = await OpenAsync(["a", "b"]);

        Assert.IsNotNull(submitted.Step);
        Assert.AreEqual(1UL, submitted.Package.CaseId);
        AssertComplete(1, "a", "b");
    }

    [TestMethod]
    [DataRow(StopPoint.BeforeSending, 2)]
    [DataRow(StopPoint.AfterMining, 1)]
    public async Task Open_StoppedAnywhere_IsCompletedByTheNextRun(StopPoint stop, int takes)
    {
        await Assert.ThrowsExactlyAsync<StoppedException>(() => OpenAsync(["a", "b"], stop));

        if (stop == StopPoint.AfterMining)
        {
            await RestartAsync();
            Assert.AreEqual(1UL, Index.FindCases(Sanction).Single());
        }
        else
        {
            await OpenAsync(["a", "b"]);
        }

        Assert.AreEqual(takes, _takes);
        AssertComplete(1, "a", "b");
    }

    [TestMethod]
    public async Task Open_TransactionStillOnItsWay_IsWaitedFor()
    {
        await _scene.Ledger.AnvilAsync("evm_setAutomine", [new Primitives.Json.JsonBoolean(false)], Cancelled);
        await Assert.ThrowsExactlyAsync<StoppedException>(() => OpenAsync(["a", "b"], StopPoint.AfterSending));
        Task restarted = RestartAsync();
        Assert.IsFalse(restarted.IsCompleted);

        await _scene.Ledger.AnvilAsync("evm_setAutomine", [new Primitives.Json.JsonBoolean(true)], Cancelled);
        await _scene.Ledger.MineAsync(Cancelled);
        await restarted;

        AssertComplete(1, "a", "b");
    }

    [TestMethod]
    public async Task Open_StoppedAndTriedWithOtherFiles_KeepsTheCaseThatCame()
    {
        await Assert.ThrowsExactlyAsync<StoppedException>(() => OpenAsync(["a", "b"], StopPoint.AfterMining));

        // Not settled before: the desk refuses the second application, and the first is found then.
        ContractRevertException refused = await Assert.ThrowsExactlyAsync<ContractRevertException>(() => OpenAsync(["a", "c"]));

        Assert.AreEqual("RepairDeskWrongStatus", refused.Error?.Name);
        AssertComplete(1, "a", "b");
    }

    [TestMethod]
    public async Task Open_SameFilesSentTwice_HaveTheSameSalts()
    {
        await Assert.ThrowsExactlyAsync<StoppedException>(() => OpenAsync(["a", "b"], StopPoint.BeforeSending));
        string first = Path.GetFileName(FilesOf(Sanction).Single());
        await Assert.ThrowsExactlyAsync<StoppedException>(() => OpenAsync(["a", "b"], StopPoint.BeforeSending));

        Assert.AreEqual(first, Path.GetFileName(FilesOf(Sanction).Single()));
    }

    [TestMethod]
    public async Task Open_GivenUpForOtherFiles_IsDroppedOnceTheOthersAreOnTheLedger()
    {
        await Assert.ThrowsExactlyAsync<StoppedException>(() => OpenAsync(["a", "b"], StopPoint.BeforeSending));

        await OpenAsync(["a", "c"]);

        AssertComplete(1, "a", "c");
    }

    [TestMethod]
    public async Task Open_GivenUpByAColleague_IsKept()
    {
        await Assert.ThrowsExactlyAsync<StoppedException>(() => OpenAsync(["a", "b"], StopPoint.BeforeSending, Colleague));

        await OpenAsync(["a", "c"]);

        // Nothing shows that the colleague's transaction can never come.
        Assert.HasCount(2, FilesOf(Sanction));
    }

    [TestMethod]
    public async Task Open_Refused_LeavesNothing()
    {
        await _scene.ActAsync(Applicant, _scene.Open(0, 1), Cancelled);

        ContractRevertException refused = await Assert.ThrowsExactlyAsync<ContractRevertException>(() => OpenAsync(["a", "b"]));

        Assert.AreEqual("RepairDeskWrongStatus", refused.Error?.Name);
        Assert.IsEmpty(FilesOf(Sanction));
    }

    [TestMethod]
    [DataRow(StopPoint.None, 1)]
    [DataRow(StopPoint.BeforeSending, 2)]
    [DataRow(StopPoint.AfterMining, 1)]
    public async Task Supplement_StoppedAnywhere_IsOnTheLedgerOnce(StopPoint stop, int takes)
    {
        SubmittedMaterials opened = await OpenAsync(["a", "b"]);
        _takes = 0;

        if (stop == StopPoint.None)
        {
            await SupplementAsync(opened.Package, ["c"], stop);
        }
        else
        {
            await Assert.ThrowsExactlyAsync<StoppedException>(() => SupplementAsync(opened.Package, ["c"], stop));
            await RestartAsync();
            using PackageFolder folder = PackageFolder.Open(_workspace.Workspace);
            KeptPackage kept = folder.FindCase(Sanction, 1)!;
            if (kept.Manifest.Materials.Count == 2)
            {
                folder.Dispose();
                await SupplementAsync(kept, ["c"], StopPoint.None);
            }
        }

        Assert.AreEqual(takes, _takes);
        AssertComplete(1, "a", "b", "c");
    }

    [TestMethod]
    public async Task Supplement_OvertakenByAColleague_KeepsItsSalts()
    {
        SubmittedMaterials opened = await OpenAsync(["a", "b"]);
        await _scene.ActAsync(Colleague, RepairDeskContract.EncodeSupplement(1, RepairScene.Materials([3], 9)), Cancelled);

        SupplementOvertakenException overtaken = await Assert.ThrowsExactlyAsync<SupplementOvertakenException>(
            () => SupplementAsync(opened.Package, ["c"], StopPoint.None));

        string pending = FilesOf(Sanction).Single(path => path.Contains("pending-", StringComparison.Ordinal));
        Assert.Contains(pending, overtaken.Message);
        Bytes32 last = Index.FindCase(1)!.Materials[^1].Digest;
        using PackageFolder folder = PackageFolder.Open(_workspace.Workspace);
        Assert.AreEqual(last, folder.FindPending(Sanction).Single().Manifest.Materials[^1].Digest);
    }

    [TestMethod]
    [DataRow("d")]
    [DataRow("d", "e")]
    public async Task Supplement_AfterAReorganisationRemovedOne_TakesThePlaceOfItsPackage(params string[] others)
    {
        SubmittedMaterials opened = await OpenAsync(["a", "b"]);
        string before = await _scene.SnapshotAsync(Cancelled);
        SubmittedMaterials removed = await SupplementAsync(opened.Package, ["c"], StopPoint.None);
        await _scene.RevertAsync(before, Cancelled);
        await _scene.Ledger.MineAsync(Cancelled);

        SubmittedMaterials submitted = await SupplementAsync(opened.Package, others, StopPoint.None);

        Assert.AreEqual(1UL, submitted.Package.CaseId);
        Assert.AreEqual(Index.FindCase(1)!.MaterialsHash, submitted.Package.Manifest.MaterialsHash);
        using PackageFolder folder = PackageFolder.Open(_workspace.Workspace);
        Assert.AreEqual(submitted.Package.Manifest.MaterialsHash, folder.FindCase(Sanction, 1)!.Manifest.MaterialsHash);

        // Its salts are kept all the same: somebody may send the transaction again.
        KeptPackage kept = folder.FindPending(Sanction).Single();
        Assert.AreEqual(removed.Package.Manifest.MaterialsHash, kept.Manifest.MaterialsHash);
        Assert.IsFalse(folder.HasStale(Sanction, Index));
    }

    [TestMethod]
    public async Task Open_AfterAReorganisationRemovedTheCase_TakesThePlaceOfItsPackage()
    {
        string before = await _scene.SnapshotAsync(Cancelled);
        await OpenAsync(["a", "b"]);
        await _scene.RevertAsync(before, Cancelled);
        await _scene.Ledger.MineAsync(Cancelled);
        await CatchUpAsync(Cancelled);
        using (PackageFolder folder = PackageFolder.Open(_workspace.Workspace))
        {
            Assert.IsTrue(folder.HasStale(Sanction, Index));
        }

        SubmittedMaterials submitted = await OpenAsync(["a"]);

        Assert.AreEqual(Index.FindCase(1)!.MaterialsHash, submitted.Package.Manifest.MaterialsHash);
    }

    [TestMethod]
    public async Task Settle_TwoCasesOfASanction_EachHasItsPackage()
    {
        await OpenAsync(["a", "b"]);
        await _scene.ActAsync(Applicant, RepairDeskContract.EncodeWithdraw(1), Cancelled);
        await OpenAsync(["a", "b"]);

        AssertComplete(1, "a", "b");
        AssertComplete(2, "a", "b");
        using PackageFolder folder = PackageFolder.Open(_workspace.Workspace);
        Assert.AreNotEqual(folder.FindCase(Sanction, 1)!.Manifest.MaterialsHash, folder.FindCase(Sanction, 2)!.Manifest.MaterialsHash);
    }

    [TestMethod]
    public async Task History_OtherSanctions_CountHoweverTheirCaseEnded()
    {
        await OpenAsync(["a", "b"]);
        await _scene.ActAsync(Applicant, RepairDeskContract.EncodeWithdraw(1), Cancelled);
        await Assert.ThrowsExactlyAsync<StoppedException>(() => OpenAsync(["pending"], StopPoint.BeforeSending, sanction: 2));

        using PackageFolder folder = PackageFolder.Open(_workspace.Workspace);
        PackageHistory others = PackageHistory.Read(folder, Index, _scene.Leaves[4]);
        Assert.AreEqual("1 (D06 a.pdf)", others.FindFile(Sha256.Hash(Pdf("a")))?.Place);
        Assert.AreEqual("1 (D06 a.pdf)", others.FindVoucher("V-a")?.Place);
        Assert.IsNull(others.FindFile(Sha256.Hash(Pdf("pending"))));
        Assert.IsNull(others.FindVoucher("V-pending"));
        PackageHistory own = PackageHistory.Read(folder, Index, Sanction);
        Assert.IsNull(own.FindFile(Sha256.Hash(Pdf("a"))));
        Assert.IsNull(own.FindVoucher("V-a"));
    }

    [TestMethod]
    public void Open_TwoCommandsAtOnce_OnlyOneHoldsTheFolder()
    {
        using (PackageFolder.Open(_workspace.Workspace))
        {
            Assert.Contains("Another command", Assert.ThrowsExactly<PackagesInUseException>(() => PackageFolder.Open(_workspace.Workspace)).Message);
        }

        PackageFolder.Open(_workspace.Workspace).Dispose();
    }

    private Task<SubmittedMaterials> OpenAsync(string[] files, StopPoint stop = StopPoint.None, string party = Applicant, int sanction = 0) => SubmitAsync(
        new MaterialSubmission(
            _scene.Leaves[sanction],
            Pack.Hash,
            _scene.AccountOf(party),
            [],
            [.. files.Select(MaterialOf)],
            added => RepairDeskContract.EncodeOpen(_scene.Sanctions[sanction], _scene.Entries[sanction], added)),
        stop,
        party);

    private Task<SubmittedMaterials> SupplementAsync(KeptPackage before, string[] files, StopPoint stop) => SubmitAsync(
        new MaterialSubmission(
            Sanction,
            Pack.Hash,
            _scene.AccountOf(Applicant),
            before.Manifest.Materials,
            [.. before.Manifest.Materials.Select(material => MaterialOf(Path.GetFileNameWithoutExtension(material.Name))), .. files.Select(MaterialOf)],
            added => RepairDeskContract.EncodeSupplement(before.CaseId!.Value, added)),
        stop,
        Applicant);

    private async Task<SubmittedMaterials> SubmitAsync(MaterialSubmission submission, StopPoint stop, string party)
    {
        using PackageFolder folder = PackageFolder.Open(_workspace.Workspace);
        return await SubmitterOf(folder, stop, party).SubmitAsync(submission, Cancelled);
    }

    // What the next command does first.
    private async Task RestartAsync()
    {
        using PackageFolder folder = PackageFolder.Open(_workspace.Workspace);
        await CatchUpAsync(Cancelled);
        await SubmitterOf(folder, StopPoint.None, Applicant).SettleAsync(Sanction, _scene.AccountOf(Applicant), Cancelled);
    }

    private MaterialSubmitter SubmitterOf(PackageFolder folder, StopPoint stop, string party)
    {
        int salts = 0;
        return new MaterialSubmitter(folder, new SceneLedger(this, party, stop), () => Sha256.Hash(Encoding.UTF8.GetBytes($"salt {Guid.NewGuid()} {salts++}")));
    }

    private async Task<RepairStepResult> TakeAsync(string party, ReadOnlyMemory<byte> callData, StopPoint stop, CancellationToken cancelled)
    {
        _takes++;
        if (stop == StopPoint.BeforeSending)
        {
            throw new StoppedException();
        }

        await _scene.Desk.TryCallAsync(_scene.AccountOf(party), callData, cancelled);
        Task<TransactionReceipt> sent = _scene.ActAsync(party, callData.ToArray(), cancelled);
        if (stop == StopPoint.AfterSending)
        {
            while (await _scene.Client.FetchTransactionCountAsync(_scene.AccountOf(party), BlockReference.Pending, cancelled)
                == await _scene.Client.FetchTransactionCountAsync(_scene.AccountOf(party), BlockReference.Latest, cancelled))
            {
                await Task.Delay(5, cancelled);
            }

            throw new StoppedException();
        }

        TransactionReceipt receipt = await sent;
        if (stop == StopPoint.AfterMining)
        {
            throw new StoppedException();
        }

        await CatchUpAsync(cancelled);
        return new RepairStepResult(receipt.TransactionHash, receipt.BlockNumber, receipt.GasUsed, []);
    }

    private async Task CatchUpAsync(CancellationToken cancelled) => await _scene.IndexerOf(_store).CatchUpAsync(cancelled);

    private static async Task WaitIdleAsync(Address sender, CancellationToken cancelled)
    {
        while (await _scene.Client.FetchTransactionCountAsync(sender, BlockReference.Pending, cancelled)
            > await _scene.Client.FetchTransactionCountAsync(sender, BlockReference.Latest, cancelled))
        {
            await Task.Delay(5, cancelled);
        }
    }

    // The case has a package that a reviewer can check, and nothing else is left of it.
    private void AssertComplete(ulong caseId, params string[] files)
    {
        IndexedCase indexed = Index.FindCase(caseId)!;
        using PackageFolder folder = PackageFolder.Open(_workspace.Workspace);
        KeptPackage kept = folder.FindCase(Sanction, caseId)!;
        using FileStream package = File.OpenRead(kept.Path);
        Assert.IsTrue(PackageCheck.TryRun(package, Sanction, Pack, indexed.Materials, out PackageReport? report, out ParseProblem? problem), problem?.ToString());
        Assert.IsTrue(report.IsValid);
        Assert.AreEqual(indexed.MaterialsHash, report.MaterialsHash);
        Assert.AreEqual(string.Join(' ', files.Select(file => file + ".pdf")), string.Join(' ', kept.Manifest.Materials.Select(material => material.Name)));
        Assert.IsEmpty(folder.FindPending(Sanction));
        Assert.IsTrue(FilesOf(Sanction).All(path => !path.EndsWith(".new", StringComparison.Ordinal)));
    }

    private string[] FilesOf(Bytes32 sanction)
    {
        string folder = Path.Combine(_workspace.Workspace.RepairFolder, sanction.ToString()[2..]);
        return Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
    }

    private static Material MaterialOf(string name) => new(
        MaterialChecks.PaymentKind, name + ".pdf", MaterialContent.Of(Pdf(name), Pack.Repair), new MaterialStatements(null, "1.00", "V-" + name));

    private static byte[] Pdf(string text)
    {
        string body = $"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n% {text}\n";
        return Encoding.ASCII.GetBytes($"{body}xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 2 /Root 1 0 R >>\nstartxref\n{body.Length}\n%%EOF\n");
    }

    /// <summary>Where a command is stopped.</summary>
    public enum StopPoint
    {
        None,
        BeforeSending,
        AfterSending,
        AfterMining,
    }

    private sealed class StoppedException : Exception;

    /// <summary>The scene's ledger, on which a party's command stops.</summary>
    private sealed class SceneLedger(MaterialSubmitterTests test, string party, StopPoint stop) : IMaterialLedger
    {
        public IRepairCases Cases => test.Index;

        public bool IsReadHere => true;

        public Task CatchUpAsync(Bytes32 sanction, CancellationToken cancellationToken) => test.CatchUpAsync(cancellationToken);

        public Task WaitIdleAsync(Bytes32 sanction, Address sender, CancellationToken cancellationToken) => MaterialSubmitterTests.WaitIdleAsync(sender, cancellationToken);

        public async Task<StepPlace> TakeAsync(PackedStep packed, CancellationToken cancellationToken) =>
            (await test.TakeAsync(party, packed.CallData, stop, cancellationToken)).Place;

        public bool IsRefusal(Exception failure) => failure is ContractRevertException;
    }
}
