using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Kip.Traffic.Direct;

/// <summary>What was read of a connection before, and behind it what comes, as one input.</summary>
internal sealed class BegunInput(ReadOnlyMemory<byte> read, PipeReader rest) : PipeReader
{
    // What is left of it; when nothing is, the rest is all there is.
    private ReadOnlyMemory<byte> _read = read;
    private ReadOnlySequence<byte> _given;

    // The part of what was given that is the rest's own.
    private ReadOnlySequence<byte>? _givenOfRest;
    private bool _wantsMore;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_read.IsEmpty) return rest.ReadAsync(cancellationToken);
        return _wantsMore ? ReadMoreAsync(cancellationToken) : new(GiveRead());
    }

    public override bool TryRead(out ReadResult result)
    {
        if (_read.IsEmpty) return rest.TryRead(out result);
        if (_wantsMore)
        {
            var isThere = rest.TryRead(out var more);
            result = isThere ? GiveBoth(more) : default;
            return isThere;
        }
        result = GiveRead();
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_read.IsEmpty)
        {
            rest.AdvanceTo(consumed, examined);
            return;
        }
        var (taken, seen) = (_given.Slice(_given.Start, consumed).Length, _given.Slice(_given.Start, examined).Length);
        _wantsMore = seen == _given.Length;
        if (_givenOfRest is { } more) rest.AdvanceTo(PositionIn(more, taken), PositionIn(more, seen));
        _read = taken < _read.Length ? _read[(int)taken..] : default;
        (_given, _givenOfRest) = (default, null);
    }

    public override void CancelPendingRead() => rest.CancelPendingRead();

    public override void Complete(Exception? exception = null) => rest.Complete(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadMoreAsync(CancellationToken cancel) => GiveBoth(await rest.ReadAsync(cancel));

    private ReadResult GiveRead()
    {
        _given = new(_read);
        return new(_given, isCanceled: false, isCompleted: false);
    }

    private ReadResult GiveBoth(ReadResult more)
    {
        _givenOfRest = more.Buffer;
        var first = new Segment(_read);
        var last = first;
        foreach (var memory in more.Buffer) last = new(memory, last);
        _given = new(first, 0, last, last.Memory.Length);
        return new(_given, more.IsCanceled, more.IsCompleted);
    }

    private SequencePosition PositionIn(ReadOnlySequence<byte> more, long offset) => more.GetPosition(Math.Max(offset - _read.Length, 0));

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before = null)
        {
            Memory = memory;
            if (before is null) return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
