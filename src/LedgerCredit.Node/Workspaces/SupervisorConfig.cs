using LedgerCredit.Evidence;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Workspaces;

/// <summary>A supervisory platform that is told of repairs.</summary>
/// <param name="Name">Its name here: written like a member's slug.</param>
/// <param name="Url">Where it takes webhooks; see <see cref="RemoteAddressRule.Webhook"/>.</param>
public sealed record SupervisorConfig(string Name, Uri Url)
{
    private const int MaxSupervisors = 100;

    /// <summary>Whether a text can be a supervisor's name.</summary>
    public static bool IsName(string text) => IssuerSlug.IsValid(text);

    internal static IReadOnlyList<SupervisorConfig> ReadAll(JsonCursor supervisors)
    {
        List<SupervisorConfig> read = [];
        foreach (JsonCursor supervisor in supervisors.Items(MaxSupervisors))
        {
            supervisor.ObjectWith(["name", "url"]);
            string name = supervisor.Member("name").Text();
            if (!IsName(name) || read.Any(other => other.Name == name))
            {
                supervisor.Member("name").Refuse("bad-name", "Expected 2 to 63 lower-case letters, digits and hyphens, and no name twice.");
            }

            if (RemoteAddress.TryParse(supervisor.Member("url").Text(), RemoteAddressRule.Webhook, out Uri? url, out ParseProblem? problem))
            {
                read.Add(new SupervisorConfig(name, url));
            }
            else
            {
                supervisor.Member("url").Refuse(problem.Code, problem.Message);
            }
        }

        return read;
    }

    internal static JsonArray WriteAll(IReadOnlyList<SupervisorConfig> supervisors) => new([.. supervisors.Select(supervisor => new JsonObject(
        new JsonMember("name", new JsonString(supervisor.Name)),
        new JsonMember("url", new JsonString(supervisor.Url.AbsoluteUri))))]);
}
