using System.Diagnostics.CodeAnalysis;
using LedgerCredit.Ethereum;
using LedgerCredit.Evidence;
using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Verification;

/// <summary>The JSON form of trust policies: docs/spec/trust.md section 1.</summary>
internal static class TrustPolicyJson
{
    private const int MaxSteps = 16;

    private static readonly JsonLimits Limits = new(TrustPolicy.MaxBytes, JsonLimits.Document.MaxDepth);

    internal static bool TryRead(
        ReadOnlySpan<byte> utf8,
        [NotNullWhen(true)] out TrustPolicy? policy,
        [NotNullWhen(false)] out ParseProblem? problem)
    {
        policy = null;
        if (!StrictJson.TryParse(utf8, Limits, out JsonValue? value, out problem))
        {
            return false;
        }

        JsonProblems problems = new();
        TrustPolicy read = Read(JsonCursor.Root(value, problems));
        problem = problems.First;
        policy = problem is null ? read : null;
        return problem is null;
    }

    internal static JsonObject Write(TrustPolicy policy)
    {
        List<JsonMember> members =
        [
            new("format", new JsonString(policy.Witnesses is null ? TrustPolicy.Format : TrustPolicy.FormatWithWitnesses)),
            new("network", new JsonString(policy.Network)),
            new("chainId", new JsonNumber(checked((long)policy.ChainId))),
            new("evidenceLog", new JsonString(policy.EvidenceLog.ToLowerHex())),
            new("repairDesk", new JsonString(policy.RepairDesk.ToLowerHex())),
            new("logs", new JsonObject(policy.Logs.OrderBy(log => log.Key, StringComparer.Ordinal).Select(log =>
                new JsonMember(log.Key, new JsonObject(
                    new JsonMember("origin", new JsonString(log.Value.Origin)),
                    new JsonMember("key", new JsonString(log.Value.Key.ToString()))))))),
            .. WriteWitnesses(policy.Witnesses),
            new("consensus", ConsensusPolicyJson.Write(policy.Consensus)),
            new("rulePacks", new JsonObject(policy.RulePacks.Packs.Select(pack => new JsonMember(pack.Id, new JsonObject(
                new JsonMember("hash", new JsonString(pack.Hash.ToString())),
                new JsonMember("document", pack.Document)))))),
        ];
        if (policy.StatusMaxAgeSeconds is ulong seconds)
        {
            members.Add(new JsonMember("statusMaxAge", new JsonNumber(checked((long)seconds))));
        }

        members.Add(new JsonMember("require", new JsonArray([.. policy.Require.Select(step => new JsonString(step.ToText()))])));
        return new JsonObject(members);
    }

    private static TrustPolicy Read(JsonCursor root)
    {
        root.ObjectWith(
            ["format", "network", "chainId", "evidenceLog", "logs", "consensus", "require"],
            ["repairDesk", "rulePacks", "statusMaxAge", "witnesses"]);
        JsonCursor format = root.Member("format");
        if (format.Text() is not (TrustPolicy.Format or TrustPolicy.FormatWithWitnesses))
        {
            format.Refuse("wrong-format", $"Expected '{TrustPolicy.Format}' or '{TrustPolicy.FormatWithWitnesses}', found other text.");
        }

        // The member is what the second version adds: a first one with it would be read by older verifiers as if it were not there.
        bool hasWitnesses = root.TryMember("witnesses", out JsonCursor witnesses);
        if (hasWitnesses != (format.Text() == TrustPolicy.FormatWithWitnesses))
        {
            root.Refuse(
                hasWitnesses ? "unknown-member" : "missing-member",
                $"Expected the member 'witnesses' exactly where the format is '{TrustPolicy.FormatWithWitnesses}'.");
        }

        string network = root.Member("network").Text();
        Dictionary<string, TrustedLog> logs = ReadLogs(root.Member("logs"), network);
        return new TrustPolicy
        {
            Network = network,
            ChainId = root.Member("chainId").SafeInteger(),
            EvidenceLog = ConsensusPolicyJson.ReadAddress(root.Member("evidenceLog")),
            RepairDesk = root.TryMember("repairDesk", out JsonCursor desk) ? ConsensusPolicyJson.ReadAddress(desk) : Address.Zero,
            Logs = logs,
            Witnesses = hasWitnesses ? ReadWitnesses(witnesses, logs) : null,
            Consensus = ConsensusPolicyJson.Read(root.Member("consensus")),
            RulePacks = root.TryMember("rulePacks", out JsonCursor packs) ? ReadRulePacks(packs) : new RulePackCatalog(),
            StatusMaxAgeSeconds = root.TryMember("statusMaxAge", out JsonCursor age) ? age.SafeInteger() : null,
            Require = ReadRequire(root.Member("require")),
        };
    }

