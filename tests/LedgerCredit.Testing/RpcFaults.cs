using System.Text.Json.Nodes;

namespace LedgerCredit.Testing;

/// <summary>What goes wrong between a node and a ledger.</summary>
public static class RpcFaults
{
    /// <summary>The connection is closed before the ledger gets the request.</summary>
    public static Func<RpcExchange, Task> LoseRequest { get; } = _ => Task.CompletedTask;

    /// <summary>The ledger gets the request, and its answer is lost.</summary>
    public static Task LoseAnswer(RpcExchange exchange) => exchange.ForwardAsync();

    /// <summary>The ledger gets the request, and answers when the caller has given up.</summary>
    public static async Task AnswerTooLate(RpcExchange exchange)
    {
        JsonNode answer = await exchange.ForwardAsync();
        await exchange.WaitUntilCallerIsGoneAsync();
        await exchange.AnswerAsync(answer);
    }

    /// <summary>The ledger gets the request when the caller has given up.</summary>
    public static async Task ForwardTooLate(RpcExchange exchange)
    {
        await exchange.WaitUntilCallerIsGoneAsync();
        await exchange.ForwardAsync();
    }

    /// <summary>The ledger gets the request twice.</summary>
    public static async Task Duplicate(RpcExchange exchange)
    {
        JsonNode answer = await exchange.ForwardAsync();
        await exchange.ForwardAsync();
        await exchange.AnswerAsync(answer);
    }

    /// <summary>The ledger gets the request, and the answer is no JSON.</summary>
    public static async Task Garble(RpcExchange exchange)
    {
        await exchange.ForwardAsync();
        await exchange.AnswerAsync("200 OK", "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x\u0001");
    }

    /// <summary>The ledger gets the request, and the connection ends in the middle of the answer.</summary>
    public static async Task CutShort(RpcExchange exchange) => await exchange.AnswerCutAsync(await exchange.ForwardAsync());

    /// <summary>The ledger gets the request, and the answer has no end.</summary>
    public static async Task NeverEnd(RpcExchange exchange)
    {
        await exchange.ForwardAsync();
        await exchange.AnswerWithoutEndAsync();
    }

    /// <summary>The answer is one to another question.</summary>
    public static async Task AnswerAnother(RpcExchange exchange)
    {
        JsonNode answer = await exchange.ForwardAsync();
        answer["id"] = 987_654_321;
        await exchange.AnswerAsync(answer);
    }

    /// <summary>A gateway answers in the ledger's place, which does not get the request.</summary>
    public static Func<RpcExchange, Task> Status(string statusLine) => exchange => exchange.AnswerAsync(statusLine, "<html>no</html>");

    /// <summary>The ledger does not get the request, and the answer is an error.</summary>
    public static Func<RpcExchange, Task> Error(int code, string message) => exchange => exchange.AnswerAsync(new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["id"] = exchange.Request["id"]!.DeepClone(),
        ["error"] = new JsonObject { ["code"] = code, ["message"] = message },
    });

    /// <summary>The ledger gets the request, and its result is told differently.</summary>
    /// <param name="alter">Gets the result and returns what is told; where it returns null, a JSON null is told.</param>
    public static Func<RpcExchange, Task> Lie(Func<JsonNode?, JsonNode?> alter) => async exchange =>
    {
        JsonNode answer = await exchange.ForwardAsync();
        if (answer["error"] is null)
        {
            answer["result"] = alter(answer["result"]?.DeepClone());
        }

        await exchange.AnswerAsync(answer);
    };

    /// <summary>The ledger is asked another question in place of this one.</summary>
    /// <param name="alter">Changes the parameters.</param>
    public static Func<RpcExchange, Task> AskOtherwise(Action<JsonArray> alter) => async exchange =>
    {
        alter(exchange.Parameters);
        await exchange.AnswerAsync(await exchange.ForwardAsync());
    };
}
