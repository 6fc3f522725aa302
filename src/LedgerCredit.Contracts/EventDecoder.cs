using System.Diagnostics.CodeAnalysis;

namespace LedgerCredit.Contracts;

/// <summary>Where an event stands on the ledger.</summary>
/// <param name="BlockNumber">The number of the block.</param>
/// <param name="BlockHash">The hash of the block.</param>
/// <param name="TransactionHash">The transaction.</param>
/// <param name="LogIndex">The position among all events of the block.</param>
public sealed record EventPosition(ulong BlockNumber, Bytes32 BlockHash, Bytes32 TransactionHash, ulong LogIndex);

/// <summary>The form of one event: its topic, and how its values are read from the indexed ones and the others.</summary>
internal sealed class EventForm<TEvent>(string signature, Func<AbiReader, AbiReader, EventPosition, TEvent> read)
    where TEvent : class
{
    internal Bytes32 Topic { get; } = Keccak256.Hash(signature);

    internal TEvent Read(AbiReader topics, AbiReader data, EventPosition position) => read(topics, data, position);
}

/// <summary>Reads the events of one contract.</summary>
internal sealed class EventDecoder<TEvent>(params EventForm<TEvent>[] forms)
    where TEvent : class
{
    private readonly Dictionary<Bytes32, EventForm<TEvent>> _forms = forms.ToDictionary(form => form.Topic);

    internal IReadOnlyCollection<Bytes32> Topics => _forms.Keys;

    internal bool TryDecode(LogEvent log, [NotNullWhen(true)] out TEvent? decoded)
    {
        ArgumentNullException.ThrowIfNull(log);

        decoded = null;
        if (log.Topics.Count == 0 || !_forms.TryGetValue(log.Topics[0], out EventForm<TEvent>? form))
        {
            return false;
        }

        // Indexed values of fixed size are words as in data, so they are read, and counted, in the same way.
        AbiReader topics = new(log.Topics.Skip(1).SelectMany(topic => topic.ToArray()).ToArray());
        AbiReader data = new(log.Data);
        TEvent read = form.Read(
            topics, data, new EventPosition(log.BlockNumber, log.BlockHash, log.TransactionHash, log.LogIndex));
        decoded = topics.TryEnd(out _) && data.TryEnd(out _) ? read : null;
        return decoded is not null;
    }
}
