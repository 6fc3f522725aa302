using System.Reflection;
using LedgerCredit.Primitives;

namespace LedgerCredit.Evidence;

/// <summary>A set of rule packs with different ids.</summary>
public sealed class RulePackCatalog : IRulePackSource
{
    private static readonly string[] ShippedResources = ["cn-ndrc-36-2025.json", "cn-samr-107-2025.json", "demo.json"];

    private readonly SortedDictionary<string, RulePack> _packs;

    /// <summary>Makes a catalog.</summary>
    /// <exception cref="ArgumentException">Two packs have the same id.</exception>
    public RulePackCatalog(params IEnumerable<RulePack> packs)
    {
        ArgumentNullException.ThrowIfNull(packs);

        _packs = new SortedDictionary<string, RulePack>(StringComparer.Ordinal);
        foreach (RulePack pack in packs)
        {
            if (!_packs.TryAdd(pack.Id, pack))
            {
                throw new ArgumentException($"There are two rule packs '{pack.Id}'.", nameof(packs));
            }
        }

        Ids = [.. _packs.Keys];
    }

    /// <summary>The packs that come with the program: the files under RulePacks.</summary>
    public static RulePackCatalog Shipped { get; } = new(ShippedResources.Select(ReadShipped));

    /// <inheritdoc/>
    public IReadOnlyList<string> Ids { get; }

    /// <summary>All packs, in the order of their ids.</summary>
    public IReadOnlyCollection<RulePack> Packs => _packs.Values;

    /// <inheritdoc/>
    public RulePack? Find(string id) => _packs.GetValueOrDefault(id);

    /// <summary>Finds a pack by its hash, as terms state it, or null.</summary>
    public RulePack? FindByHash(Bytes32 hash)
    {
        foreach (RulePack pack in _packs.Values)
        {
            if (pack.Hash == hash)
            {
                return pack;
            }
        }

        return null;
    }

    private static RulePack ReadShipped(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The program was built without its rule pack '{name}'.");
        byte[] utf8 = new byte[stream.Length];
        stream.ReadExactly(utf8);
        return RulePack.TryParse(utf8, out RulePack? pack, out ParseProblem? problem)
            ? pack
            : throw new InvalidOperationException($"The shipped rule pack '{name}' is wrong: {problem}");
    }
}
