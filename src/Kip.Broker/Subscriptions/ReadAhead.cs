using Kip.Brokers.Records;
using Kip.Brokers.Topics;
using Kip.Log;
using Kip.Rules.Eventing.Delivery;

namespace Kip.Brokers.Subscriptions;

/// <summary>Events read from the disk for a subscription that is behind. Bounded in number and bytes.</summary>
/// <remarks><see cref="Fill"/> by one caller at a time; <see cref="Take"/> and <see cref="Reason"/> under the subscription's lock.</remarks>
internal sealed class ReadAhead(TopicLog log) : IDisposable
{
    private const int MaxEvents = 256;
    private const int MaxBytes = 512 << 10;

    private readonly Lock _lock = new();
    private readonly Queue<StoredEvent> _events = new();
    private LogReader? _reader;
    private ulong _truncatedBefore;
    private bool _disposed;

    /// <summary>The event at an offset, or the next one there is behind it; null when more has to be read.</summary>
    public StoredEvent? Take(ulong offset)
    {
        lock (_lock)
        {
            while (_events.TryDequeue(out var stored))
                if (stored.Offset >= offset) return stored;
            return null;
        }
    }

    /// <summary>Why the event at an offset is not there.</summary>
    public DeliveryFate Reason(ulong offset) => offset < _truncatedBefore ? DeliveryFate.Expired : DeliveryFate.Damaged;

    /// <summary>Reads on from an offset.</summary>
    public void Fill(ulong from)
    {
        var reader = ReaderAt(from);
        var bytes = 0;
        for (var count = 0; count < MaxEvents && bytes < MaxBytes && TryRead(ref reader, out var record); count++)
        {
            var stored = TopicLog.Copy(record);
            bytes += stored.Record.Length;
            lock (_lock) _events.Enqueue(stored);
        }
        lock (_lock)
        {
            _reader = reader;
            if (_disposed) reader.Dispose();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _events.Clear();
            _reader?.Dispose();
        }
    }

    private LogReader ReaderAt(ulong from)
    {
        LogReader? reader;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            (reader, _reader) = (_reader, null);
        }
        if (reader?.Next == from) return reader;
        reader?.Dispose();
        try
        {
            return log.Read(from);
        }
        catch (LogTruncatedException gone)
        {
            _truncatedBefore = gone.First;
            return log.Read(gone.First);
        }
    }

    private bool TryRead(ref LogReader reader, out LogRecord record)
    {
        try
        {
            return reader.TryRead(out record);
        }
        catch (LogTruncatedException gone)
        {
            // The retention overtook the reader.
            reader.Dispose();
            _truncatedBefore = gone.First;
            reader = log.Read(gone.First);
            return reader.TryRead(out record);
        }
    }
}
