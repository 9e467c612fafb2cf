using System.Collections.Immutable;

namespace Kip.Rules.Eventing.Delivery;

/// <summary>The state of one subscription: how far it has read, what is on its way, what waits for another attempt, and how everything else ended.</summary>
/// <remarks>
/// A pure state machine for one caller at a time; reading, sending and waiting are the caller's. An event that has to be tried again is set
/// aside, so the cursor passes it and it holds up nothing; with <see cref="Ordered"/> nothing overtakes it.
/// Everything from the start on is at all times in exactly one of: ended (<see cref="Counts"/>), <see cref="InFlight"/>, <see cref="Waiting"/>, not read yet.
/// </remarks>
public sealed class DeliveryQueue
{
    private readonly Queue<Passage> _passing = new();
    private readonly Dictionary<ulong, Delivery> _aside = [];
    private readonly PriorityQueue<Delivery, (DateTimeOffset Due, ulong Offset)> _waiting = new();
    private Passage? _lastSkipped;
    private FateCounts _passed;
    private FateCounts _ended;
    private long _heldBytes;

    public DeliveryQueue(ulong start) => (Start, Next) = (start, start);

    public DeliveryQueue(DeliveryQueueState state)
    {
        (Start, Next, _passed, _ended) = (state.Start, state.Cursor, state.Counts, state.Counts);
        foreach (var (offset, attempts) in state.Retrying)
        {
            // Their waits are over: a restart is a good moment to try again.
            var delivery = new Delivery(offset) { Attempts = attempts, TotalAttempts = attempts };
            _aside.Add(offset, delivery);
            _waiting.Enqueue(delivery, (default, offset));
        }
    }

    /// <summary>How many deliveries may wait for another attempt; with that many, no new event is read.</summary>
    public int MaxWaiting { get; init; } = 10_000;

    /// <summary>How many bytes of replies may wait to be sent again; with that many, no new event is read.</summary>
    public long MaxHeldBytes { get; init; } = 16 << 20;

    /// <summary>How far reading may get ahead of the oldest event on its way, in events that passed the filter or runs that did not.</summary>
    public int MaxPassing { get; init; } = 16_384;

    /// <summary>Whether each event must have ended before the next one is begun.</summary>
    public bool Ordered { get; set; }

    /// <summary>The first offset that the subscription is to get.</summary>
    public ulong Start { get; }

    /// <summary>The next offset to read.</summary>
    public ulong Next { get; private set; }

    /// <summary>Everything before it has ended or waits for another attempt.</summary>
    public ulong Cursor => _passing.TryPeek(out var oldest) ? oldest.Offset : Next;

    /// <summary>The oldest offset that is still needed: nothing before it will be read again.</summary>
    public ulong Oldest => _aside.Count == 0 ? Cursor : Math.Min(Cursor, _aside.Keys.Min());

    /// <summary>Deliveries under way now.</summary>
    public int InFlight { get; private set; }

    /// <summary>Deliveries that wait for another attempt.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>How everything that has ended did.</summary>
    public FateCounts Counts => _ended;

    /// <summary>When the next waiting delivery is due; null when none waits.</summary>
    public DateTimeOffset? NextDue => _waiting.TryPeek(out var next, out _) ? next.Due : null;

    /// <summary>Whether the event at <see cref="Next"/> may be begun or skipped.</summary>
    public bool CanRead => Ordered
        ? InFlight == 0 && _waiting.Count == 0
        : _waiting.Count < MaxWaiting && _passing.Count < MaxPassing && _heldBytes < MaxHeldBytes;

    /// <summary>Takes note that some events from <see cref="Next"/> on need no delivery.</summary>
    public void Skip(ulong count, DeliveryFate fate)
    {
        _ended = _ended.Plus(fate, (long)count);
        if (_passing.Count == 0) _passed = _passed.Plus(fate, (long)count);
        else if (_lastSkipped is { IsPassed: false } run && run.Fate == fate) run.Count += (long)count;
        else _passing.Enqueue(_lastSkipped = new(Next, (long)count) { Fate = fate });
        Next += count;
    }

