using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.State;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Verification;

/// <summary>The JSON form of evidence files: docs/spec/evidence.md section 1.</summary>
internal static class EvidenceFileJson
{
    // No record within 64 KiB has more members.
    private const int MaxDisclosures = 8192;

    // The height of the largest tree.
    private const int MaxPath = 64;

    // More than half of the largest set of signers that a trust policy may list.
    private const int MaxDescendants = ValidatorRange.MaxValidators;

    private static readonly JsonLimits Limits = new(EvidenceFile.MaxBytes, JsonLimits.Document.MaxDepth);

    internal static bool TryRead(
        ReadOnlySpan<byte> utf8,
        [NotNullWhen(true)] out EvidenceFile? file,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        file = null;
        if (!StrictJson.TryParse(utf8, Limits, out JsonValue? value, out problem))
        {
            return false;
        }

        JsonProblems problems = new();
        EvidenceFile read = Read(JsonCursor.Root(value, problems));
        problem = problems.First;
        if (problem is not null)
        {
            return false;
        }

        file = read;
        return true;
    }

    internal static JsonObject Write(EvidenceFile file)
    {
        List<JsonMember> members =
        [
            Member("format", EvidenceFile.Format),
            new("record", WriteRecord(file.Record)),
            Member("entry", Base64Text.Encode(file.Entry.Span)),
            new("inclusion", WriteInclusion(file.Inclusion)),
            Member("checkpoint", file.Checkpoint),
            new("anchor", new JsonObject(
                Member("chainId", file.Anchor.ChainId),
                Member("evidenceLog", file.Anchor.EvidenceLog.ToLowerHex()),
                Member("logId", file.Anchor.LogId.ToString()),
                Member("root", file.Anchor.Root.ToString()),
                new JsonMember("block", WriteBlock(file.Anchor.Block)),
                new JsonMember("accountProof", WriteNodes(file.Anchor.AccountProof)),
                new JsonMember("storageProof", WriteNodes(file.Anchor.StorageProof)))),
        ];
        if (file.Status is EvidenceStatus status)
        {
            members.Add(new JsonMember("status", new JsonObject(
                Member("repairDesk", status.RepairDesk.ToLowerHex()),
                new JsonMember("block", WriteBlock(status.Block)),
                new JsonMember("accountProof", WriteNodes(status.AccountProof)),
                new JsonMember("storageProof", WriteNodes(status.StorageProof)),
                Member("value", status.Value.ToString()))));
        }

        return new JsonObject(members);
    }

    private static EvidenceFile Read(JsonCursor root)
    {
        root.ObjectWith(["format", "record", "entry", "inclusion", "checkpoint", "anchor"], ["status"]);
        JsonCursor format = root.Member("format");
        if (format.Text() != EvidenceFile.Format)
        {
            format.Refuse("wrong-format", $"Expected '{EvidenceFile.Format}', found other text.");
        }

        return new EvidenceFile
        {
            Record = ReadRecord(root.Member("record")),
            Entry = root.Member("entry").Base64Bytes(),
            Inclusion = ReadInclusion(root.Member("inclusion")),
            Checkpoint = root.Member("checkpoint").Text(),
            Anchor = ReadAnchor(root.Member("anchor")),
            Status = root.TryMember("status", out JsonCursor status) ? ReadStatus(status) : null,
        };
    }

    private static EvidenceRecord ReadRecord(JsonCursor record)
    {
        record.ObjectWith(["kind", "issuer", "payload", "disclosures"], ["terms"]);
        JsonCursor payload = record.Member("payload");

        // Its members are the record step's business; here it need only be an object.
        payload.Members();
        return new EvidenceRecord(
            record.Member("kind").Text(),
            record.Member("issuer").Text(),
            payload.Value as JsonObject ?? new JsonObject(),
            [.. record.Member("disclosures").Items(MaxDisclosures).Select(item => item.Text())],
            record.TryMember("terms", out JsonCursor terms) ? ReadTerms(terms) : []);
    }

    // No terms have one form: the member is absent.
    private static byte[] ReadTerms(JsonCursor cursor)
    {
        byte[] terms = cursor.HexBytes();
        if (terms.Length == 0)
        {
            cursor.Refuse("bad-length", "Expected the encoding of terms, found no bytes.");
        }

        return terms;
    }

