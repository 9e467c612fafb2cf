using Kip.Brokers.DeadLetters;
using Kip.Brokers.Records;
using Kip.Brokers.Subscriptions;
using Kip.Log;
using Kip.Rules.Eventing.Delivery;
using Kip.Rules.Eventing.Retention;

namespace Kip.Brokers.Topics;

/// <summary>One Broker or channel: its log, its subscriptions, and what is written down of their progress.</summary>
internal sealed class Topic : IAsyncDisposable
{
    // The disk's last bytes belong to what is already promised: progress, dead letters, the resource store.
    private const long ReservedBytes = 64L << 20;
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Lock _saving = new();
    private readonly ITopicStorage _storage;
    private readonly TopicParts _parts;
    private readonly LossReport _expired = new();
    private readonly LossReport _dropped = new();
    private Dictionary<string, DeliveryQueueState>? _saved;
    private volatile Subscriber[] _subscribers = [];
    private volatile TopicSettings _settings;
    private volatile bool _isFull;
    private volatile bool _isClosing;
    private volatile bool _isSealed;
    private bool _isDirty;
    private long _lastAppend;

    public Topic(TopicKey key, string uid, TopicSettings settings, TopicParts parts)
    {
        (Key, Uid, _settings, _parts, _storage) = (key, uid, settings, parts, parts.Storage);
        Folder = FolderOf(key, uid);
        Log = new(
            () => DurableLog.Open(_storage.Open(Folder, "log"), parts.LogOptions with { SegmentBytes = _settings.Retention.SegmentBytes }),
            _storage.Exists(Folder, "log"));
        DeadLetters = new(
            () => DurableLog.Open(_storage.Open(Folder, "deadletters"), parts.LogOptions with { SegmentBytes = 8 << 20 }),
            _storage.Exists(Folder, "deadletters"), parts.MaxDeadLetters);
    }

    public TopicKey Key { get; }

    public string Uid { get; }

    public string Folder { get; }

    public TopicLog Log { get; }

    public DeadLetterStore DeadLetters { get; }

    /// <summary>The subscriptions in force. An event reads this once.</summary>
    public IReadOnlyList<Subscriber> Subscribers => _subscribers;

    public TopicSettings Settings
    {
        get => _settings;
        set => _settings = value;
    }

    /// <summary>Whether the Broker or channel is being deleted and only delivers what it has: senders are told that it is gone.</summary>
    public bool IsClosing
    {
        get => _isClosing;
        set => _isClosing = value;
    }

    /// <summary>Whether everything that has come so far has ended for every subscription.</summary>
    public bool IsDone => _subscribers.All(static s => s.IsDone);

    /// <summary>Whether <see cref="TrySeal"/> found the end: what has been appended all the same must not be acknowledged.</summary>
    public bool IsSealed => _isSealed;

    /// <summary>Whether new events must be refused: the log is full of events that are needed, and may not drop them.</summary>
    public bool IsFull => _isFull;

    /// <summary>Events removed for the log's size although a subscription had not finished them, since this process began.</summary>
    public long RemovedUnfinished { get; private set; }

    public static string FolderOf(TopicKey key, string uid) => $"{key.Plural}.{key.Name.Namespace}.{key.Name.Name}.{uid}";

    /// <summary>Takes an event in; completes when it is on disk. Call <see cref="Published"/> once its sender has been told.</summary>
    public ValueTask AppendAsync(StoredEvent stored)
    {
        Volatile.Write(ref _lastAppend, _parts.Time.GetTimestamp());
        return Log.AppendAsync(stored);
    }

    /// <summary>There are new events: has them delivered.</summary>
    public void Published()
    {
        foreach (var subscriber in _subscribers) subscriber.Wake();
    }

    /// <summary>Whether this topic is closing and has nothing left to deliver: then its events may be removed.</summary>
    public bool TrySeal()
    {
        if (!IsClosing || !IsDone) return false;
        _isSealed = true;
        Interlocked.MemoryBarrier();
        // Whoever appended too early to see the seal is seen here.
        return _isSealed = IsDone;
    }

    /// <summary>Puts the subscriptions in force that are there now. One caller at a time.</summary>
    /// <param name="atStart">Whether the process has just begun: then a subscription that nothing is written down of begins where it was made, else
    /// here.</param>
    public void SetSubscriptions(IReadOnlyCollection<SubscriptionSpec> specs, bool atStart)
    {
        var present = _subscribers.ToDictionary(static s => s.Spec.Uid);
        var wanted = new List<Subscriber>(specs.Count);
        foreach (var spec in specs)
        {
            if (present.Remove(spec.Uid, out var subscriber))
            {
                if (subscriber.Spec != spec) subscriber.Change(spec);
            }
            else
            {
                subscriber = new(spec, QueueOf(spec, atStart), _parts.For(this));
                lock (_lock) _isDirty = true;
            }
            wanted.Add(subscriber);
        }
        _subscribers = [.. wanted];
        foreach (var gone in present.Values)
        {
            gone.Dispose();
            lock (_lock) _isDirty = true;
        }
        Published();
    }

