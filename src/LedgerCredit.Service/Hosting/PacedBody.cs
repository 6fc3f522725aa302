using Microsoft.AspNetCore.Http;

namespace LedgerCredit.Service.Hosting;

/// <summary>The body of a request whose sender has to keep to a least rate of its own, where the server knows only one for the whole connection: over HTTP/2.</summary>
/// <remarks>
/// Counted is the time that is waited for bytes, and not what is done with them: after the grace, at least as many bytes must have come as the least rate makes of
/// that time. For one reader.
/// </remarks>
/// <param name="body">The body; not disposed of.</param>
/// <param name="leastBytesPerSecond">The least rate.</param>
/// <param name="grace">How long it may be slower.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class PacedBody(Stream body, double leastBytesPerSecond, TimeSpan grace, TimeProvider timeProvider) : Stream
{
    private long _read;
    private TimeSpan _waited;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="BadHttpRequestException">408: the sender is too slow.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        TimeSpan earned = TimeSpan.FromSeconds(_read / leastBytesPerSecond);
        TimeSpan left = (earned > grace ? earned : grace) - _waited;
        if (left <= TimeSpan.Zero)
        {
            throw TooSlow();
        }

        using CancellationTokenSource deadline = new(left, timeProvider);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        long began = timeProvider.GetTimestamp();
        try
        {
            int count = await body.ReadAsync(buffer, either.Token);
            _read += count;
            return count;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw TooSlow();
        }
        finally
        {
            _waited += timeProvider.GetElapsedTime(began);
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    private static BadHttpRequestException TooSlow() => new("The body came more slowly than is waited for.", StatusCodes.Status408RequestTimeout);
}