    private static InclusionProof ReadInclusion(JsonCursor inclusion)
    {
        inclusion.ObjectWith(["leafIndex", "treeSize", "path"]);
        List<Bytes32> path = [];
        foreach (JsonCursor item in inclusion.Member("path").Items(MaxPath))
        {
            byte[] hash = item.Base64Bytes();
            if (hash.Length == Bytes32.Length)
            {
                path.Add(Bytes32.FromBytes(hash));
            }
            else
            {
                item.Refuse("bad-length", $"Expected {Bytes32.Length} bytes, found {hash.Length}.");
            }
        }

        return new InclusionProof(
            inclusion.Member("leafIndex").SafeInteger(), inclusion.Member("treeSize").SafeInteger(), path);
    }

    private static EvidenceAnchor ReadAnchor(JsonCursor anchor)
    {
        anchor.ObjectWith(["chainId", "evidenceLog", "logId", "root", "block", "accountProof", "storageProof"]);
        return new EvidenceAnchor(
            anchor.Member("chainId").SafeInteger(),
            ReadAddress(anchor.Member("evidenceLog")),
            anchor.Member("logId").Hex32(),
            anchor.Member("root").Hex32(),
            ReadBlock(anchor.Member("block")),
            ReadNodes(anchor.Member("accountProof")),
            ReadNodes(anchor.Member("storageProof")));
    }

    private static EvidenceStatus ReadStatus(JsonCursor status)
    {
        status.ObjectWith(["repairDesk", "block", "accountProof", "storageProof", "value"]);
        return new EvidenceStatus(
            ReadAddress(status.Member("repairDesk")),
            ReadBlock(status.Member("block")),
            ReadNodes(status.Member("accountProof")),
            ReadNodes(status.Member("storageProof")),
            status.Member("value").Hex32());
    }

    private static EvidenceBlock ReadBlock(JsonCursor block)
    {
        block.ObjectWith(["number", "hash", "header"], ["descendants"]);
        List<ReadOnlyMemory<byte>> descendants = [];
        if (block.TryMember("descendants", out JsonCursor list))
        {
            descendants = ReadBytes(list, MaxDescendants);

            // No descendants have one form: the member is absent.
            if (descendants.Count == 0)
            {
                list.Refuse("empty-array", "Expected at least one header, found none.");
            }
        }

        return new EvidenceBlock(
            block.Member("number").SafeInteger(), block.Member("hash").Hex32(), block.Member("header").HexBytes(), descendants);
    }

    private static Address ReadAddress(JsonCursor cursor)
    {
        byte[] bytes = cursor.HexBytes();
        if (bytes.Length == Address.Length)
        {
            return Address.FromBytes(bytes);
        }

        cursor.Refuse("bad-length", $"Expected {Address.Length} bytes, found {bytes.Length}.");
        return Address.Zero;
    }

    private static List<ReadOnlyMemory<byte>> ReadNodes(JsonCursor cursor) => ReadBytes(cursor, StateProof.MaxNodes);

    private static List<ReadOnlyMemory<byte>> ReadBytes(JsonCursor cursor, int maxCount)
    {
        List<ReadOnlyMemory<byte>> items = [];
        foreach (JsonCursor item in cursor.Items(maxCount))
        {
            items.Add(item.HexBytes());
        }

        return items;
    }

    private static JsonObject WriteRecord(EvidenceRecord record)
    {
        List<JsonMember> members =
        [
            Member("kind", record.Kind),
            Member("issuer", record.Issuer),
            new("payload", record.Payload),
            new("disclosures", new JsonArray([.. record.Disclosures.Select(d => new JsonString(d))])),
        ];
        if (!record.Terms.IsEmpty)
        {
            members.Add(Member("terms", Hex.Encode(record.Terms.Span)));
        }

        return new JsonObject(members);
    }

    private static JsonObject WriteInclusion(InclusionProof inclusion) => new(
        Member("leafIndex", inclusion.LeafIndex),
        Member("treeSize", inclusion.TreeSize),
        new JsonMember("path", new JsonArray([.. inclusion.Path.Select(h => new JsonString(Base64Text.Encode(h.AsSpan())))])));

    private static JsonObject WriteBlock(EvidenceBlock block)
    {
        List<JsonMember> members =
        [
            Member("number", block.Number),
            Member("hash", block.Hash.ToString()),
            Member("header", Hex.Encode(block.Header.Span)),
        ];
        if (block.Descendants.Count != 0)
        {
            members.Add(new JsonMember("descendants", WriteNodes(block.Descendants)));
        }

        return new JsonObject(members);
    }

    private static JsonArray WriteNodes(IReadOnlyList<ReadOnlyMemory<byte>> nodes) =>
        new([.. nodes.Select(node => new JsonString(Hex.Encode(node.Span)))]);

    private static JsonMember Member(string name, string value) => new(name, new JsonString(value));

    private static JsonMember Member(string name, ulong value) => new(name, new JsonNumber(checked((long)value)));
}
