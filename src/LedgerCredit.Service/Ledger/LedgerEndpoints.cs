using System.Globalization;
using LedgerCredit.Client.Models;
using LedgerCredit.Ethereum;
using LedgerCredit.Log;
using LedgerCredit.Node.Anchoring;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using LedgerCredit.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LedgerCredit.Service.Ledger;

/// <summary>How the node's logs stand to the ledger. Public: sizes, hashes and addresses, as the log and the ledger themselves show them.</summary>
internal static class LedgerEndpoints
{
    private const int PageAnchors = 100;

    /// <summary>Adds the addresses.</summary>
    internal static void MapLedger(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder ledger = routes.MapGroup("/v1/ledger").AllowAnybody().WithTags("Ledger");
        ledger.MapGet("", GetAsync)
            .WithName("getLedger")
            .WithSummary("The ledger, its contracts, and how far each log is anchored");
        ledger.MapGet("/anchors/{issuer}", GetAnchorsAsync)
            .WithName("getAnchors")
            .WithSummary("The anchors of a log, by size")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<LedgerView>> GetAsync(NodeContext node, CancellationToken cancellationToken)
    {
        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        LedgerConfig ledger = node.Workspace.Config.Ledger;
        return TypedResults.Ok(new LedgerView(
            node.Workspace.Config.Network,
            checked((long)ledger.ChainId),
            ledger.Contracts is ContractAddresses contracts
                ? new ContractsView(contracts.Consortium.ToString(), contracts.EvidenceLog.ToString(), contracts.RulePacks.ToString(), contracts.RepairDesk.ToString())
                : null,
            lease.Store.LedgerPositions.FindLatest() is IndexPosition position ? checked((long)position.BlockNumber) : null,
            [.. lease.Store.Logs.ReadAll().Select(log => ToView(lease.Store, log))]));
    }

    private static async Task<Results<Ok<AnchorPage>, ProblemHttpResult>> GetAnchorsAsync(
        string issuer, string? cursor, NodeContext node, CancellationToken cancellationToken)
    {
        ulong after = 0;
        if (cursor is not null && !ulong.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            return Problem.Of(ProblemCode.InvalidCursor, "Expected the 'next' of the page before, or no cursor for the first page.");
        }

        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        if (lease.Store.Logs.Find(issuer) is not StoredLog log)
        {
            return Problem.Of(ProblemCode.NotFound, "There is no such log.");
        }

        IReadOnlyList<StoredAnchor> page = lease.Store.Anchors.ReadFinal(log.Number, after, PageAnchors + 1);
        bool isLast = page.Count <= PageAnchors;
        return TypedResults.Ok(new AnchorPage(
            [.. page.Take(PageAnchors).Select(anchor => ToView(lease.Store, log, anchor))],
            isLast ? null : page[PageAnchors - 1].TreeSize.ToString(CultureInfo.InvariantCulture)));
    }

    private static LogView ToView(Store store, StoredLog log)
    {
        ulong entries = store.Entries.Count(log.Number);
        ulong anchored = store.Anchors.FindLatestFinal(log.Number)?.TreeSize ?? 0;
        return new LogView(
            log.Issuer,
            log.Origin,
            log.VerifierKey,
            checked((long)entries),
            checked((long)anchored),
            checked((long)(entries > anchored ? entries - anchored : 0)),
            store.Anchors.FindInFlight(log.Number) is not null);
    }

    private static AnchorView ToView(Store store, StoredLog log, StoredAnchor anchor)
    {
        if (!LedgerProof.TryDecode(anchor.LedgerProof, out LedgerProof? proof)
            || !BlockHeader.TryDecode(proof.Header.Span, out BlockHeader? header, out _)
            || proof.FindBlockTime() is not DateTimeOffset time)
        {
            throw new LogIntegrityException($"The anchor of log '{log.Origin}' at size {anchor.TreeSize} is damaged. Run 'ledgercredit log audit'.");
        }

        ulong size = store.Checkpoints.FindLatest(log.Number)?.TreeSize ?? 0;
        return new AnchorView(
            checked((long)anchor.TreeSize),
            new TreeProofs(store.Tiles.ReaderOf(log.Number), size).RootHash(anchor.TreeSize).ToString(),
            checked((long)header.Number),
            proof.BlockHash.ToString(),
            UtcTime.Format(time));
    }
}
