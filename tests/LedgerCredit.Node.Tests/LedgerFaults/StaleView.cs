using System.Globalization;
using System.Text.Json.Nodes;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.LedgerFaults;

/// <summary>An endpoint that lags: it takes transactions, and shows the ledger as it was some blocks ago.</summary>
internal static class StaleView
{
    internal static void ShowAsOf(RpcFaultProxy proxy, ulong block)
    {
        proxy.On("eth_blockNumber", RpcFaults.Lie(_ => Quantity(block)));
        proxy.When(exchange => exchange.Method == "eth_getBlockByNumber" && IsLater((string)exchange.Parameters[0]!, block), RpcFaults.Lie(_ => null));
        proxy.On("eth_getBlockByNumber", RpcFaults.AskOtherwise(parameters => Pin(parameters, 0, block)));
        proxy.On("eth_call", RpcFaults.AskOtherwise(parameters => Pin(parameters, 1, block)));
        proxy.On("eth_getCode", RpcFaults.AskOtherwise(parameters => Pin(parameters, 1, block)));
        proxy.On("eth_getTransactionCount", RpcFaults.AskOtherwise(parameters => Pin(parameters, 1, block)));
        proxy.On("eth_getProof", RpcFaults.AskOtherwise(parameters => Pin(parameters, 2, block)));
        proxy.On("eth_estimateGas", RpcFaults.AskOtherwise(parameters => parameters.Add(Quantity(block))));
        proxy.On("eth_getTransactionReceipt", RpcFaults.Lie(receipt => receipt is not null && Number((string)receipt["blockNumber"]!) > block ? null : receipt));
        proxy.On("eth_getTransactionByHash", RpcFaults.Lie(_ => null));
    }

    internal static JsonNode Quantity(ulong value) => JsonValue.Create(string.Create(CultureInfo.InvariantCulture, $"0x{value:x}"));

    internal static ulong Number(string quantity) => ulong.Parse(quantity.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static bool IsLater(string reference, ulong block) => reference.StartsWith("0x", StringComparison.Ordinal) && Number(reference) > block;

    private static void Pin(JsonArray parameters, int index, ulong block)
    {
        if ((string)parameters[index]! is "latest" or "pending")
        {
            parameters[index] = Quantity(block);
        }
    }
}