    /// <summary>Writes down how far the subscriptions are, if anything has changed, and removes what is kept no longer. Blocks on the disk.</summary>
    /// <exception cref="LogException">The disk refuses; it will be tried again.</exception>
    public void Tick(DateTimeOffset now)
    {
        if (!Log.Exists) return;
        SaveProgress();
        RemoveOld(now);
        TellDropped(now);
        if (_parts.Time.GetElapsedTime(Volatile.Read(ref _lastAppend)) > IdleAfter) Log.ForgetRecent();
    }

    /// <summary>Every subscription's account.</summary>
    public IEnumerable<SubscriptionAccount> Accounts() => _subscribers.Select(static s => s.Account());

    /// <summary>Stops delivering, writes down the progress, closes the log.</summary>
    public async ValueTask DisposeAsync()
    {
        var subscribers = _subscribers;
        try
        {
            if (Log.Exists) SaveProgress();
        }
        catch (LogException)
        {
            // The progress on disk is older, so some events will be delivered again.
        }
        foreach (var subscriber in subscribers) subscriber.Dispose();
        await Log.DisposeAsync();
        await DeadLetters.DisposeAsync();
    }

    private DeliveryQueue QueueOf(SubscriptionSpec spec, bool atStart)
    {
        // What was written down counts once: a subscription of this life that went and came again begins anew.
        _saved ??= Log.Exists ? TopicState.Load(_storage.Open(Folder, "progress")) : [];
        if (_saved.Remove(spec.Uid, out var state)) return new(state);
        var next = Log.Last + 1;
        return new(atStart && Log.Exists ? Math.Min(next, Log.FirstAt(spec.Created)) : next);
    }

    /// <summary>Writes down how far the subscriptions are, if anything has changed. Blocks on the disk.</summary>
    /// <exception cref="LogException">The disk refuses; it will be tried again.</exception>
    public void SaveProgress()
    {
        lock (_saving) SaveProgress_NeedsSaving();
    }

    private void SaveProgress_NeedsSaving()
    {
        var subscribers = _subscribers;
        lock (_lock)
        {
            if (!_isDirty && !subscribers.Any(static s => s.IsDirty)) return;
            _isDirty = false;
        }
        try
        {
            TopicState.Save(_storage.Open(Folder, "progress"), [.. subscribers.Select(static s => KeyValuePair.Create(s.Spec.Uid, s.Save()))]);
        }
        catch
        {
            lock (_lock) _isDirty = true;
            throw;
        }
    }

    private void RemoveOld(DateTimeOffset now)
    {
        var pieces = Log.Pieces();
        var policy = _settings.Retention;
        var needed = _subscribers.Length == 0 ? Log.Last + 1 : _subscribers.Min(static s => s.Oldest);
        var before = RetentionRule.RemoveBefore(pieces.AsSpan(), needed, policy, now);
        if (before > Log.First)
        {
            if (needed < before) CountLost(before, (long)(before - Math.Max(needed, Log.First)));
            Log.RemoveBefore(before);
        }
        if (_expired.TryTake(now, out var lost, out var losers)) _parts.Losses.TellExpired(Key, lost, policy.Bytes, losers);
        _isFull = RetentionRule.MustRefuse(pieces.AsSpan(), needed, policy) || _storage.FreeBytes < ReservedBytes;
    }

    private void TellDropped(DateTimeOffset now)
    {
        if (DeadLetters.TakeDropped() is { } dropped)
        {
            var names = _subscribers.ToDictionary(static s => s.Spec.Uid, static s => s.Spec.Name.ToString());
            // Letters outlive their subscription; then the uid is all there is.
            _dropped.Add(dropped.Values.Sum(static count => (long)count), dropped.Keys.Select(uid => names.GetValueOrDefault(uid, uid)));
            _parts.Instruments.DroppedLetters(Key, dropped.Values.Sum());
        }
        if (_dropped.TryTake(now, out var lost, out var losers)) _parts.Losses.TellDropped(Key, lost, losers);
    }

    private void CountLost(ulong before, long count)
    {
        RemovedUnfinished += count;
        _expired.Add(count, _subscribers.Where(s => s.Oldest < before).Select(static s => s.Spec.Name.ToString()));
    }
}
