using System.Diagnostics;
using LedgerCredit.Ethereum.Consensus;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Devnets;

/// <summary>The clock of a devnet, and how far it is ahead of the machine's: <c>devnet/clock.json</c>.</summary>
/// <remarks>anvil keeps the state of its chain, but not that of its clock. These calls are its own, and are used nowhere else.</remarks>
internal sealed class DevnetClock(string folder)
{
    /// <summary>The time between blocks.</summary>
    public const int BlockSeconds = 1;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private string FilePath => Path.Combine(folder, "clock.json");

    /// <summary>How many seconds the clock is ahead; 0 where it was never moved.</summary>
    public ulong ReadAhead()
    {
        if (!File.Exists(FilePath))
        {
            return 0;
        }

        JsonProblems problems = new();
        if (StrictJson.TryParse(File.ReadAllBytes(FilePath), JsonLimits.Document, out JsonValue? value, out ParseProblem? problem))
        {
            ulong ahead = JsonCursor.Root(value, problems).ObjectWith(["secondsAhead"]).Member("secondsAhead").SafeInteger();
            problem = problems.First;
            if (problem is null)
            {
                return ahead;
            }
        }

        throw new WorkspaceException($"'{FilePath}' is damaged. {problem} Without it the devnet's time would go back: restore it, or make a new workspace.");
    }

    /// <summary>Moves the clock of a running devnet.</summary>
    /// <returns>The time of the first block after that.</returns>
    public async Task<ulong> AdvanceAsync(DevnetState state, uint seconds, CancellationToken cancellationToken)
    {
        using HttpClient httpClient = JsonRpcClient.CreateHttpClient();
        JsonRpcClient rpc = Connect(httpClient, state);
        EthereumClient client = new(rpc, BlockHashRule.Keccak);
        ulong before = (await client.FetchLatestBlockAsync(cancellationToken)).Header.Timestamp;

        // Kept first. A crash before the clock is moved leaves one that moves with the next start: further, never back.
        DurableFile.Replace(FilePath, JsonText.WriteIndented(new JsonObject(
            new JsonMember("secondsAhead", new JsonNumber(checked((long)(ReadAhead() + seconds)))))));

        // A crash behind this line leaves clock and file as they shall be.
        await rpc.SendAsync("evm_increaseTime", [new JsonNumber(seconds)], cancellationToken);
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            ulong now = (await client.FetchLatestBlockAsync(cancellationToken)).Header.Timestamp;
            if (now >= before + seconds)
            {
                return now;
            }

            if (Stopwatch.GetElapsedTime(started) > AnswerTimeout)
            {
                throw new DevnetException($"The devnet at {state.RpcUrl} made no block within {AnswerTimeout.TotalSeconds:0} s after its clock was moved.");
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    /// <summary>Sets the clock of a devnet that was started without making blocks, and lets it make them; one that makes them is left as it is.</summary>
    public async Task StartAsync(DevnetState state, CancellationToken cancellationToken)
    {
        using HttpClient httpClient = JsonRpcClient.CreateHttpClient();
        JsonRpcClient rpc = Connect(httpClient, state);
        if (await rpc.SendAsync("anvil_getIntervalMining", [], cancellationToken) is JsonNumber)
        {
            return;
        }

        ulong head = (await new EthereumClient(rpc, BlockHashRule.Keccak).FetchLatestBlockAsync(cancellationToken)).Header.Timestamp;
        ulong now = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

        // By whatever means the chain came to its time: no block may lie before its last one. The time itself is set, and not
        // how far to move, so that after a crash behind this line doing it again changes nothing.
        ulong time = Math.Max(now + ReadAhead(), head);
        await rpc.SendAsync("evm_setTime", [new JsonNumber(checked((long)time))], cancellationToken);

        // A crash before this line leaves a devnet that makes no blocks; the next 'devnet up' comes here again.
        await rpc.SendAsync("evm_setIntervalMining", [new JsonNumber(BlockSeconds)], cancellationToken);
    }

    // One attempt: asked twice, the clock would move twice.
    private static JsonRpcClient Connect(HttpClient httpClient, DevnetState state) =>
        new(httpClient, new Uri(state.RpcUrl), new JsonRpcOptions { MaxAttempts = 1 }, TimeProvider.System);
}
