using LedgerCredit.Log;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Workspaces;

/// <summary>A witness that is asked to cosign the checkpoints of the logs kept here.</summary>
/// <param name="Key">Its verifier key, with its name.</param>
/// <param name="Url">Its submission prefix; see <see cref="RemoteAddressRule.Witness"/>.</param>
public sealed record WitnessConfig(WitnessKey Key, Uri Url)
{
    /// <summary>The most witnesses of a workspace, as of a trust policy.</summary>
    public const int MaxWitnesses = 64;

    /// <summary>Whether a witness can stand beside others: no name and no public key is there twice.</summary>
    public static bool IsApart(WitnessKey key, IEnumerable<WitnessConfig> others)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(others);
        return others.All(other => other.Key.Name != key.Name && other.Key.PublicKey != key.PublicKey);
    }

    internal static IReadOnlyList<WitnessConfig> ReadAll(JsonCursor witnesses)
    {
        List<WitnessConfig> read = [];
        foreach (JsonCursor witness in witnesses.Items(MaxWitnesses))
        {
            witness.ObjectWith(["key", "url"]);
            if (!WitnessKey.TryParse(witness.Member("key").Text(), out WitnessKey? key, out ParseProblem? problem))
            {
                witness.Member("key").Refuse(problem.Code, problem.Message);
            }
            else if (!RemoteAddress.TryParse(witness.Member("url").Text(), RemoteAddressRule.Witness, out Uri? url, out problem))
            {
                witness.Member("url").Refuse(problem.Code, problem.Message);
            }
            else if (!IsApart(key, read))
            {
                witness.Member("key").Refuse("duplicate-witness", "Expected each witness once, found a name or a public key twice.");
            }
            else
            {
                read.Add(new WitnessConfig(key, url));
            }
        }

        return read;
    }

    internal static JsonArray WriteAll(IReadOnlyList<WitnessConfig> witnesses) => new([.. witnesses.Select(witness => new JsonObject(
        new JsonMember("key", new JsonString(witness.Key.ToString())),
        new JsonMember("url", new JsonString(witness.Url.AbsoluteUri))))]);
}
