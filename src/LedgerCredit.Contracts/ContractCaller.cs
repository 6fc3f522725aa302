namespace LedgerCredit.Contracts;

/// <summary>Calls the views of one contract and turns reverts into <see cref="ContractRevertException"/>.</summary>
internal sealed class ContractCaller(EthereumClient client, Address address)
{
    internal Address Address { get; } = address;

    internal async Task<T> ReadAsync<T>(
        AbiSelector selector,
        AbiWriter arguments,
        Func<AbiReader, T> read,
        CancellationToken cancellationToken)
    {
        byte[] data = await CallAsync(null, arguments.ToCallData(selector), cancellationToken);
        AbiReader reader = new(data);
        T value = read(reader);
        return reader.TryEnd(out ParseProblem? problem)
            ? value
            : throw new LedgerAnswerException(
                $"The contract {Address} answered the call {selector} with data of another form: it is another contract, or the endpoint is "
                + $"at fault. {problem}");
    }

    internal async Task<byte[]> CallAsync(Address? sender, ReadOnlyMemory<byte> callData, CancellationToken cancellationToken)
    {
        try
        {
            return await client.CallAsync(new CallRequest(sender, Address, callData), BlockReference.Latest, cancellationToken);
        }
        catch (JsonRpcException exception) when (exception.RevertData is byte[] revertData)
        {
            throw new ContractRevertException(revertData, exception);
        }
    }

    internal Task<IReadOnlyList<LogEvent>> FetchLogsAsync(
        IReadOnlyList<Bytes32?> topics,
        ulong fromBlock,
        ulong toBlock,
        CancellationToken cancellationToken) =>
        client.FetchLogsAsync(new LogFilter(Address, topics, fromBlock, toBlock), cancellationToken);

    /// <exception cref="LedgerAnswerException">The contract has an event that the decoder does not know.</exception>
    internal async Task<IReadOnlyList<TEvent>> FetchEventsAsync<TEvent>(
        EventDecoder<TEvent> decoder,
        IReadOnlyList<Bytes32?> topics,
        ulong fromBlock,
        ulong toBlock,
        CancellationToken cancellationToken)
        where TEvent : class
    {
        List<TEvent> events = [];
        foreach (LogEvent log in await FetchLogsAsync(topics, fromBlock, toBlock, cancellationToken))
        {
            events.Add(decoder.TryDecode(log, out TEvent? decoded)
                ? decoded
                : throw new LedgerAnswerException(
                    $"The contract {Address} has an event of an unknown form in block {log.BlockNumber}: it is another contract, or the "
                    + "endpoint is at fault."));
        }

        return events;
    }
}
