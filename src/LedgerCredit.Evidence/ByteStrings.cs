using System.Buffers;
using System.Runtime.InteropServices;

namespace LedgerCredit.Evidence;

/// <summary>Byte strings one behind the other in one buffer, as they are hashed together.</summary>
/// <remarks>The buffer grows with its largest use and is kept: <see cref="Clear"/> begins anew in it.</remarks>
internal sealed class ByteStrings
{
    private readonly List<int> _lengths = [];
    private readonly List<int> _starts = [];
    private int _end;

    /// <summary>Takes the bytes of the next one, until <see cref="End"/>.</summary>
    public ArrayBufferWriter<byte> Output { get; } = new();

    /// <summary>All bytes.</summary>
    public ReadOnlySpan<byte> Bytes => Output.WrittenSpan;

    /// <summary>How many there are.</summary>
    public int Count => _lengths.Count;

    /// <summary>The length of each.</summary>
    public ReadOnlySpan<int> Lengths => CollectionsMarshal.AsSpan(_lengths);

    /// <summary>One of them.</summary>
    public ReadOnlySpan<byte> this[int index] => Bytes.Slice(_starts[index], _lengths[index]);

    /// <summary>Forgets them all.</summary>
    public void Clear()
    {
        _lengths.Clear();
        _starts.Clear();
        _end = 0;
        Output.ResetWrittenCount();
    }

    /// <summary>Ends the one that was being written.</summary>
    public void End()
    {
        _starts.Add(_end);
        _lengths.Add(Output.WrittenCount - _end);
        _end = Output.WrittenCount;
    }

    /// <summary>Adds one of a known length.</summary>
    /// <returns>Its bytes, to be written; valid until the next one is added.</returns>
    public Span<byte> Add(int length)
    {
        Span<byte> bytes = Output.GetSpan(length)[..length];
        Output.Advance(length);
        End();
        return bytes;
    }

    /// <summary>One of them, to be changed.</summary>
    public Span<byte> Edit(int index) => MemoryMarshal.AsMemory(Output.WrittenMemory).Span.Slice(_starts[index], _lengths[index]);
}
