using LedgerCredit.Contracts;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Primitives;
using LedgerCredit.Storage;

namespace LedgerCredit.Node.Tests.LedgerIndex;

/// <summary>
/// Random walks: any party tries any step at any time, the ledger is reorganised, processes start anew, and after every step
/// the index is compared with the contracts' views.
/// </summary>
[TestClass]
public sealed class IndexWalkTests
{
    private const int Steps = 300;

    private static readonly string[] Names = ["admin", .. RepairScene.Parties.Select(party => party.Name)];

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task CatchUp_AfterEveryStepOfARandomWalk_EqualsTheContractsViews(int seed)
    {
        await using RepairScene scene = await RepairScene.StartAsync(Token);
        Random random = new(seed);
        Store followed = scene.NewStore();
        Store rare = scene.NewStore();
        Stack<string> snapshots = new();
        int taken = 0;
        HashSet<string> seen = [];
        for (int i = 0; i < Steps; i++)
        {
            switch (random.Next(24))
            {
                case 0:
                    await scene.PassAsync((ulong)random.Next(1, 1_500), Token);
                    break;
                case 1:
                    snapshots.Clear();
                    snapshots.Push(await scene.SnapshotAsync(Token));
                    break;
                case 2 when snapshots.Count > 0:
                    // All that happened since is gone; what follows stands in other blocks of the same numbers.
                    await scene.RevertAsync(snapshots.Pop(), Token);
                    await scene.PassAsync((ulong)random.Next(1, 50), Token);
                    break;
                case 3:
                    await scene.IndexerOf(rare).CatchUpAsync(Token);
                    break;
                default:
                    taken += await TryAnythingAsync(scene, random) ? 1 : 0;
                    break;
            }

            await IndexChecks.CheckAsync(scene, followed, Token);
            seen.UnionWith(new LedgerIndexReader(followed).ReadEventsAfter(null).Select(timed => timed.Event.GetType().Name));
        }

        TestContext.WriteLine($"Seed {seed}: {taken} steps were taken, {await scene.Desk.FetchCaseCountAsync(Token)} cases opened: {string.Join(' ', seen.Order())}.");
        Assert.IsGreaterThan(60, taken);
        Assert.IsGreaterThan(15, seen.Count);
        Store rebuilt = scene.NewStore();
        await scene.IndexerOf(rebuilt).CatchUpAsync(Token);
        await scene.IndexerOf(rare).CatchUpAsync(Token);
        Assert.AreEqual(IndexChecks.Dump(rebuilt), IndexChecks.Dump(followed));
        Assert.AreEqual(IndexChecks.Dump(rebuilt), IndexChecks.Dump(rare));
    }

    // Tries random steps until the contract lets one pass, a few times.
    private async Task<bool> TryAnythingAsync(RepairScene scene, Random random)
    {
        for (int attempt = 0; attempt < 12; attempt++)
        {
            string party = Names[random.Next(Names.Length)];
            if (await scene.TryActAsync(party, await AnyStepAsync(scene, random), Token))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<byte[]> AnyStepAsync(RepairScene scene, Random random)
    {
        ulong count = await scene.Desk.FetchCaseCountAsync(Token);
        int sanction = random.Next(3);
        ulong caseId = count == 0 ? 1 : (ulong)random.NextInt64((long)count) + 1;
        Bytes32 digest = Sha256.Hash([(byte)random.Next(2)]);
        Bytes32 objector = RepairScene.OrgOf(RepairScene.Parties[random.Next(RepairScene.Parties.Count)].Name);
        byte[] kinds = [.. Enumerable.Range(1, 4).Where(_ => random.Next(6) != 0).Select(kind => (byte)kind)];
        return random.Next(19) switch
        {
            0 or 1 => scene.Open(sanction, kinds),
            2 => RepairDeskContract.EncodeSupplement(caseId, RepairScene.Materials(kinds, (byte)random.Next(256))),
            3 => random.Next(10) == 0 ? RepairDeskContract.EncodeWithdraw(caseId) : RepairDeskContract.EncodeTrigger(caseId),
            4 => RepairDeskContract.EncodeAskSupplement(caseId, 6, digest),
            5 => RepairDeskContract.EncodeAccept(caseId),
            6 or 7 => RepairDeskContract.EncodeConfirm(caseId, random.Next(4) != 0, digest),
            8 => random.Next(10) == 0 ? RepairDeskContract.EncodeRefuse(caseId, digest) : RepairDeskContract.EncodeTrigger(caseId),
            9 => RepairDeskContract.EncodeRevoke(caseId, digest),
            10 => random.Next(12) == 0
                ? RepairDeskContract.EncodeAnnul(scene.Sanctions[sanction], scene.Entries[sanction], random.Next(2) == 0 ? 0 : caseId, digest)
                : RepairDeskContract.EncodeShield(scene.Sanctions[sanction], scene.Entries[sanction], digest),
            11 => RepairDeskContract.EncodeUnshield(scene.Sanctions[sanction], digest),
            12 or 13 => count == 0 ? scene.Open(sanction, kinds) : await scene.ApproveAsync(caseId, Token),
            14 => RepairDeskContract.EncodeObject(caseId, digest),
            15 => RepairDeskContract.EncodeResolve(caseId, objector, random.Next(4) == 0, digest),
            16 => RepairDeskContract.EncodeEscalate(caseId),
            17 => RepairDeskContract.EncodeEscalateObjection(caseId, objector),
            _ => random.Next(3) == 0 ? RepairDeskContract.EncodePause() : RepairDeskContract.EncodeResume(),
        };
    }
}
