using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.Keys;
using LedgerCredit.Node.Workspaces;

namespace LedgerCredit.Cli.Commands.Repair;

/// <summary>The accounts whose keys are in this workspace, by the names of the keys; nothing is opened.</summary>
internal sealed class OwnKeys
{
    private readonly Dictionary<Address, string> _names = [];

    /// <summary>Reads the labels of the keys.</summary>
    public OwnKeys(KeyRing keys)
    {
        foreach (StoredKey key in keys.List().Where(key => key.Label.Type == KeystoreKeyType.Account))
        {
            if (Address.TryParse(key.Label.Public, out Address address))
            {
                _names.TryAdd(address, key.Label.Name);
            }
        }
    }

    /// <summary>The name of the key of an account, or null where it is not here.</summary>
    public string? Find(Address account) => _names.GetValueOrDefault(account);
}
