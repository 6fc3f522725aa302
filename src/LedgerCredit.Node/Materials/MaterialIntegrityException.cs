namespace LedgerCredit.Node.Materials;

/// <summary>In what way a kept material is not as it was.</summary>
public enum MaterialDamage
{
    /// <summary>Its file is missing.</summary>
    Missing = 1,

    /// <summary>Its file, or what the store says of it, was altered, cut short or exchanged.</summary>
    Altered,
}

/// <summary>A kept material is missing or not as it was; nothing of it is shown.</summary>
/// <param name="damage">In what way.</param>
/// <param name="id">The id of the material.</param>
/// <param name="message">What was expected, what was found and what to do, without its content.</param>
public sealed class MaterialIntegrityException(MaterialDamage damage, string id, string message) : Exception(message)
{
    /// <summary>In what way.</summary>
    public MaterialDamage Damage { get; } = damage;

    /// <summary>The id of the material.</summary>
    public string Id { get; } = id;
}
