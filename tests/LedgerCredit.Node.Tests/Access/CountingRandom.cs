using System.Buffers.Binary;
using System.Security.Cryptography;
using LedgerCredit.Primitives;

namespace LedgerCredit.Node.Tests.Access;

/// <summary>Chance that is the same in every run and never twice the same in one.</summary>
internal sealed class CountingRandom : RandomNumberGenerator
{
    private long _count;

    public override void GetBytes(byte[] data) => GetBytes(data.AsSpan());

    public override void GetBytes(Span<byte> data)
    {
        for (int at = 0; at < data.Length; at += Bytes32.Length)
        {
            byte[] counter = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64BigEndian(counter, Interlocked.Increment(ref _count));
            Bytes32 block = Sha256.Hash(counter);
            block.AsSpan()[..Math.Min(Bytes32.Length, data.Length - at)].CopyTo(data[at..]);
        }
    }
}
