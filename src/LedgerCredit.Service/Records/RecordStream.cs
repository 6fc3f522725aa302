using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Threading.Channels;
using LedgerCredit.Client.Models;
using LedgerCredit.Node.Telemetry;
using LedgerCredit.Service.Hosting;

namespace LedgerCredit.Service.Records;

/// <summary>A stream of records, one JSON text a line, each answered by a line in the same order; blank lines are passed over.</summary>
/// <remarks>
/// Lines are taken while earlier ones are being made durable, so that one fsync is for many of them; an answer leaves when its record
/// is durable. Bounded: a caller that does not read its answers is not read any further. Where the connection breaks, every record
/// whose answer left is in the log; the others may be, and are answered as already there when they are sent again.
/// </remarks>
/// <param name="intake">Takes the records.</param>
internal sealed class RecordStream(RecordIntake intake)
{
    // As many as a group commit takes.
    private const int MaxUnanswered = 1024;

    private const int MaxUnflushedBytes = 16 * 1024;

    /// <summary>Reads records until the body ends, and writes the answers.</summary>
    internal async Task RunAsync(PipeReader body, PipeWriter answers, WriteAuthority authority, CancellationToken cancellationToken)
    {
        Channel<Task<RecordLineAnswer>> pending = Channel.CreateBounded<Task<RecordLineAnswer>>(
            new BoundedChannelOptions(MaxUnanswered) { SingleReader = true, SingleWriter = true });
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task writing = WriteAnswersAsync(pending.Reader, answers, stop);
        try
        {
            await ReadLinesAsync(body, pending.Writer, authority, stop.Token);
        }
        catch (OperationCanceledException) when (writing.IsFaulted)
        {
            // What ended the writing says why, below.
        }
        finally
        {
            pending.Writer.Complete();
            await writing;
        }
    }

    private async Task ReadLinesAsync(PipeReader body, ChannelWriter<Task<RecordLineAnswer>> pending, WriteAuthority authority, CancellationToken cancellationToken)
    {
        long number = 0;
        bool isPassedOver = false;
        while (true)
        {
            ReadResult read = await body.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> rest = read.Buffer;
            while (TryTakeLine(ref rest, read.IsCompleted, out ReadOnlySequence<byte> line))
            {
                number++;
                if (!isPassedOver && IsBlank(line))
                {
                    continue;
                }

                await pending.WriteAsync(Answer(number, isPassedOver ? null : line, authority, cancellationToken), cancellationToken);
                isPassedOver = false;
            }

            // A line that is longer than any record is passed over, so that it takes no memory.
            if (rest.Length > RecordIntake.MaxRecordBytes + 1)
            {
                isPassedOver = true;
                rest = rest.Slice(rest.End);
            }

            body.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted)
            {
                if (isPassedOver)
                {
                    await pending.WriteAsync(Answer(number + 1, null, authority, cancellationToken), cancellationToken);
                }

                return;
            }
        }
    }

    // The last line needs no end.
    private static bool TryTakeLine(ref ReadOnlySequence<byte> rest, bool isEnd, out ReadOnlySequence<byte> line)
    {
        if (rest.PositionOf((byte)'\n') is SequencePosition end)
        {
            line = rest.Slice(0, end);
            rest = rest.Slice(rest.GetPosition(1, end));
            return true;
        }

        line = rest;
        if (isEnd && !rest.IsEmpty)
        {
            rest = rest.Slice(rest.End);
            return true;
        }

        return false;
    }

    // No record, and no row of a file that is imported either (docs/import.md section 1).
    private static bool IsBlank(ReadOnlySequence<byte> line)
    {
        foreach (ReadOnlyMemory<byte> part in line)
        {
            if (part.Span.IndexOfAnyExcept(" \t\r"u8) >= 0)
            {
                return false;
            }
        }

        return line.Length <= RecordIntake.MaxRecordBytes;
    }

    // Null: the line was longer than any record.
    private Task<RecordLineAnswer> Answer(long number, ReadOnlySequence<byte>? line, WriteAuthority authority, CancellationToken cancellationToken) =>
        line is ReadOnlySequence<byte> { Length: <= RecordIntake.MaxRecordBytes + 1 } taken
            ? TakeAsync(number, taken.ToArray(), authority, cancellationToken)
            : Task.FromResult(RefuseTooLong(number));

    private static RecordLineAnswer RefuseTooLong(long number)
    {
        NodeMetrics.RecordRefused("too-long");
        return new RecordLineAnswer(number, "refused", null, [new RecordIssue("line-too-long", "", $"Expected a record of at most {RecordIntake.MaxRecordBytes} bytes on one line.")]);
    }

    private async Task<RecordLineAnswer> TakeAsync(long number, byte[] line, WriteAuthority authority, CancellationToken cancellationToken)
    {
        // Up to where it waits for the disk this runs before the next line is read: records come into the log in the order of the lines.
        IntakeOutcome outcome = await intake.TakeAsync(line, authority, cancellationToken);
        return new RecordLineAnswer(
            number,
            outcome.Result switch
            {
                IntakeResult.Added => "added",
                IntakeResult.AlreadyThere => "already-there",
                IntakeResult.Conflict => "conflict",
                IntakeResult.Erased => "erased",
                _ => "refused",
            },
            outcome.Receipt,
            outcome.Issues);
    }

    private static async Task WriteAnswersAsync(ChannelReader<Task<RecordLineAnswer>> pending, PipeWriter answers, CancellationTokenSource stop)
    {
        bool isWhole = false;
        try
        {
            while (await pending.WaitToReadAsync(stop.Token))
            {
                while (pending.TryRead(out Task<RecordLineAnswer>? answer))
                {
                    // What is written so far leaves before anything is waited for, and before it is much: a caller that does not read is
                    // waited for here.
                    if (!answer.IsCompleted || answers.UnflushedBytes >= MaxUnflushedBytes)
                    {
                        await answers.FlushAsync(stop.Token);
                    }

                    answers.Write(JsonSerializer.SerializeToUtf8Bytes(await answer, ServiceJson.Options));
                    answers.Write("\n"u8);
                }

                await answers.FlushAsync(stop.Token);
            }

            isWhole = true;
        }
        finally
        {
            if (!isWhole)
            {
                // The reader must not go on without us.
                await stop.CancelAsync();
            }
        }
    }
}
