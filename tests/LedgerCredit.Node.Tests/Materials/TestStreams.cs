namespace LedgerCredit.Node.Tests.Materials;

/// <summary>Content of which the first byte comes at once, and the rest when the test says so.</summary>
internal sealed class GatedStream(byte[] content) : ReadOnlyTestStream
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MemoryStream _content = new(content);

    internal void Open() => _open.TrySetResult();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_content.Position > 0)
        {
            await _open.Task.WaitAsync(cancellationToken);
        }

        return await _content.ReadAsync(_content.Position == 0 ? buffer[..1] : buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        _content.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Content that breaks off, as a connection does.</summary>
internal sealed class BrokenStream(byte[] content, int after) : ReadOnlyTestStream
{
    private int _position;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int length = Math.Min(buffer.Length, after - _position);
        if (length == 0)
        {
            throw new EndOfStreamException("The connection broke.");
        }

        content.AsSpan(_position, length).CopyTo(buffer.Span);
        _position += length;
        return ValueTask.FromResult(length);
    }
}

/// <summary>A PDF of any size that is in no memory.</summary>
internal sealed class EndlessStream(long length) : ReadOnlyTestStream
{
    private long _position;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = (int)Math.Min(buffer.Length, length - _position);
        buffer.Span[..read].Fill((byte)(_position & 0xFF));
        if (_position == 0)
        {
            "%PDF-"u8.CopyTo(buffer.Span);
        }

        _position += read;
        return ValueTask.FromResult(read);
    }
}

/// <summary>What streams of tests have in common.</summary>
internal abstract class ReadOnlyTestStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
