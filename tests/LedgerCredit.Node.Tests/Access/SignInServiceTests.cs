using System.Reflection;
using LedgerCredit.Ethereum;
using LedgerCredit.Node.Access;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Cryptography;
using LedgerCredit.Testing;

namespace LedgerCredit.Node.Tests.Access;

/// <summary>Sign-in: the right account gets one token for one challenge, and nobody else anything.</summary>
[TestClass]
public sealed class SignInServiceTests : IDisposable
{
    private const string Domain = "credit.example.org";

    private readonly ManualTimeProvider _clock = new(new DateTimeOffset(2026, 5, 6, 7, 8, 9, 500, TimeSpan.Zero));
    private readonly CountingRandom _random = new();
    private readonly Secp256k1Key _key = KeyOf(1);
    private readonly HashSet<Address> _admitted = [AddressOf(1), AddressOf(2)];

    public void Dispose()
    {
        _key.Dispose();
        _random.Dispose();
    }

    [TestMethod]
    public void TrySignIn_WithTheChallengeSigned_GivesATokenForAQuarterOfAnHour()
    {
        SignInService service = NewService();
        string challenge = service.CreateChallenge(AddressOf(1));

        SignedIn signedIn = SignIn(service, challenge);

        Assert.AreEqual(AddressOf(1), signedIn.Address);
        Assert.AreEqual(_clock.GetUtcNow() + TimeSpan.FromMinutes(15), signedIn.ExpiresAt);
        Assert.MatchesRegex("^lct_[A-Za-z0-9_-]{43}$", signedIn.Token);
        Assert.DoesNotContain(signedIn.Token, signedIn.ToString()!);
        Assert.IsTrue(service.TryAuthenticate(signedIn.Token, out Address address));
        Assert.AreEqual(AddressOf(1), address);
        _clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromTicks(1));
        Assert.IsTrue(service.TryAuthenticate(signedIn.Token, out _));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.IsFalse(service.TryAuthenticate(signedIn.Token, out _));
    }

    [TestMethod]
    public void CreateChallenge_OfAnAddress_IsAMessageOfTheEipForFiveMinutes()
    {
        Assert.IsTrue(SignInMessageReader.TryParse(NewService().CreateChallenge(AddressOf(1)), out SignInMessage? message, out _));

        Assert.AreEqual(Domain, message.Domain);
        Assert.AreEqual("https://credit.example.org/v1", message.Uri);
        Assert.AreEqual(31337UL, message.ChainId);
        Assert.AreEqual(AddressOf(1), message.Address);
        Assert.AreEqual("2026-05-06T07:08:09Z", message.IssuedAt);
        Assert.AreEqual("2026-05-06T07:13:09Z", message.ExpirationTime);
    }

    [TestMethod]
    public void TrySignIn_ASecondTime_IsReplayed()
    {
        SignInService service = NewService();
        string challenge = service.CreateChallenge(AddressOf(1));
        SignedIn signedIn = SignIn(service, challenge);

        Assert.AreEqual(SignInFailure.Replayed, Refused(service, challenge, _key));

        // Signing out does not open it again.
        Assert.IsTrue(service.SignOut(signedIn.Token));
        Assert.AreEqual(SignInFailure.Replayed, Refused(service, challenge, _key));
        Assert.IsFalse(service.SignOut(signedIn.Token));
        Assert.IsFalse(service.TryAuthenticate(signedIn.Token, out _));
    }

    [TestMethod]
    public async Task TrySignIn_ManyTimesAtOnce_IsOneSignIn()
    {
        SignInService service = NewService();
        string challenge = service.CreateChallenge(AddressOf(1));
        byte[] signature = PersonalMessage.Sign(challenge, _key);

        bool[] done = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => service.TrySignIn(challenge, signature, out SignedIn? _, out SignInFailure _))));

        Assert.HasCount(1, done.Where(isDone => isDone));
    }

    [TestMethod]
    public void TrySignIn_AfterItsEnd_IsExpired()
    {
        SignInService service = NewService();
        string challenge = service.CreateChallenge(AddressOf(1));

        // To the second: the end has no fraction.
        _clock.Advance(TimeSpan.FromSeconds(299.4));
        string late = service.CreateChallenge(AddressOf(1));
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.AreEqual(SignInFailure.Expired, Refused(service, challenge, _key));
        SignIn(service, late);
    }

    [TestMethod]
    public void TrySignIn_ByAnotherAccount_IsABadSignature()
    {
        SignInService service = NewService();
        string challenge = service.CreateChallenge(AddressOf(1));
        using Secp256k1Key other = KeyOf(2);

        Assert.AreEqual(SignInFailure.BadSignature, Refused(service, challenge, other));
        Assert.IsFalse(service.TrySignIn(challenge, new byte[65], out _, out SignInFailure failure));
        Assert.AreEqual(SignInFailure.BadSignature, failure);

        // What failed did not use the challenge up.
        SignIn(service, challenge);
    }

    [TestMethod]
    public void TrySignIn_ByAnAccountThatIsNotAdmitted_IsRefusedAndNotRemembered()
    {
        SignInService service = NewService();
        using Secp256k1Key stranger = KeyOf(3);

        for (int i = 0; i < 100; i++)
        {
            Assert.AreEqual(SignInFailure.UnknownAccount, Refused(service, service.CreateChallenge(AddressOf(3)), stranger));
        }

        Assert.AreEqual(0, CountRemembered(service));
    }

    [TestMethod]
    public void TrySignIn_EveryLineAltered_IsRefused()
    {
        SignInService service = NewService();
        string challenge = service.CreateChallenge(AddressOf(1));
        foreach ((string altered, SignInFailure expected) in new[]
        {
            ("https://" + challenge, SignInFailure.UnknownChallenge),
            (challenge.Replace(Domain + " wants", "evil.example.org wants", StringComparison.Ordinal), SignInFailure.OtherDomain),
            (challenge.Replace("https://credit.example.org/v1", "https://evil.example.org/v1", StringComparison.Ordinal), SignInFailure.OtherDomain),
            (challenge.Replace("Chain ID: 31337", "Chain ID: 1", StringComparison.Ordinal), SignInFailure.OtherChain),
            (challenge.Replace(AddressOf(1).ToString(), AddressOf(2).ToString(), StringComparison.Ordinal), SignInFailure.UnknownChallenge),
            (challenge.Replace("This costs nothing", "This costs much", StringComparison.Ordinal), SignInFailure.UnknownChallenge),
            (challenge.Replace("Issued At: 2026", "Issued At: 2025", StringComparison.Ordinal), SignInFailure.UnknownChallenge),
            (challenge.Replace("Expiration Time: 2026", "Expiration Time: 2036", StringComparison.Ordinal), SignInFailure.UnknownChallenge),
            (challenge[..challenge.IndexOf("\nExpiration", StringComparison.Ordinal)], SignInFailure.UnknownChallenge),
            (challenge + "\nNot Before: 2026-05-06T07:08:09Z", SignInFailure.UnknownChallenge),
            (challenge + "\nRequest ID: a", SignInFailure.UnknownChallenge),
            (challenge + "\nResources:", SignInFailure.UnknownChallenge),
            (challenge + "\n", SignInFailure.Malformed),
            (challenge.Replace("Nonce: ", "Nonce: a", StringComparison.Ordinal), SignInFailure.UnknownChallenge),
            ("", SignInFailure.Malformed),
        })
        {
            using Secp256k1Key second = KeyOf(2);
            Assert.AreNotEqual(challenge, altered);
            Assert.AreEqual(expected, Refused(service, altered, _key), altered);

            // Also for whoever holds the key of the account that the altered message names.
            Assert.AreEqual(expected, Refused(service, altered, second), altered);
        }
    }

    [TestMethod]
    public void TrySignIn_ANonceOfOnesOwn_IsUnknown()
    {
        SignInService service = NewService();
        string challenge = service.CreateChallenge(AddressOf(1));
        Assert.IsTrue(SignInMessageReader.TryParse(challenge, out SignInMessage? message, out _));
        for (int i = 0; i < message.Nonce.Length; i++)
        {
            string nonce = message.Nonce[..i] + (message.Nonce[i] == '0' ? '1' : '0') + message.Nonce[(i + 1)..];
            Assert.AreEqual(SignInFailure.UnknownChallenge, Refused(service, (message with { Nonce = nonce }).Format(), _key), $"character {i}");
        }

        Assert.AreEqual(SignInFailure.UnknownChallenge, Refused(service, (message with { Nonce = message.Nonce.ToUpperInvariant() }).Format(), _key));
        Assert.AreEqual(SignInFailure.UnknownChallenge, Refused(service, (message with { Nonce = "12345678" }).Format(), _key));
        SignIn(service, challenge);
    }

    [TestMethod]
    public void TrySignIn_AChallengeOfAnotherNode_IsUnknown()
    {
        SignInService service = NewService();
        SignInService restarted = NewService();
        string challenge = service.CreateChallenge(AddressOf(1));

        Assert.AreEqual(SignInFailure.UnknownChallenge, Refused(restarted, challenge, _key));

        // Its tokens are its own as well.
        SignedIn signedIn = SignIn(service, challenge);
        Assert.IsFalse(restarted.TryAuthenticate(signedIn.Token, out _));
    }

    [TestMethod]
    public void CreateChallenge_AFloodOfThem_CostsNoMemoryAndKeepsNobodyOut()
    {
        SignInService service = NewService();
        string before = service.CreateChallenge(AddressOf(1));
        for (int i = 0; i < 20_000; i++)
        {
            service.CreateChallenge(Address.FromBytes(Sha256.Hash(BitConverter.GetBytes(i)).AsSpan()[..20]));
        }

        Assert.AreEqual(0, CountRemembered(service));
        SignIn(service, before);
        SignIn(service, service.CreateChallenge(AddressOf(1)));
    }

    [TestMethod]
    public void TrySignIn_VeryOftenByOneAccount_IsBoundedAndHurtsOnlyItself()
    {
        SignInService service = NewService();
        using Secp256k1Key second = KeyOf(2);
        SignedIn others = SignIn(service, service.CreateChallenge(AddressOf(2)), second);
        List<string> tokens = [.. Enumerable.Range(0, SignInService.MaxSignIns).Select(_ => SignIn(service, service.CreateChallenge(AddressOf(1))).Token)];

        Assert.AreEqual(SignInFailure.TooMany, Refused(service, service.CreateChallenge(AddressOf(1)), _key));

        // Its newest tokens hold, its older ones do not, and others are not touched.
        Assert.HasCount(SignInService.MaxTokens, tokens.Where(token => service.TryAuthenticate(token, out _)));
        Assert.IsTrue(tokens[^SignInService.MaxTokens..].All(token => service.TryAuthenticate(token, out _)));
        Assert.IsTrue(service.TryAuthenticate(others.Token, out _));
        SignIn(service, service.CreateChallenge(AddressOf(2)), second);

        // When the challenges have ended it may again, and what was remembered of them is gone.
        _clock.Advance(TimeSpan.FromMinutes(5));
        SignIn(service, service.CreateChallenge(AddressOf(1)));

        // Two accounts; 16 tokens and 2, each under its account and by its hash; one nonce, and two of the other, who has not signed in since.
        Assert.AreEqual(2 + (2 * (SignInService.MaxTokens + 2)) + 1 + 2, CountRemembered(service));
    }

    [TestMethod]
    public void TryAuthenticate_ForgedTokens_AreRefused()
    {
        SignInService service = NewService();
        string token = SignIn(service, service.CreateChallenge(AddressOf(1))).Token;
        for (int i = 0; i < token.Length; i++)
        {
            string altered = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            Assert.IsFalse(service.TryAuthenticate(altered, out _), $"character {i}");
            Assert.IsFalse(service.SignOut(altered));
        }

        foreach (string? other in (string?[])[null, "", "lct_", token + "A", token[..^1], " " + token, token.ToUpperInvariant(), new string('a', 1 << 20)])
        {
            Assert.IsFalse(service.TryAuthenticate(other, out _));
        }

        Assert.IsTrue(service.TryAuthenticate(token, out _));
    }

    [TestMethod]
    [DataRow("credit example", "https://a/", 300, DisplayName = "domain with a space")]
    [DataRow("", "https://a/", 300, DisplayName = "no domain")]
    [DataRow("https://credit.example", "https://a/", 300, DisplayName = "domain with a scheme")]
    [DataRow("credit.example", "no uri", 300, DisplayName = "no URI")]
    [DataRow("credit.example", "https://a/", 0, DisplayName = "no lifetime")]
    public void New_WithOptionsThatNoMessageCanCarry_IsRefused(string domain, string uri, int seconds)
    {
        SignInOptions options = new() { Domain = domain, Uri = uri, ChainId = 1, IsAdmitted = _ => true, ChallengeLifetime = TimeSpan.FromSeconds(seconds) };

        Assert.ThrowsExactly<ArgumentException>(() => new SignInService(_clock, _random, options));
    }

    [TestMethod]
    public void CodeOf_EveryFailure_IsAnother()
    {
        SignInFailure[] failures = [.. Enum.GetValues<SignInFailure>().Except([SignInFailure.None])];

        Assert.HasCount(failures.Length, failures.Select(SignInFailures.CodeOf).Distinct());
        Assert.HasCount(failures.Length, failures.Select(SignInFailures.TextOf).Distinct());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => SignInFailures.CodeOf(SignInFailure.None));
    }

    private SignInService NewService() => new(_clock, _random, new SignInOptions
    {
        Domain = Domain,
        Uri = "https://credit.example.org/v1",
        ChainId = 31337,
        IsAdmitted = _admitted.Contains,
    });

    private SignedIn SignIn(SignInService service, string challenge, Secp256k1Key? key = null)
    {
        Assert.IsTrue(service.TrySignIn(challenge, PersonalMessage.Sign(challenge, key ?? _key), out SignedIn? signedIn, out SignInFailure failure), failure.ToString());
        return signedIn;
    }

    private static SignInFailure Refused(SignInService service, string message, Secp256k1Key key)
    {
        Assert.IsFalse(service.TrySignIn(message, PersonalMessage.Sign(message, key), out SignedIn? signedIn, out SignInFailure failure));
        Assert.IsNull(signedIn);
        return failure;
    }

    // All that grows: items of the fields' collections, and of those in them.
    private static int CountRemembered(SignInService service)
    {
        int count = 0;
        foreach (FieldInfo field in typeof(SignInService).GetFields(BindingFlags.Instance | BindingFlags.NonPublic))
        {
            if (field.GetValue(service) is System.Collections.IDictionary dictionary)
            {
                count += dictionary.Count;
                foreach (object value in dictionary.Values)
                {
                    count += value.GetType().GetProperties().Select(property => property.GetValue(value)).OfType<System.Collections.IList>().Sum(list => list.Count);
                }
            }
        }

        return count;
    }

    private static Secp256k1Key KeyOf(byte number) =>
        Secp256k1Key.TryCreate([.. Enumerable.Repeat(number, 32)], out Secp256k1Key? key) ? key : throw new AssertFailedException("No key.");

    private static Address AddressOf(byte number)
    {
        using Secp256k1Key key = KeyOf(number);
        return Address.FromPublicKey(key.PublicKey);
    }
}