    private static Dictionary<string, TrustedLog> ReadLogs(JsonCursor cursor, string network)
    {
        Dictionary<string, TrustedLog> logs = new(StringComparer.Ordinal);
        foreach ((string issuer, JsonCursor log) in cursor.Members())
        {
            log.ObjectWith(["origin", "key"]);
            JsonCursor origin = log.Member("origin");
            JsonCursor key = log.Member("key");
            if (!IssuerSlug.IsValid(issuer))
            {
                log.Refuse("bad-issuer", "Expected an issuer's slug as name, found other text.");
            }

            if (origin.Text() != $"{network}/{issuer}")
            {
                origin.Refuse("bad-origin", "Expected the network and the issuer, joined by '/', found other text.");
            }

            if (!NoteVerifierKey.TryParse(key.Text(), out NoteVerifierKey? verifierKey, out ParseProblem? problem))
            {
                key.Refuse(problem.Code, problem.Message);
            }
            else if (verifierKey.Name != origin.Text())
            {
                key.Refuse("note-key-name", "Expected a key named after the log's origin, found another name.");
            }
            else
            {
                logs.Add(issuer, new TrustedLog(origin.Text(), verifierKey));
            }
        }

        return logs;
    }

    private static IEnumerable<JsonMember> WriteWitnesses(WitnessPolicy? witnesses)
    {
        if (witnesses is not null)
        {
            yield return new JsonMember("witnesses", new JsonObject(
                new JsonMember("required", new JsonNumber(witnesses.Required)),
                new JsonMember("keys", new JsonArray([.. witnesses.Keys.Select(key => new JsonString(key.ToString()))]))));
        }
    }

    private static WitnessPolicy? ReadWitnesses(JsonCursor cursor, Dictionary<string, TrustedLog> logs)
    {
        cursor.ObjectWith(["required", "keys"]);
        List<WitnessKey> keys = [];
        foreach (JsonCursor item in cursor.Member("keys").Items(WitnessPolicy.MaxKeys))
        {
            if (!WitnessKey.TryParse(item.Text(), out WitnessKey? key, out ParseProblem? problem))
            {
                item.Refuse(problem.Code, problem.Message);
                return null;
            }

            // A log that is its own witness witnesses nothing.
            if (logs.Values.Any(log => log.Key.PublicKey == key.PublicKey))
            {
                item.Refuse("witness-is-log", "Expected a key that signs no log's checkpoints, found a log's.");
            }

            keys.Add(key);
            if (!WitnessPolicy.AreDistinct(keys))
            {
                item.Refuse("duplicate-witness", "Expected each witness once, found a name or a public key twice.");
                return null;
            }
        }

        ulong required = cursor.Member("required").SafeInteger();
        if (required < 1 || required > (ulong)keys.Count)
        {
            cursor.Member("required").Refuse("bad-required", $"Expected a number from 1 to that of the witnesses, {keys.Count}.");
            return null;
        }

        return new WitnessPolicy((int)required, keys);
    }

    private static RulePackCatalog ReadRulePacks(JsonCursor cursor)
    {
        List<RulePack> packs = [];
        foreach ((string id, JsonCursor item) in cursor.Members())
        {
            item.ObjectWith(["hash", "document"]);
            Bytes32 hash = item.Member("hash").Hex32();
            JsonCursor document = item.Member("document");
            if (document.Value is null)
            {
                continue;
            }

            if (!RulePack.TryCreate(document.Value, out RulePack? pack, out ParseProblem? problem))
            {
                document.Refuse(problem.Code, problem.ToString());
            }
            else if (pack.Id != id)
            {
                document.Refuse("rule-pack-id", "Expected the rule pack of this id, found another.");
            }
            else if (pack.Hash != hash)
            {
                document.Refuse("rule-pack-hash", $"Expected a document with the stated hash, found one with {pack.Hash}.");
            }
            else
            {
                packs.Add(pack);
            }
        }

        return new RulePackCatalog(packs);
    }

    private static List<StepCode> ReadRequire(JsonCursor cursor)
    {
        List<StepCode> steps = [];
        foreach (JsonCursor item in cursor.Items(MaxSteps))
        {
            if (!StepCodes.TryParse(item.Text(), out StepCode step))
            {
                item.Refuse("unknown-step", "Expected the code of a verification step, found other text.");
            }
            else if (steps.Contains(step))
            {
                item.Refuse("duplicate-step", "Expected each step once, found it twice.");
            }

            steps.Add(step);
        }

        foreach (StepCode step in StepCodes.AlwaysRequired)
        {
            if (!steps.Contains(step))
            {
                cursor.Refuse("step-not-required", $"Expected all steps from format to consensus, found no '{step.ToText()}'.");
            }
        }

        return steps;
    }
}
