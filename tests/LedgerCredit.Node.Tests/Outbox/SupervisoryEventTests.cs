using System.Text.Json;
using LedgerCredit.Contracts;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Outbox;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Tests.Outbox;

/// <summary>The messages for supervisors: CloudEvents with stable ids and nothing about a subject.</summary>
[TestClass]
public sealed class SupervisoryEventTests
{
    private const string Desk = "0x00000000000000000000000000000000000000a1";
    private const ulong Time = 1_780_000_000;

    private static readonly DeskOrigin Origin = new("test.ledgercredit", 31700, Address.FromBytes([.. new byte[19], 0xA1]));
    private static readonly EventPosition Position = new(77, Sha256.Hash("block"u8), Sha256.Hash("transaction"u8), 3);
    private static readonly Bytes32 Leaf = Sha256.Hash("leaf"u8);
    private static readonly Bytes32 Authority = ConsortiumContract.OrganisationId("test-authority");

    [TestMethod]
    public void Make_Repaired_IsTheDocumentedCloudEvent()
    {
        SupervisoryEvent made = SupervisoryEvent.Make(Origin, new CaseRepairedEvent(7, Leaf, default, Position), Time, Authority, "test-authority");

        Assert.AreEqual($"31700/{Desk}/case/7/repaired", made.Id);
        Assert.AreEqual(
            $$$"""
            {"specversion":"1.0","id":"31700/{{{Desk}}}/case/7/repaired","source":"ledgercredit://test.ledgercredit/31700/{{{Desk}}}","type":"org.ledgercredit.repair.repaired.v1","subject":"{{{Leaf}}}","time":"2026-05-28T20:26:40Z","datacontenttype":"application/json","data":{"leafHash":"{{{Leaf}}}","status":"repaired","caseId":7,"authority":{"slug":"test-authority","orgId":"{{{Authority}}}"},"block":{"number":77,"hash":"{{{Position.BlockHash}}}"},"transaction":"{{{Position.TransactionHash}}}"}}
            """,
            System.Text.Encoding.UTF8.GetString(made.Body));
    }

    [TestMethod]
    public void Make_AnyEvent_HasAnIdOfItsOwnAndAUriAsSource()
    {
        RepairDeskEvent[] told =
        [
            new CaseRepairedEvent(7, Leaf, default, Position),
            new CaseRepairedEvent(8, Leaf, default, Position),
            new CaseRevokedEvent(7, Leaf, default, default, default, Position),
            new SanctionAnnulledEvent(Leaf, Authority, default, 0, default, Position),
            new SanctionAnnulledEvent(Sha256.Hash([2]), Authority, default, 9, default, Position),
        ];
        List<JsonElement> events = [];
        foreach (RepairDeskEvent happened in told)
        {
            Assert.IsTrue(SupervisoryEvent.IsTold(happened));
            SupervisoryEvent made = SupervisoryEvent.Make(Origin, happened, Time, Authority, authoritySlug: null);
            using JsonDocument document = JsonDocument.Parse(made.Body);
            Assert.AreEqual(made.Id, document.RootElement.GetProperty("id").GetString());
            events.Add(document.RootElement.Clone());
        }

        Assert.HasCount(told.Length, events.Select(e => e.GetProperty("id").GetString()).Distinct());
        Assert.AreSequenceEqual((string[])["repaired", "repaired", "revoked", "annulled", "annulled"], events.Select(e => e.GetProperty("data").GetProperty("status").GetString()));
        Assert.AreEqual(JsonValueKind.Null, events[3].GetProperty("data").GetProperty("caseId").ValueKind);
        Assert.AreEqual(9, events[4].GetProperty("data").GetProperty("caseId").GetInt32());
        Assert.AreEqual(JsonValueKind.Null, events[0].GetProperty("data").GetProperty("authority").GetProperty("slug").ValueKind);
        Assert.IsTrue(Uri.TryCreate(events[0].GetProperty("source").GetString(), UriKind.Absolute, out _));
    }

    [TestMethod]
    public void Make_EventThatNobodyIsToldOf_IsACallersMistake()
    {
        CaseWithdrawnEvent withdrawn = new(7, default, Position);

        Assert.IsFalse(SupervisoryEvent.IsTold(withdrawn));
        Assert.ThrowsExactly<ArgumentException>(() => SupervisoryEvent.Make(Origin, withdrawn, Time, Authority, "test-authority"));
    }

    [TestMethod]
    public void Make_TimeThatHasNoText_IsTheEndpointsFault()
    {
        CaseRepairedEvent repaired = new(7, Leaf, default, Position);

        Assert.ThrowsExactly<LedgerAnswerException>(() => SupervisoryEvent.Make(Origin, repaired, 253_402_300_800, Authority, "test-authority"));
        SupervisoryEvent.Make(Origin, repaired, 253_402_300_799, Authority, "test-authority");
    }
}