    /// <summary>Begins the delivery of the event at <see cref="Next"/>.</summary>
    public Delivery Begin()
    {
        var passage = new Passage(Next, 1);
        var delivery = new Delivery(Next) { Passage = passage };
        _passing.Enqueue(passage);
        _lastSkipped = null;
        Next++;
        InFlight++;
        return delivery;
    }

    /// <summary>Begins the next attempt of a delivery that is due; null when none is.</summary>
    public Delivery? TakeDue(DateTimeOffset now)
    {
        if (Ordered && InFlight > 0) return null;
        if (!_waiting.TryPeek(out var delivery, out _) || delivery.Due > now) return null;
        _waiting.Dequeue();
        InFlight++;
        return delivery;
    }

    /// <summary>An attempt was made.</summary>
    public static void CountAttempt(Delivery delivery)
    {
        delivery.Attempts++;
        delivery.TotalAttempts++;
    }

    /// <summary>A delivery under way is to be tried again, later.</summary>
    public void Retry(Delivery delivery, DateTimeOffset due)
    {
        InFlight--;
        delivery.Due = due;
        _waiting.Enqueue(delivery, (due, delivery.Offset));
        _aside.TryAdd(delivery.Offset, delivery);
        if (delivery.Passage is { IsPassed: false } passage) passage.IsSetAside = true;
        Advance();
    }

    /// <summary>The subscriber has the event and answered with another, which now has to reach its place.</summary>
    public void EnterReply(Delivery delivery, object reply, int bytes)
    {
        (delivery.Stage, delivery.Attempts, delivery.Reply, delivery.ReplyBytes) = (DeliveryStage.Reply, 0, reply, bytes);
        _heldBytes += bytes;
    }

    /// <summary>All attempts have failed and there is a dead letter sink.</summary>
    public void EnterDeadLetter(Delivery delivery, DeliveryFailure failure)
    {
        (delivery.Stage, delivery.Attempts, delivery.Failure) = (DeliveryStage.DeadLetterSink, 0, failure);
        Release(delivery);
    }

    /// <summary>A delivery under way has ended.</summary>
    public void Finish(Delivery delivery, DeliveryFate fate)
    {
        InFlight--;
        Release(delivery);
        _aside.Remove(delivery.Offset);
        _ended = _ended.Plus(fate, 1);
        if (delivery.Passage is { IsPassed: false } passage) (passage.Fate, passage.IsSetAside) = (fate, false);
        else _passed = _passed.Plus(fate, 1);
        Advance();
    }

    /// <summary>What of this survives a restart.</summary>
    /// <remarks>Events after the cursor are not in it, whatever has become of them: they will be delivered again.</remarks>
    public DeliveryQueueState Save()
    {
        var cursor = Cursor;
        var retrying = _aside.Count == 0 ? [] : _aside.Values.Where(d => d.Offset < cursor).OrderBy(static d => d.Offset)
            .Select(static d => new RetryingEvent(d.Offset, d.Stage == DeliveryStage.Subscriber ? d.Attempts : 0)).ToImmutableArray();
        return new(Start, cursor, _passed, retrying);
    }

    // What ended out of turn is counted as passed only when everything before it has ended too or waits: so a saved state counts nothing twice.
    private void Advance()
    {
        while (_passing.TryPeek(out var oldest) && (oldest.Fate is not null || oldest.IsSetAside))
        {
            _passing.Dequeue();
            oldest.IsPassed = true;
            if (oldest.Fate is { } fate) _passed = _passed.Plus(fate, oldest.Count);
        }
    }

    private void Release(Delivery delivery)
    {
        _heldBytes -= delivery.ReplyBytes;
        (delivery.Reply, delivery.ReplyBytes) = (null, 0);
    }
}
