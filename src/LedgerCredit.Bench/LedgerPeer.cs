using LedgerCredit.Ethereum;
using LedgerCredit.Ethereum.AbiCoding;
using LedgerCredit.Ethereum.Rpc;
using LedgerCredit.Ethereum.Transactions;
using LedgerCredit.Node.Ledgers;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Bench;

/// <summary>Another way to put hashes on a ledger: a contract that takes them by the hundred and keeps each.</summary>
public sealed class LedgerPeer
{
    /// <summary>How many hashes a transaction takes.</summary>
    public const int HashesAtOnce = 100;

    private const string HomeVariable = "LEDGERCREDIT_HOME";
    private const string PackageFolder = "contracts/peers/node_modules/@ethereum-attestation-service/eas-contracts/artifacts/contracts";
    private static readonly JsonLimits ArtifactLimits = new(4 * 1024 * 1024, 32);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MiningTimeout = TimeSpan.FromMinutes(5);

    private readonly LedgerSession _session;
    private readonly Secp256k1Key _sender;
    private readonly Address _contract;
    private readonly AbiSelector _function;
    private ulong _next;

    private LedgerPeer(LedgerSession session, Secp256k1Key sender, Address contract, string function)
    {
        _session = session;
        _sender = sender;
        _contract = contract;
        _function = AbiSelector.FromSignature(function);
    }

    /// <summary>The contract that keeps each hash in a slot of its own (contracts/test/HashRegister.sol).</summary>
    public static async Task<LedgerPeer> DeployHashRegisterAsync(LedgerSession session, Secp256k1Key sender, CancellationToken cancellationToken)
    {
        using Stream stream = typeof(LedgerPeer).Assembly.GetManifestResourceStream("HashRegister.json")
            ?? throw new InvalidOperationException("The build of HashRegister is not in this assembly.");
        using MemoryStream bytes = new();
        await stream.CopyToAsync(bytes, cancellationToken);
        Address contract = await DeployAsync(session, sender, ReadBytecode("HashRegister", bytes.ToArray()), cancellationToken);
        return new LedgerPeer(session, sender, contract, "register(bytes32[])");
    }

    /// <summary>The Ethereum Attestation Service, with the registry of schemas that it asks for.</summary>
    /// <exception cref="FileNotFoundException">Its package is not installed.</exception>
    public static async Task<LedgerPeer> DeployAttestationServiceAsync(LedgerSession session, Secp256k1Key sender, CancellationToken cancellationToken)
    {
        Address registry = await DeployAsync(session, sender, ReadPackage("SchemaRegistry"), cancellationToken);
        byte[] service = [.. ReadPackage("EAS"), .. new AbiWriter().WriteAddress(registry).ToArray()];
        return new LedgerPeer(session, sender, await DeployAsync(session, sender, service, cancellationToken), "multiTimestamp(bytes32[])");
    }

    /// <summary>Sends transactions one behind the other without waiting, and waits until all are in blocks.</summary>
    /// <param name="transactions">How many, of <see cref="HashesAtOnce"/> hashes each.</param>
    /// <param name="clock">Runs while they are sent and mined; signing does not count.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <returns>Gas that a hash costs.</returns>
    public async Task<double> RunAsync(int transactions, BenchClock clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(clock);
        clock.Pause();
        Address sender = Address.FromPublicKey(_sender.PublicKey);
        byte[][] calls = [.. Enumerable.Range(0, transactions).Select(_ => NextCall())];
        ulong gasLimit = await _session.Client.EstimateGasAsync(new CallRequest(sender, _contract, calls[0]), cancellationToken) * 5 / 4;
        ulong nonce = await _session.Client.FetchTransactionCountAsync(sender, BlockReference.Latest, cancellationToken);
        SignedTransaction[] prepared = [.. calls.Select((call, i) => new Eip1559Transaction
        {
            ChainId = _session.ChainId,
            Nonce = nonce + (ulong)i,
            MaxPriorityFeePerGasWei = 0,
            MaxFeePerGasWei = 0,
            GasLimit = gasLimit,
            To = _contract,
            ValueWei = 0,
            Data = call,
        }.Sign(_sender))];

        clock.Resume();
        foreach (SignedTransaction transaction in prepared)
        {
            await _session.Client.SendRawTransactionAsync(transaction.Raw, cancellationToken);
        }

        // Nonces are used in order, so the last one is mined last.
        TransactionReceipt last = await WaitAsync(prepared[^1].Hash, cancellationToken);
        clock.Pause();
        return last.IsSuccess
            ? (double)last.GasUsed / HashesAtOnce
            : throw new InvalidOperationException($"The contract refused the hashes in block {last.BlockNumber}.");
    }

    private static async Task<Address> DeployAsync(LedgerSession session, Secp256k1Key sender, byte[] code, CancellationToken cancellationToken)
    {
        TransactionReceipt receipt = await new LedgerTransactions(session, TimeProvider.System).RunAsync(sender, to: null, code, cancellationToken);
        return receipt.ContractAddress ?? throw new InvalidOperationException("The ledger made no contract.");
    }

    private static byte[] ReadPackage(string contract)
    {
        string home = Environment.GetEnvironmentVariable(HomeVariable) ?? Environment.CurrentDirectory;
        string path = Path.Combine(home, PackageFolder, contract + ".sol", contract + ".json");
        return File.Exists(path)
            ? ReadBytecode(contract, File.ReadAllBytes(path))
            : throw new FileNotFoundException($"The contract to compare with is not installed: expected '{path}'. Install it with 'npm ci --prefix contracts/peers --ignore-scripts' in the project's folder, or start the tool as 'scripts/ledgercredit', which does.");
    }

    private static byte[] ReadBytecode(string contract, byte[] artifact) =>
        StrictJson.TryParse(artifact, ArtifactLimits, out JsonValue? json, out _)
        && json is JsonObject build
        && build.TryFindString("bytecode", out string? hex)
        && Hex.TryDecode(hex, out byte[]? code)
            ? code
            : throw new InvalidDataException($"The build of {contract} has no bytecode.");

    private byte[] NextCall()
    {
        Bytes32[] hashes = new Bytes32[HashesAtOnce];
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = Sha256.Hash(BitConverter.GetBytes(_next++));
        }

        return new AbiWriter().WriteBytes32Array(hashes).ToCallData(_function);
    }

    private async Task<TransactionReceipt> WaitAsync(Bytes32 hash, CancellationToken cancellationToken)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < MiningTimeout)
        {
            if (await _session.Client.FindReceiptAsync(hash, cancellationToken) is TransactionReceipt receipt)
            {
                return receipt;
            }

            await Task.Delay(PollInterval, cancellationToken);
        }

        throw new LedgerStalledException($"The devnet did not mine the transactions of a peer within {MiningTimeout.TotalMinutes:0} minutes.");
    }
}
