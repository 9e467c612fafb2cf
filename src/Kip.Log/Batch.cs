using Kip.Log.Format;

namespace Kip.Log;

/// <summary>Records that go to the disk together, already in the form they have there.</summary>
/// <param name="wakesTogether">As <see cref="LogOptions.WakesTogether"/>: then whoever completes <see cref="Done"/> runs its waiters.</param>
internal sealed class Batch(bool wakesTogether)
{
    private const int SmallBytes = 64 << 10;
    private const int KeepBytes = 1 << 20;

    private byte[] _buffer = new byte[SmallBytes];
    private int _length;

    internal ulong First { get; private set; }

    internal uint Count { get; private set; }

    internal ulong Last => First + Count - 1;

    internal ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>Completed when the batch is on disk, failed when an attempt has failed.</summary>
    internal TaskCompletionSource Done { get; private set; } = NewDone(wakesTogether);

    /// <summary>Copies a record in; the only copy between the caller and the kernel.</summary>
    internal void Add(ulong sequence, uint seed, uint payloadCrc, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        if (Count == 0)
        {
            First = sequence;
        }

        var payload = head.Length + body.Length;
        var to = Grow(RecordHeader.Bytes + payload);
        new RecordHeader(payloadCrc, payload, Count, sequence).Write(to, seed);
        head.CopyTo(to[RecordHeader.Bytes..]);
        body.CopyTo(to[(RecordHeader.Bytes + head.Length)..]);
        Count++;
    }

    /// <summary>Empties the batch for use again; a buffer that a rush made large is let go.</summary>
    internal void Reset()
    {
        if (_buffer.Length > KeepBytes && _length < _buffer.Length / 4)
        {
            _buffer = new byte[SmallBytes];
        }

        (First, Count, _length, Done) = (0, 0, 0, NewDone(wakesTogether));
    }

    /// <summary>Takes the completion to fail, and puts a fresh one in its place: the records stay and will be tried again.</summary>
    internal TaskCompletionSource TakeDone()
    {
        var done = Done;
        Done = NewDone(wakesTogether);
        return done;
    }

    private Span<byte> Grow(int by)
    {
        if (_length + by > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_length + by, _buffer.Length * 2));
        }

        var span = _buffer.AsSpan(_length, by);
        _length += by;
        return span;
    }

    // Asynchronously, so that no waiter's work runs on the thread that has the next batch to write.
    private static TaskCompletionSource NewDone(bool wakesTogether) =>
        new(wakesTogether ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
}
