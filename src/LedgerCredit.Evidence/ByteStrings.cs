using System.Buffers;
using LedgerCredit.Primitives;
using LedgerCredit.Primitives.Hashing;

namespace LedgerCredit.Evidence;

/// <summary>Byte strings one behind the other in one buffer, as they are hashed together.</summary>
/// <param name="count">How many will be written at most.</param>
/// <param name="usualBytes">The usual size of one; it may be larger.</param>
internal sealed class ByteStrings(int count, int usualBytes)
{
    private readonly int[] _lengths = new int[count];
    private readonly int[] _starts = new int[count];
    private int _count;
    private int _end;

    /// <summary>Takes the bytes of the next one, until <see cref="End"/>.</summary>
    public ArrayBufferWriter<byte> Output { get; } = new(Math.Max(1, count * usualBytes));

    /// <summary>All bytes.</summary>
    public ReadOnlySpan<byte> Bytes => Output.WrittenSpan;

    /// <summary>The length of each.</summary>
    public ReadOnlySpan<int> Lengths => _lengths.AsSpan(0, _count);

    /// <summary>One of them.</summary>
    public ReadOnlySpan<byte> this[int index] => Bytes.Slice(_starts[index], Lengths[index]);

    /// <summary>Ends the one that was being written.</summary>
    public void End()
    {
        _starts[_count] = _end;
        _lengths[_count] = Output.WrittenCount - _end;
        _end = Output.WrittenCount;
        _count++;
    }

    /// <summary>The hash of each.</summary>
    public Bytes32[] Hash()
    {
        Bytes32[] hashes = new Bytes32[_count];
        Sha256Batch.Hash(Bytes, Lengths, hashes);
        return hashes;
    }
}
