using System.Net;
using System.Text.Json;
using LedgerCredit.Contracts;
using LedgerCredit.Node.Access;
using LedgerCredit.Primitives;
using LedgerCredit.Verification;

namespace LedgerCredit.Service.Tests.Repair;

/// <summary>Cases over HTTP: each party signs at home, and sees what is its to see.</summary>
[TestClass]
public sealed class RepairCaseTests
{
    private const string Plan = $"/v1/repair/plans/{RepairParties.Authority}/0";
    private const string Prepare = "/v1/repair/transactions";
    private const string Send = "/v1/repair/transactions/send";
    private const string Case = "/v1/repair/cases/1";

    private static readonly object OpenStep = new { step = "open", issuer = RepairParties.Authority, leafIndex = 0, materials = RepairParties.Materials };
    private static readonly string Statement = RepairParties.Digest("statement");

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Case_FromPlanToRepaired_IsDoneByItsPartiesAlone()
    {
        await using RepairParties parties = await RepairParties.StartAsync(Token);
        await parties.EnterSanctionAsync(RepairParties.Authority, Token);

        // The plan, and the application.
        JsonElement plan = await parties.GetAsync(RepairParties.Applicant, Plan, Token);
        Assert.IsTrue(plan.GetProperty("repairable").GetBoolean());
        Assert.AreEqual(0, plan.GetProperty("sanction").GetProperty("withheld").GetInt32());
        Assert.AreEqual("cn-ndrc-36-2025", plan.GetProperty("rulePack").GetProperty("id").GetString());

        await NamesWhatIsLackingAsync(parties, plan);
        JsonElement opened = await parties.TakeAsync(RepairParties.Applicant, OpenStep, Token);
        Assert.AreEqual(1, opened.GetProperty("case").GetInt64());
        Assert.AreEqual("under-repair", (await parties.GetAsync(RepairParties.Applicant, Plan, Token)).GetProperty("obstacle").GetString());

        // Who sees it, and who does not.
        await CheckSeenAsync(parties, expected: [RepairParties.Authority, RepairParties.Applicant, RepairParties.ReviewerA, RepairParties.Arbiter, RepairParties.Auditor]);
        JsonElement seen = await parties.GetAsync(RepairParties.Authority, Case, Token);
        Assert.AreEqual("S-1", seen.GetProperty("record").GetString());
        Assert.AreEqual("open", seen.GetProperty("stage").GetString());
        Assert.AreEqual(11, seen.GetProperty("conditions").GetArrayLength());
        string materialsHash = seen.GetProperty("materialsHash").GetString()!;

        // Taken in; reviewed while the window is open; confirmed after it.
        await parties.TakeAsync(RepairParties.Second, new { step = "accept", @case = 1 }, Token);
        object approve = new { step = "approve", @case = 1, materialsHash, score = 80 };
        await parties.TakeAsync(RepairParties.ReviewerA, approve, Token);
        Assert.AreEqual("duty-approved-before", await RefusedAsync(parties, RepairParties.ReviewerA, Prepare, approve, 403, "duty-conflict"));
        await parties.TakeAsync(RepairParties.ReviewerB, approve, Token);
        await parties.PassAsync(TimeSpan.FromDays(8), 1, Token);

        // Who entered the record does not confirm it, made here or made elsewhere.
        object confirm = new { step = "confirm", @case = 1, statement = Statement };
        Assert.AreEqual("duty-entered-the-record", await RefusedAsync(parties, RepairParties.Authority, Prepare, confirm, 403, "duty-conflict"));
        string own = parties.SignCall(RepairParties.Authority, RepairDeskContract.EncodeConfirm(1, true, Hash(Statement)));
        Assert.AreEqual("duty-entered-the-record", await RefusedAsync(parties, RepairParties.Authority, Send, new { transaction = own }, 403, "duty-conflict"));
        JsonElement confirmed = await parties.TakeAsync(RepairParties.Second, confirm, Token);
        Assert.Contains("repaired", confirmed.GetProperty("events").EnumerateArray().Select(name => name.GetString()!).Last());

        JsonElement repaired = await parties.GetAsync(RepairParties.Applicant, Case, Token);
        Assert.AreEqual("repaired", repaired.GetProperty("stage").GetString());
        Assert.AreEqual("repaired", repaired.GetProperty("sanctionStatus").GetProperty("state").GetString());
        Assert.IsTrue(repaired.GetProperty("conditions").EnumerateArray().All(condition => condition.GetProperty("state").GetString() == "met"));
        Assert.AreEqual("repaired", (await parties.GetAsync(RepairParties.Applicant, Plan, Token)).GetProperty("obstacle").GetString());

        // One file proves it, to whoever has the trust policy and nothing else.
        await ProvesRepairAsync(parties);

        // Reviewers that took part still see it, but not what a repaired record says; an arbiter who had no part does not.
        await CheckSeenAsync(parties, expected: [RepairParties.Authority, RepairParties.Applicant, RepairParties.ReviewerA, RepairParties.Auditor]);
        Assert.IsFalse((await parties.GetAsync(RepairParties.ReviewerA, Case, Token)).TryGetProperty("record", out _));
        using HttpResponseMessage closed = await (await parties.AsAsync(RepairParties.ReviewerA, Token)).GetAsync(Plan, Token);
        Assert.AreEqual("not-found", await ServiceScene.CodeOfAsync(closed, 404, Token));

        // Who sees neither the case nor the sanction any more is told nothing by objecting, here or with a transaction made elsewhere. To trigger is anybody's.
        await RefusedAsync(parties, RepairParties.Stranger, Prepare, new { step = "object", @case = 1, statement = Statement }, 404, "not-found");
        await RefusedAsync(parties, RepairParties.Stranger, Prepare, new { step = "object", @case = 99, statement = Statement }, 404, "not-found");
        foreach (byte[] call in (byte[][])[RepairDeskContract.EncodeObject(1, Hash(Statement)), RepairDeskContract.EncodeWithdraw(1), RepairDeskContract.EncodeObject(99, Hash(Statement))])
        {
            await RefusedAsync(parties, RepairParties.Stranger, Send, new { transaction = parties.SignCall(RepairParties.Stranger, call) }, 404, "not-found");
        }

        await RefusedAsync(parties, RepairParties.Stranger, Prepare, new { step = "trigger", @case = 1 }, 409, "step-refused");

        // Revoked by two keys: the one that proposed does not turn the second.
        await parties.TakeAsync(RepairParties.Authority, new { step = "revoke", @case = 1, statement = Statement }, Token);
        Assert.AreEqual(
            "duty-proposed-the-revocation", await RefusedAsync(parties, RepairParties.Authority, Prepare, new { step = "revoke", @case = 1 }, 403, "duty-conflict"));
        await parties.TakeAsync(RepairParties.Second, new { step = "revoke", @case = 1 }, Token);
        Assert.AreEqual("revoked", (await parties.GetAsync(RepairParties.Authority, Case, Token)).GetProperty("stage").GetString());
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Transactions_OfOthersForOthersAndAgainstTheRules_AreRefused()
    {
        await using RepairParties parties = await RepairParties.StartAsync(Token);
        await parties.EnterSanctionAsync(RepairParties.Authority, Token);

        // The contract's reasons, before anything is signed.
        Assert.AreEqual("repair-desk-not-applicant", await RefusedAsync(parties, RepairParties.Authority, Prepare, OpenStep, 409, "step-refused"));
        await RefusedAsync(parties, RepairParties.Stranger, Prepare, OpenStep, 404, "not-found");
        using HttpResponseMessage made = await parties.PostAsync(RepairParties.Applicant, Prepare, OpenStep, Token);
        string raw = parties.Sign(await ServiceScene.ReadAsync(made, Token), RepairParties.Applicant);
        await RefusedAsync(parties, RepairParties.Stranger, Prepare, new { step = "withdraw", @case = 1 }, 404, "not-found");
        await RefusedAsync(parties, RepairParties.Stranger, Prepare, new { step = "trigger", @case = 1 }, 404, "not-found");

        // Signed by another account than the one that sends it, and the like.
        Assert.AreEqual("other-account", await RefusedAsync(parties, RepairParties.Stranger, Send, new { transaction = raw }, 422, "invalid-transaction"));
        byte[] withdraw = RepairDeskContract.EncodeWithdraw(1);
        foreach ((string reason, string transaction) in new[]
        {
            ("other-chain", parties.SignCall(RepairParties.Applicant, withdraw, sent => sent with { ChainId = 1 })),
            ("other-contract", parties.SignCall(RepairParties.Applicant, withdraw, sent => sent with { To = default(Ethereum.Address) })),
            ("other-contract", parties.SignCall(RepairParties.Applicant, withdraw, sent => sent with { To = null })),
            ("transfers-value", parties.SignCall(RepairParties.Applicant, withdraw, sent => sent with { ValueWei = 1 })),
            ("unknown-method", parties.SignCall(RepairParties.Applicant, RepairDeskContract.EncodePause())),
            ("unknown-method", parties.SignCall(RepairParties.Applicant, [.. withdraw, 0])),
            ("unknown-method", parties.SignCall(RepairParties.Applicant, [])),
            ("transaction-fields", "0xc0"),
        })
        {
            Assert.AreEqual(reason, await RefusedAsync(parties, RepairParties.Applicant, Send, new { transaction }, 422, "invalid-transaction"));
        }

        await RefusedAsync(parties, RepairParties.Applicant, Send, new { transaction = "0xAB" }, 400, "malformed-request");

        // A case that nobody has opened yet cannot be judged.
        await RefusedAsync(parties, RepairParties.Applicant, Send, new { transaction = parties.SignCall(RepairParties.Applicant, withdraw) }, 404, "not-found");

        // The same bytes again are the same transaction; others do not see what became of it.
        await parties.TakeAsync(RepairParties.Applicant, OpenStep, Token);
        using HttpResponseMessage again = await parties.PostAsync(RepairParties.Applicant, Send, new { transaction = raw }, Token);
        Assert.AreEqual(HttpStatusCode.Accepted, again.StatusCode);
        string hash = (await ServiceScene.ReadAsync(again, Token)).GetProperty("hash").GetString()!;
        using HttpResponseMessage others = await (await parties.AsAsync(RepairParties.Stranger, Token)).GetAsync($"{Prepare}/{hash}", Token);
        Assert.AreEqual("not-found", await ServiceScene.CodeOfAsync(others, 404, Token));

        // A second case of the subject.
        string other = ServiceScene.SanctionOf(RepairParties.Sanction).Replace("\"id\":\"S-1\"", "\"id\":\"S-2\"", StringComparison.Ordinal);
        await parties.EnterSanctionAsync(RepairParties.Authority, Token, other, leafIndex: 1);
        await parties.TakeAsync(RepairParties.Applicant, new { step = "open", issuer = RepairParties.Authority, leafIndex = 1, materials = RepairParties.Materials }, Token);

        // Rules of the case, then what is late: by the days of the rules first.
        Assert.AreEqual("repair-desk-wrong-status", await RefusedAsync(parties, RepairParties.Applicant, Prepare, OpenStep, 409, "step-refused"));
        Assert.AreEqual("repair-desk-not-overdue", await RefusedAsync(parties, RepairParties.Stranger, Prepare, new { step = "escalate", @case = 1 }, 409, "step-refused"));
        Assert.AreEqual("repair-desk-not-authority", await RefusedAsync(parties, RepairParties.ReviewerA, Prepare, new { step = "accept", @case = 1 }, 409, "step-refused"));
        Assert.AreEqual(0, (await parties.GetAsync(RepairParties.Authority, "/v1/repair/overdue", Token)).GetProperty("steps").GetArrayLength());
        await parties.PassAsync(TimeSpan.FromDays(12), 1, Token);
        JsonElement late = (await parties.GetAsync(RepairParties.Authority, "/v1/repair/overdue?lang=zh", Token)).GetProperty("steps");
        Assert.AreEqual("take-in", late[0].GetProperty("step").GetProperty("act").GetString());
        JsonElement nothing = await parties.GetAsync(RepairParties.Stranger, "/v1/repair/overdue", Token);
        Assert.AreEqual(0, nothing.GetProperty("steps").GetArrayLength());
        Assert.IsFalse(nothing.TryGetProperty("next", out _));
        JsonElement first = await parties.GetAsync(RepairParties.Authority, "/v1/repair/overdue?limit=1", Token);
        Assert.AreEqual(1, first.GetProperty("steps").EnumerateArray().Single().GetProperty("case").GetInt64());
        JsonElement second = await parties.GetAsync(RepairParties.Authority, $"/v1/repair/overdue?limit=1&cursor={first.GetProperty("next").GetString()}", Token);
        Assert.AreEqual(2, second.GetProperty("steps").EnumerateArray().Single().GetProperty("case").GetInt64());
        Assert.IsFalse(second.TryGetProperty("next", out _));

        // Searching: by each of the filters, and nothing for those who see nothing.
        foreach (object search in new object[]
        {
            new { }, new { subject = RepairParties.Subject }, new { authority = RepairParties.Authority }, new { stage = "open" }, new { overdue = true }, new { underWay = true },
        })
        {
            Assert.AreEqual(2, await CountAsync(parties, RepairParties.Applicant, search), search.ToString());
            Assert.AreEqual(0, await CountAsync(parties, RepairParties.Stranger, search), search.ToString());
        }

        string sanction = (await parties.GetAsync(RepairParties.Applicant, Case, Token)).GetProperty("sanction").GetString()!;
        Assert.AreEqual(1, await CountAsync(parties, RepairParties.Applicant, new { sanction }));
        Assert.AreEqual(0, await CountAsync(parties, RepairParties.Stranger, new { sanction }));
        JsonElement firstCase = await SearchAsync(parties, RepairParties.Applicant, new { limit = 1 });
        JsonElement lastCase = await SearchAsync(parties, RepairParties.Applicant, new { limit = 1, cursor = firstCase.GetProperty("next").GetString() });
        Assert.AreSequenceEqual(
            [1L, 2L], ((JsonElement[])[firstCase, lastCase]).Select(page => page.GetProperty("cases").EnumerateArray().Single().GetProperty("case").GetInt64()));
        Assert.IsFalse(lastCase.TryGetProperty("next", out _));
        Assert.IsFalse((await SearchAsync(parties, RepairParties.Stranger, new { limit = 1 })).TryGetProperty("next", out _));

        foreach (object search in new object[] { new { subject = "x-test:nobody" }, new { authority = RepairParties.Stranger }, new { stage = "repaired" }, new { cursor = "2" } })
        {
            Assert.AreEqual(0, await CountAsync(parties, RepairParties.Auditor, search), search.ToString());
        }

        foreach (object search in new object[] { new { subject = "nobody" }, new { authority = "No Slug" }, new { stage = "none" }, new { sanction = "0x12" }, new { limit = 0 }, new { limit = 101 } })
        {
            await RefusedAsync(parties, RepairParties.Auditor, "/v1/repair/cases/search", search, 400, "malformed-request");
        }

        await RefusedAsync(parties, RepairParties.Auditor, "/v1/repair/cases/search", new { cursor = "x" }, 400, "invalid-cursor");

        // No key for programs signs, and nobody without a sign-in comes so far.
        using HttpClient program = parties.Scene.WithKey(RepairParties.Authority, AccessScopes.RepairWrite, AccessScopes.RecordsRead);
        using HttpResponseMessage byProgram = await program.PostAsync(Prepare, Json("""{"step":"accept","case":1}"""), Token);
        Assert.AreEqual("not-allowed", await ServiceScene.CodeOfAsync(byProgram, 403, Token));
        foreach (string path in (string[])[Plan, Case, "/v1/repair/overdue", $"{Prepare}/{hash}"])
        {
            using HttpResponseMessage anonymous = await parties.Scene.Http.GetAsync(path, Token);
            Assert.AreEqual("not-signed-in", await ServiceScene.CodeOfAsync(anonymous, 401, Token), path);
        }
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Steps_BesideTheStraightWay_AreTakenByTheirParties()
    {
        await using RepairParties parties = await RepairParties.StartAsync(Token);
        await parties.EnterSanctionAsync(RepairParties.Authority, Token);
        JsonElement evidence = await parties.GetAsync(RepairParties.Authority, $"/v1/records/{RepairParties.Authority}/0/evidence", Token);
        object sanction = new { step = "shield", issuer = RepairParties.Authority, leafIndex = 0, statement = Statement };

        // An application with the evidence file that the authority handed over; a supplement that was asked for.
        await parties.TakeAsync(RepairParties.Applicant, new { step = "open", evidence, materials = RepairParties.Materials }, Token);
        await parties.TakeAsync(RepairParties.Second, new { step = "ask", @case = 1, kinds = (string[])["D06", "D07"], statement = Statement }, Token);
        Assert.AreEqual("supplement-asked", await StageAsync(parties));
        await parties.TakeAsync(RepairParties.Applicant, new { step = "supplement", @case = 1, materials = new[] { new { code = "D06", digest = Statement } } }, Token);

        // Any member objects, and so becomes a party; an arbiter decides.
        await parties.TakeAsync(RepairParties.Stranger, new { step = "object", @case = 1, statement = Statement }, Token);
        JsonElement objected = await parties.GetAsync(RepairParties.Stranger, Case, Token);
        Assert.AreEqual(RepairParties.Stranger, objected.GetProperty("objections")[0].GetProperty("objector").GetString());
        await parties.TakeAsync(RepairParties.Arbiter, new { step = "resolve", @case = 1, objector = RepairParties.Stranger, uphold = false, statement = Statement }, Token);
        Assert.AreEqual(
            "dismissed", (await parties.GetAsync(RepairParties.Arbiter, Case, Token)).GetProperty("objections")[0].GetProperty("state").GetString());

        // Values that are none.
        foreach ((string party, object step) in new (string, object)[]
        {
            (RepairParties.Applicant, new { step = "supplement", @case = 1, materials = new object?[] { null } }),
            (RepairParties.Applicant, new { step = "supplement", @case = 1, materials = new[] { new { code = "D64", digest = Statement } } }),
            (RepairParties.Second, new { step = "ask", @case = 1, kinds = Array.Empty<string>(), statement = Statement }),
            (RepairParties.Second, new { step = "refuse", @case = 1, statement = "0x" + new string('0', 64) }),
            (RepairParties.Second, new { step = "revoke", @case = 1 }),
            (RepairParties.ReviewerA, new { step = "approve", @case = 1, materialsHash = Statement, score = 101 }),
            (RepairParties.Arbiter, new { step = "resolve", @case = 1, objector = "nobody", uphold = true, statement = Statement }),
            (RepairParties.Arbiter, new { step = "escalate", @case = 1, objector = "No Slug" }),
            (RepairParties.Applicant, new { step = "open", evidence = new { format = "none" }, materials = RepairParties.Materials }),
        })
        {
            await RefusedAsync(parties, party, Prepare, step, 400, "malformed-request");
        }

        await RefusedAsync(parties, RepairParties.Second, Prepare + "?lang=fr", sanction, 400, "malformed-request");
        await parties.TakeAsync(RepairParties.Applicant, new { step = "withdraw", @case = 1 }, Token);
        Assert.AreEqual("withdrawn", await StageAsync(parties));

        // What the authority does with the sanction itself.
        await parties.TakeAsync(RepairParties.Second, sanction, Token);
        await parties.TakeAsync(RepairParties.Second, new { step = "unshield", evidence, statement = Statement }, Token);
        await parties.TakeAsync(RepairParties.Second, new { step = "annul", evidence, statement = Statement }, Token);
        JsonElement annulled = await parties.GetAsync(RepairParties.Authority, Case, Token);
        Assert.AreEqual("annulled", annulled.GetProperty("sanctionStatus").GetProperty("state").GetString());
        Assert.AreEqual("annulled", (await parties.GetAsync(RepairParties.Applicant, Plan, Token)).GetProperty("obstacle").GetString());
    }

    // What an application lacks by its plan is named, and the ledger would take it all the same.
    private async Task NamesWhatIsLackingAsync(RepairParties parties, JsonElement plan)
    {
        string[] needed = [.. plan.GetProperty("materials").EnumerateArray().Where(material => material.GetProperty("need").GetString() == "needed").Select(CodeOf)];
        foreach (int given in (int[])[0, 1, RepairParties.Materials.Count])
        {
            object[] materials = [.. RepairParties.Materials.Take(given)];
            HashSet<string> codes = [.. JsonSerializer.SerializeToElement(materials).EnumerateArray().Select(CodeOf)];
            using HttpResponseMessage made = await parties.PostAsync(
                RepairParties.Applicant, Prepare, new { step = "open", issuer = RepairParties.Authority, leafIndex = 0, materials }, Token);
            JsonElement answer = await ServiceScene.ReadAsync(made, Token);
            string[] wanted = answer.TryGetProperty("wantedMaterials", out JsonElement lacking) ? [.. lacking.EnumerateArray().Select(CodeOf)] : [];
            Assert.AreSequenceEqual(needed.Except(codes), wanted);
            Assert.AreEqual(wanted.Length > 0, answer.TryGetProperty("wantedMaterials", out _));
        }

        static string CodeOf(JsonElement material) => material.GetProperty("code").GetString()!;
    }

    private async Task ProvesRepairAsync(RepairParties parties)
    {
        byte[] bytes = await (await parties.AsAsync(RepairParties.Applicant, Token)).GetByteArrayAsync($"/v1/records/{RepairParties.Authority}/0/evidence?status=true", Token);
        Assert.IsTrue(TrustPolicy.TryParse(await parties.Scene.Http.GetByteArrayAsync("/v1/trust", Token), out TrustPolicy? policy, out _));
        VerificationReport report = EvidenceVerifier.Verify(bytes, policy, new VerificationOptions { Clock = TimeProvider.System });
        Assert.AreEqual(Verdict.Valid, report.Verdict);
        Assert.AreEqual(RepairState.Repaired, report.Status!.State);
    }

    private async Task<string?> StageAsync(RepairParties parties) => (await parties.GetAsync(RepairParties.Authority, Case, Token)).GetProperty("stage").GetString();

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");

    private static Bytes32 Hash(string text) => Bytes32.TryParseHex(text, out Bytes32 hash) ? hash : throw new AssertFailedException("No hash.");

    private async Task<int> CountAsync(RepairParties parties, string party, object search) =>
        (await SearchAsync(parties, party, search)).GetProperty("cases").GetArrayLength();

    private async Task<JsonElement> SearchAsync(RepairParties parties, string party, object search)
    {
        using HttpResponseMessage response = await parties.PostAsync(party, "/v1/repair/cases/search", search, Token);
        return await ServiceScene.ReadAsync(response, Token);
    }

    // The code of the problem must be as expected; the reason is given back.
    private async Task<string?> RefusedAsync(RepairParties parties, string party, string path, object body, int status, string code)
    {
        using HttpResponseMessage response = await parties.PostAsync(party, path, body, Token);
        Assert.AreEqual(code, await ServiceScene.CodeOfAsync(response, status, Token));
        using JsonDocument problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        return problem.RootElement.TryGetProperty("reason", out JsonElement reason) ? reason.GetString() : null;
    }

    private async Task CheckSeenAsync(RepairParties parties, IReadOnlyList<string> expected)
    {
        string? missing = null;
        foreach (string party in (string[])[RepairParties.Authority, RepairParties.Applicant, RepairParties.Stranger, RepairParties.ReviewerA, RepairParties.Arbiter, RepairParties.Auditor])
        {
            HttpClient client = await parties.AsAsync(party, Token);
            using HttpResponseMessage found = await client.GetAsync(Case, Token);
            Assert.AreEqual(expected.Contains(party), found.StatusCode == HttpStatusCode.OK, party);
            if (found.StatusCode != HttpStatusCode.OK)
            {
                // What is not there and what may not be seen are the same, but for the trace.
                using HttpResponseMessage nothing = await client.GetAsync("/v1/repair/cases/99", Token);
                Assert.AreEqual(await WithoutTraceAsync(nothing), missing = await WithoutTraceAsync(found));
            }
        }

        Assert.IsNotNull(missing);
    }

    private async Task<string> WithoutTraceAsync(HttpResponseMessage response)
    {
        Assert.AreEqual("not-found", await ServiceScene.CodeOfAsync(response, 404, Token));
        using JsonDocument problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        return string.Join('\n', problem.RootElement.EnumerateObject().Where(member => member.Name != "traceId").Select(member => $"{member.Name}={member.Value}"));
    }
}
