using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Ethereum.Rpc;

/// <summary>A call to try without sending it.</summary>
/// <param name="From">Who would call; null where it does not matter.</param>
/// <param name="To">The contract; null to try a creation.</param>
/// <param name="Data">The call data.</param>
public sealed record CallRequest(Address? From, Address? To, ReadOnlyMemory<byte> Data)
{
    internal JsonObject ToJson()
    {
        List<JsonMember> members = [];
        if (From is Address from)
        {
            members.Add(new JsonMember("from", RpcText.AddressData(from)));
        }

        if (To is Address to)
        {
            members.Add(new JsonMember("to", RpcText.AddressData(to)));
        }

        members.Add(new JsonMember("data", RpcText.Data(Data.Span)));
        return new JsonObject(members);
    }
}
