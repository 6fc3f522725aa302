using System.Security.Cryptography;

namespace LedgerCredit.Node.Tests.Outbox;

/// <summary>Chance that always gives the same byte.</summary>
internal sealed class FixedRandom(byte value) : RandomNumberGenerator
{
    public override void GetBytes(byte[] data) => Array.Fill(data, value);

    public override void GetBytes(Span<byte> data) => data.Fill(value);
}
