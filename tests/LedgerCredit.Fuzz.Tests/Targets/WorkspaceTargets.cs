using System.Security.Cryptography;
using System.Text;
using LedgerCredit.Ethereum.Keys;
using LedgerCredit.Node.Workspaces;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Verification;
using LedgerCredit.Verification.Tests;

namespace LedgerCredit.Fuzz.Tests.Targets;

/// <summary>The files of a workspace: its configuration and keystores.</summary>
internal static class WorkspaceTargets
{
    public static IEnumerable<FuzzTarget> Make()
    {
        Address account = TestLedger.Validators[0].Address;
        EvidenceBuilder built = new EvidenceBuilder { Consensus = ConsensusType.Qbft }.Build();
        MemberConfig member = new(EvidenceBuilder.Issuer, ["authority", "operator"], account, $"{EvidenceBuilder.Network}/{EvidenceBuilder.Issuer}", built.Policy.Logs[EvidenceBuilder.Issuer].Key.ToString())
        {
            Accounts = [new MemberAccount("second", ["authority"], account)],
        };
        WorkspaceConfig devnet = new(EvidenceBuilder.Network, new LedgerConfig(LedgerKind.Devnet, null, 31700, null, null), []);
        WorkspaceConfig external = new(
            EvidenceBuilder.Network,
            new LedgerConfig(LedgerKind.External, "https://ledger.example.org/", 31700, new ContractAddresses(account, account, account, account, 7), Consensus(built)),
            [member])
        {
            Supervisors = [new SupervisorConfig("platform", new Uri("https://platform.example.org/hooks"))],
            Witnesses = [new WitnessConfig(new Log.WitnessKey("witness.example/w1", Bytes32.FromUInt64(1)), new Uri("https://witness.example/w1"))],
        };

        yield return new FuzzTarget("workspace", InputForm.Json, [devnet.ToUtf8(), external.ToUtf8()], ParseConfig) { BytesPerByte = 512 };
        yield return new FuzzTarget("keystore", InputForm.Json, [.. Keystores(account)], ParseKeystore);
    }

    private static JsonObject Consensus(EvidenceBuilder built) =>
        StrictJson.TryParse(built.Policy.ToUtf8(), JsonLimits.Document, out JsonValue? policy, out _) && policy is JsonObject json
            ? (JsonObject)json.Find("consensus")!
            : throw new InvalidOperationException("A policy is a JSON object.");

    private static IEnumerable<byte[]> Keystores(Address account)
    {
        yield return KeystoreV3.Create(new byte[32], "password", new KeystoreLabel(KeystoreKeyType.Note, "n", "p"), null, new ScryptCost(2, 1, 1), new Zeros());
        yield return KeystoreV3.Create(new byte[32], "password", new KeystoreLabel(KeystoreKeyType.Account, "名", account.ToString()), account, new ScryptCost(2, 1, 1), new Zeros());
        yield return Encoding.UTF8.GetBytes($$$"""
            {"version":3,"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","x-ethers":{"client":"x"},"Crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"{{{new string('0', 32)}}}"},
             "ciphertext":"{{{new string('1', 64)}}}","kdf":"pbkdf2","kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256","salt":"{{{new string('a', 64)}}}"},"mac":"{{{new string('b', 64)}}}"}}
            """);
    }

    private static FuzzResult ParseConfig(byte[] input)
    {
        WorkspaceConfig config;
        try
        {
            config = WorkspaceConfig.Parse(input, "workspace.json");
        }
        catch (WorkspaceException refused)
        {
            return FuzzResult.Refused(new ParseProblem("workspace", "", refused.Message));
        }

        return FuzzResult.Accepted(() =>
        {
            byte[] written = config.ToUtf8();
            return written.Length > JsonLimits.Document.MaxBytes || WorkspaceConfig.Parse(written, "written").ToUtf8().AsSpan().SequenceEqual(written)
                ? null
                : "What was written is read as another configuration.";
        });
    }

    private static FuzzResult ParseKeystore(byte[] input)
    {
        if (!KeystoreV3.TryParse(input, out KeystoreV3? keystore, out ParseProblem? problem))
        {
            return FuzzResult.Refused(problem);
        }

        return FuzzResult.Accepted(() => StrictJson.TryParse(input, JsonLimits.Document, out JsonValue? json, out _)
            && KeystoreV3.TryParse(JsonText.WriteLine(json), out KeystoreV3? again, out _)
            && again.Address == keystore.Address && again.Label == keystore.Label
                ? null
                : "The same document with other white space is another keystore.");
    }

    // The seeds must be the same in every run.
    private sealed class Zeros : RandomNumberGenerator
    {
        public override void GetBytes(byte[] data) => Array.Clear(data);
    }
}
