using System.Runtime.CompilerServices;
using Kip.Brokers.DeadLetters;
using Kip.Brokers.Records;
using Kip.Brokers.Sending;
using Kip.Brokers.Tracing;
using Kip.Rules.Eventing.Delivery;
using Microsoft.Extensions.Logging;

namespace Kip.Brokers.Subscriptions;

// The way of one event: subscriber, then its reply or the dead letter sink, then, if nothing else takes it, the dead letters.
internal sealed partial class Subscriber
{
    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(2);

    private async Task RunAsync(Delivery delivery, StoredEvent? stored)
    {
        try
        {
            do await DeliverAsync(delivery, stored);
            while (TryTake(out delivery, out stored));
        }
        catch (OperationCanceledException) when (_stopped)
        {
            // It will be delivered again.
        }
        catch (ObjectDisposedException) when (_stopped)
        {
            // The same.
        }
        catch (Exception bug)
        {
            LogBug(bug, _spec.Name, delivery.Offset);
            Again(delivery, StoreRetry);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask DeliverAsync(Delivery delivery, StoredEvent? stored)
    {
        if (IsKept(delivery.Offset))
        {
            Finish(delivery, DeliveryFate.Stored);
            return;
        }
        if (stored is null)
        {
            await Task.Yield();
            stored = _log.ReadOne(delivery.Offset);
        }
        if (stored is null)
        {
            Finish(delivery, delivery.Offset < _log.First ? DeliveryFate.Expired : DeliveryFate.Damaged);
            return;
        }
        // A stage that fails for good may lead to the next one at once.
        while (await TryStageAsync(delivery, stored))
        {
        }
    }

    // One attempt at the present stage. True: go on with the next stage.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TryStageAsync(Delivery delivery, StoredEvent stored)
    {
        var spec = _spec;
        var request = RequestOf(delivery, stored, spec);
        if (delivery.TotalAttempts == 0) _instruments.Began(_topic, spec, _time.GetUtcNow() - stored.Head.Arrival);
        var began = _time.GetTimestamp();
        var span = Spans.Attempt(_topic, spec, delivery, request);
        request = request with { Span = span };
        var answer = await _sender.SendAsync(request, _stop.Token);
        var took = _time.GetElapsedTime(began);
        Spans.Attempted(span, answer);
        if (_stopped) return false;
        DeliveryQueue.CountAttempt(delivery);
        if (delivery.Stage == DeliveryStage.Subscriber) Judge(DeliveryOutcome.Of(answer.Status));
        var verdict = VerdictOf(delivery, request, spec, ref answer, out var reply);
        _traces.Attempted(_topic, stored.Offset, spec, delivery, request.Target.Url, answer.Status, took);
        _instruments.Dispatched(_topic, spec, delivery.Stage, stored, answer.Status, took);
        if (verdict == Verdict.Delivered)
        {
            var isGivenUp = delivery.Stage == DeliveryStage.DeadLetterSink && spec.Ordered;
            if (isGivenUp) lock (_lock) _isHeld = true;
            var more = Succeeded(delivery, reply);
            if (isGivenUp) await WriteDownAsync();
            return more;
        }
        return await FailedAsync(delivery, stored, spec, request.Target, answer, verdict);
    }

    private static EventRequest RequestOf(Delivery delivery, StoredEvent stored, SubscriptionSpec spec)
    {
        var isReply = delivery.Stage == DeliveryStage.Reply;
        var isDeadLetter = delivery.Stage == DeliveryStage.DeadLetterSink;
        var sent = isReply ? (StoredEvent)delivery.Reply! : stored;
        return new()
        {
            Target = isReply ? spec.Reply! : isDeadLetter ? spec.DeadLetterSink! : spec.Subscriber!,
            Event = sent,
            Namespace = spec.Sender,
            Format = spec.Policy.Format ?? sent.Head.Format,
            PreferReply = delivery.Stage == DeliveryStage.Subscriber,
            KeepsTimeToLive = delivery.Stage != DeliveryStage.Subscriber,
            Failure = isDeadLetter ? delivery.Failure : null,
            Timeout = spec.Policy.AttemptTime,
        };
    }

    // What the answer means, its reply included: an answer that should be an event and is not fails the delivery.
    private Verdict VerdictOf(Delivery delivery, EventRequest request, SubscriptionSpec spec, ref EventAnswer answer, out StoredEvent? reply)
    {
        reply = null;
        var verdict = DeliveryOutcome.Of(answer.Status);
        if (verdict != Verdict.Delivered || delivery.Stage != DeliveryStage.Subscriber) return verdict;
        switch (ReplyReading.Read(answer, spec.RefusesForeignReplies, out var replied, out var structured))
        {
            case ReplyKind.Malformed:
                answer = EventAnswer.Of(502);
                return Verdict.Retry;
            case ReplyKind.Event when spec.Reply is not null:
                _eventTypes.Saw(_topic.SubscriptionDefinition, spec.Name, spec.Uid, replied!);
                reply = Replies.Store(replied!, structured, answer, request, _time.GetUtcNow());
                return verdict;
            default:
                return verdict;
        }
    }

    private bool Succeeded(Delivery delivery, StoredEvent? reply)
    {
        if (reply is null)
        {
            Finish(delivery, delivery.Stage == DeliveryStage.DeadLetterSink ? DeliveryFate.DeadLettered : DeliveryFate.Delivered);
            return false;
        }
        lock (_lock) _queue.EnterReply(delivery, reply, reply.Record.Length);
        return true;
    }

    private async ValueTask<bool> FailedAsync(
        Delivery delivery, StoredEvent stored, SubscriptionSpec spec, DeliveryTarget target, EventAnswer answer, Verdict verdict)
    {
        if (verdict == Verdict.Retry && delivery.Attempts <= spec.Policy.Retry)
        {
            Again(delivery, RetrySchedule.DelayBefore(delivery.Attempts, spec.Policy, answer.Status, answer.RetryAfter, _time.GetUtcNow()));
            return false;
        }
        var body = answer.Body.Length > ErrorExtensions.MaxData ? answer.Body[..ErrorExtensions.MaxData].ToArray() : answer.Body;
        var failure = new DeliveryFailure(target.Url, answer.Status, body);
        if (delivery.Stage != DeliveryStage.DeadLetterSink && spec.DeadLetterSink is not null)
        {
            lock (_lock) _queue.EnterDeadLetter(delivery, failure);
            return true;
        }
        await StoreAsync(delivery, stored, spec, delivery.Failure ?? failure);
        return false;
    }

    private async ValueTask StoreAsync(Delivery delivery, StoredEvent stored, SubscriptionSpec spec, DeliveryFailure failure)
    {
        try
        {
            var letter = new DeadLetter(
                spec.Uid, spec.Name, stored.Offset, _time.GetUtcNow(), delivery.TotalAttempts, failure.Destination, failure.Status, failure.Body, stored);
            await _deadLetters.AddAsync(letter);
            _traces.Stored(_topic, stored.Offset, spec, failure.Status);
            LogStored(_topic, stored.Offset, spec.Name, failure.Destination, failure.Status, delivery.TotalAttempts);
            Finish(delivery, DeliveryFate.Stored);
        }
        catch (Exception disk) when (disk is Log.LogException or IOException)
        {
            LogCannotStore(disk, _topic, stored.Offset);
            Again(delivery, StoreRetry);
        }
    }

    // Where order was asked for, a dead letter must not be tried again after a crash and so overtake: nothing goes on before it is written down.
    private async Task WriteDownAsync()
    {
        await Task.Yield();
        try
        {
            _saveProgress();
        }
        catch (Exception disk) when (disk is Log.LogException or IOException)
        {
            LogCannotWriteDown(disk, _spec.Name);
        }
        lock (_lock) _isHeld = false;
    }

    private void Judge(Verdict verdict)
    {
        lock (_lock)
        {
            // An answer that refuses this one event comes from a subscriber that works.
            if (verdict == Verdict.Retry) _window.Failed(_time.GetUtcNow());
            else _window.Succeeded();
        }
    }

    private void Again(Delivery delivery, TimeSpan wait)
    {
        lock (_lock)
        {
            if (_stopped) return;
            _queue.Retry(delivery, _time.GetUtcNow() + wait);
            IsDirty = true;
        }
    }

    private void Finish(Delivery delivery, DeliveryFate fate)
    {
        lock (_lock)
        {
            if (_stopped) return;
            _queue.Finish(delivery, fate);
            IsDirty = true;
        }
    }

    [LoggerMessage(701, LogLevel.Error, "Delivering event {offset} to {subscription} failed for a reason that is not the subscriber's; it will be tried again")]
    private partial void LogBug(Exception bug, Resources.NamespacedName subscription, ulong offset);

    [LoggerMessage(702, LogLevel.Warning, "Event {offset} of {topic} could not be delivered for {subscription}: {destination} answered {status} at "
        + "the last of {attempts} attempts; it is kept among the dead letters")]
    private partial void LogStored(Topics.TopicKey topic, ulong offset, Resources.NamespacedName subscription, string destination, int status, int attempts);

    [LoggerMessage(704, LogLevel.Error, "The progress of {subscription} cannot be written down: after a crash a dead letter may be delivered out of turn")]
    private partial void LogCannotWriteDown(Exception disk, Resources.NamespacedName subscription);

    [LoggerMessage(703, LogLevel.Error, "Event {offset} of {topic} is undeliverable and cannot be written to the dead letters either; it will be tried again")]
    private partial void LogCannotStore(Exception disk, Topics.TopicKey topic, ulong offset);
}
