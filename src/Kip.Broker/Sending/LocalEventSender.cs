using Kip.Brokers.Topics;

namespace Kip.Brokers.Sending;

/// <summary>Hands events for Brokers and channels of this process to the ingress directly; all others go over the network.</summary>
/// <remarks>It keeps the time to live, which HTTP subscribers never see: so a circle over several brokers ends, too.</remarks>
internal sealed class LocalEventSender(Ingress ingress, TopicTable topics, IEventSender network) : IEventSender
{
    public ValueTask<EventAnswer> SendAsync(EventRequest request, CancellationToken stop) =>
        request.Target.Topic is { } key ? HandOverAsync(key, request) : network.SendAsync(request, stop);

    private async ValueTask<EventAnswer> HandOverAsync(TopicKey key, EventRequest request)
    {
        if (!topics.TryGet(key, out var topic)) return EventAnswer.Of(404);
        var sent = RequestBytes.ToSend(request with { KeepsTimeToLive = true });
        var answer = await ingress.AcceptAsync(topic, [sent], request.Headers, request.Event.Head.IsStructured);
        if (answer.Status == 202) topic.Published();
        return new()
        {
            Status = answer.Status,
            RetryAfter = answer.RetryAfter > 0 ? $"{answer.RetryAfter}" : null,
            Body = answer.Reason is { } reason ? System.Text.Encoding.UTF8.GetBytes(reason) : default,
        };
    }
}

/// <summary>Stands for a sender that is made after those who use it: topics deliver through the ingress, which delivers into topics.</summary>
internal sealed class LateSender(Func<IEventSender> sender) : IEventSender
{
    public ValueTask<EventAnswer> SendAsync(EventRequest request, CancellationToken stop) => sender().SendAsync(request, stop);
}
