using System.Security.Cryptography;
using LedgerCredit.Log;
using LedgerCredit.Node.Witnessing;
using LedgerCredit.Primitives;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using LedgerCredit.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace LedgerCredit.Service.Logs;

/// <summary>The logs as static files, for anyone: C2SP tlog-tiles below <c>/log/&lt;issuer&gt;/</c>.</summary>
/// <remarks>Nothing readable about a subject is in them: checkpoints, hashes, and entries that hold two digests.</remarks>
internal static class LogEndpoints
{
    private const string Octets = "application/octet-stream";
    private const string Text = "text/plain; charset=utf-8";

    // Tiles and bundles of a width never change; a checkpoint is replaced with every group of records.
    private const string ForEver = "public, max-age=31536000, immutable";
    private const string ForSeconds = "public, max-age=1";

    /// <summary>Adds the addresses.</summary>
    internal static void MapLogs(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder logs = routes.MapGroup("/log/{issuer}").Public().WithTags("Log");
        logs.MapGet("/checkpoint", GetCheckpointAsync)
            .WithName("getCheckpoint")
            .WithSummary("The published checkpoint")
            .WithDescription("A C2SP tlog-checkpoint: a signed note of the log's origin, size and root, with the cosignatures that witnesses gave for it. The newest; on a node with witnesses the last that they cosigned, as long as that is not older than two of the node's rounds. It never becomes smaller.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .Produces(StatusCodes.Status304NotModified)
            .WithAnswerHeader("ETag", StatusCodes.Status200OK, StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);
        logs.MapGet("/tile/{**rest}", GetTileAsync)
            .WithName("getTile")
            .WithSummary("A hash tile or an entry bundle")
            .WithDescription("C2SP tlog-tiles: `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`, with N in groups of three digits.")
            .Produces<byte[]>(StatusCodes.Status200OK, Octets)
            .Produces(StatusCodes.Status304NotModified)
            .WithAnswerHeader("ETag", StatusCodes.Status200OK, StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> GetCheckpointAsync(
        string issuer, NodeContext node, HttpResponse response, CancellationToken cancellationToken)
    {
        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        if (lease.Store.Logs.Find(issuer) is not StoredLog log || lease.Store.Checkpoints.FindLatest(log.Number) is not (ulong newest, byte[] _))
        {
            return NotFound("There is no such log, or nothing is in it yet.");
        }

        ulong treeSize = node.Published.Choose(log.Number, newest);
        byte[] signed = lease.Store.Checkpoints.Find(log.Number, treeSize)
            ?? throw new LogIntegrityException($"The checkpoint of log '{log.Origin}' at size {treeSize} is missing. Run 'ledgercredit log audit'.");
        byte[] note = CosignedCheckpoints.Publish(lease.Store, log, treeSize, signed);
        response.Headers.CacheControl = ForSeconds;
        return TypedResults.File(note, Text, entityTag: TagOf(note));
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> GetTileAsync(
        string issuer, string? rest, NodeContext node, HttpResponse response, CancellationToken cancellationToken)
    {
        if (!TilePath.TryParse("tile/" + rest, out TilePath? path))
        {
            return NotFound("Expected tile/<L>/<N>[.p/<W>] or tile/entries/<N>[.p/<W>], with N in groups of three digits (C2SP tlog-tiles).");
        }

        using StoreLease lease = await node.Stores.RentAsync(cancellationToken);
        if (lease.Store.Logs.Find(issuer) is not StoredLog log
            || lease.Store.Checkpoints.FindLatest(log.Number) is not (ulong size, _)
            || TileLayout.Width(path.Level ?? 0, path.Index, size) < path.Width)
        {
            return NotFound("The log's newest checkpoint has no such tile.");
        }

        byte[] content = path.Level is int level
            ? lease.Store.Tiles.ReaderOf(log.Number).ReadTile(new TileId(level, path.Index, path.Width)).ToArray()
            : ReadBundle(lease.Store, log, path);
        response.Headers.CacheControl = ForEver;
        return TypedResults.File(content, Octets, entityTag: TagOf(content));
    }

    private static byte[] ReadBundle(Store store, StoredLog log, TilePath path)
    {
        List<ReadOnlyMemory<byte>> entries = new(path.Width);
        ulong first = path.Index * TileLayout.FullWidth;
        for (int i = 0; i < path.Width; i++)
        {
            StoredEntry entry = store.Entries.Find(new LogPosition(log.Number, first + (ulong)i))
                ?? throw new LogIntegrityException($"Entry {first + (ulong)i} of log '{log.Origin}' is missing. Run 'ledgercredit log audit'.");
            entries.Add(entry.Entry);
        }

        return EntryBundle.Encode(entries);
    }

    private static EntityTagHeaderValue TagOf(byte[] content) => new($"\"{Hex.Encode(SHA256.HashData(content).AsSpan(0, 16))}\"");

    private static ProblemHttpResult NotFound(string detail) => Problem.Of(ProblemCode.NotFound, detail);
}
