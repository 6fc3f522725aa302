using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using LedgerCredit.Node.Telemetry;

namespace LedgerCredit.Node.Tests.Telemetry;

/// <summary>Hears what the node measures of one log, which other tests of the process have none of.</summary>
internal sealed class MeasurementRecorder : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Instrument, double Value)> _measurements = [];

    internal MeasurementRecorder(string issuer)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == NodeMetrics.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag.Key == NodeMetrics.Issuer && (string?)tag.Value == issuer)
                {
                    _measurements.Enqueue((instrument.Name, value));
                }
            }
        }

        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>What an instrument measured since the beginning, in order; gauges are read now.</summary>
    internal double[] Read(string instrument)
    {
        _listener.RecordObservableInstruments();
        return [.. _measurements.Where(measurement => measurement.Instrument == instrument).Select(measurement => measurement.Value)];
    }

    public void Dispose() => _listener.Dispose();
}
