using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Resources.Eventing;
using Kip.Resources.Flows;
using Kip.Resources.Messaging;
using Parallel = Kip.Resources.Flows.Parallel;

namespace Kip.Rules.Eventing.Graph;

/// <summary>Makes the picture of who sends what to whom.</summary>
/// <remarks>What a controller made for somebody is left out: a Sequence is its steps, not the channels behind them.</remarks>
public sealed class FlowGraphBuilder
{
    private readonly SortedDictionary<string, FlowNode> _nodes = new(StringComparer.Ordinal);
    private readonly HashSet<FlowEdge> _edges = [];

    private FlowGraphBuilder()
    {
    }

    public static FlowGraph Build(FlowResources resources)
    {
        var builder = new FlowGraphBuilder();
        foreach (var broker in Free(resources.Brokers)) builder.Add(broker);
        foreach (var channel in Free(resources.Channels)) builder.NodeOf(channel, FlowNodeKind.Channel);
        foreach (var channel in Free(resources.InMemoryChannels)) builder.NodeOf(channel, FlowNodeKind.Channel);
        foreach (var trigger in Free(resources.Triggers)) builder.Add(trigger);
        foreach (var subscription in Free(resources.Subscriptions)) builder.Add(subscription);
        foreach (var sequence in Free(resources.Sequences)) builder.Add(sequence);
        foreach (var parallel in Free(resources.Parallels)) builder.Add(parallel);
        return new(
            [.. builder._nodes.Values],
            [.. builder._edges.OrderBy(e => e.From, StringComparer.Ordinal).ThenBy(e => e.To, StringComparer.Ordinal)
                .ThenBy(e => e.Kind).ThenBy(e => e.Label, StringComparer.Ordinal)]);
    }

    private static IEnumerable<T> Free<T>(IEnumerable<T> resources)
        where T : Resource => resources.Where(static r => r.Metadata.Controller() is null);

    private void Add(Broker broker)
    {
        var node = NodeOf(broker, FlowNodeKind.Broker);
        Connect(node, broker.Spec.Delivery?.DeadLetterSink, broker, FlowEdgeKind.DeadLetters, "");
    }

    private void Add(Trigger trigger)
    {
        var reference = trigger.Spec.BrokerRef ?? new KReference { Name = trigger.Spec.Broker };
        var broker = Node("Broker", reference.Namespace ?? trigger.Metadata.Namespace, reference.Name ?? "default", FlowNodeKind.Broker);
        var filter = FilterText.Of(trigger.Spec);
        Connect(
            broker, trigger.Spec.Subscriber, trigger, FlowEdgeKind.Events,
            filter.Length == 0 ? trigger.Metadata.Name : $"{trigger.Metadata.Name}: {filter}");
        Connect(broker, trigger.Spec.Delivery?.DeadLetterSink, trigger, FlowEdgeKind.DeadLetters, trigger.Metadata.Name);
    }

    private void Add(Subscription subscription)
    {
        var channel = Node(
            subscription.Spec.Channel.Kind ?? "Channel", subscription.Metadata.Namespace, subscription.Spec.Channel.Name ?? "", FlowNodeKind.Channel);
        var subscriber = Connect(channel, subscription.Spec.Subscriber, subscription, FlowEdgeKind.Events, subscription.Metadata.Name);
        // Without a subscriber the events themselves are the replies.
        Connect(subscriber ?? channel, subscription.Spec.Reply, subscription, subscriber is null ? FlowEdgeKind.Events : FlowEdgeKind.Replies, "");
        Connect(channel, subscription.Spec.Delivery?.DeadLetterSink, subscription, FlowEdgeKind.DeadLetters, subscription.Metadata.Name);
    }

    private void Add(Sequence sequence)
    {
        var first = NodeOf(sequence, FlowNodeKind.Sequence);
        var last = first;
        for (var i = 0; i < sequence.Spec.Steps.Count; i++)
        {
            var step = sequence.Spec.Steps[i];
            last = Connect(last, step, sequence, FlowEdgeKind.Events, $"{sequence.Metadata.Name} step {i + 1}") ?? last;
            Connect(first, step.Delivery?.DeadLetterSink, sequence, FlowEdgeKind.DeadLetters, $"step {i + 1}");
        }
        Connect(last, sequence.Spec.Reply, sequence, FlowEdgeKind.Replies, sequence.Metadata.Name);
    }

    private void Add(Parallel parallel)
    {
        var node = NodeOf(parallel, FlowNodeKind.Parallel);
        for (var i = 0; i < parallel.Spec.Branches.Count; i++)
        {
            var branch = parallel.Spec.Branches[i];
            var filter = Connect(node, branch.Filter, parallel, FlowEdgeKind.Events, $"{parallel.Metadata.Name} filter {i + 1}");
            var subscriber = Connect(filter ?? node, branch.Subscriber, parallel, FlowEdgeKind.Events, $"{parallel.Metadata.Name} branch {i + 1}");
            Connect(subscriber ?? node, branch.Reply ?? parallel.Spec.Reply, parallel, FlowEdgeKind.Replies, "");
            Connect(node, branch.Delivery?.DeadLetterSink, parallel, FlowEdgeKind.DeadLetters, $"branch {i + 1}");
        }
    }

    private string? Connect(string from, Destination? to, Resource by, FlowEdgeKind kind, string label)
    {
        if (NodeOf(to, by.Metadata.Namespace) is not { } node) return null;
        _edges.Add(new(from, node, kind, label));
        return node;
    }

    private string? NodeOf(Destination? destination, string @namespace)
    {
        if (destination?.Ref is { Name: { Length: > 0 } name } reference)
        {
            var kind = reference.Kind ?? "Service";
            return Node(kind, reference.Namespace ?? @namespace, name, kind switch
            {
                "Broker" => FlowNodeKind.Broker,
                "Channel" or "InMemoryChannel" => FlowNodeKind.Channel,
                "Sequence" => FlowNodeKind.Sequence,
                "Parallel" => FlowNodeKind.Parallel,
                _ => FlowNodeKind.Sink,
            }, destination.Uri);
        }
        if (string.IsNullOrEmpty(destination?.Uri)) return null;
        _nodes[destination.Uri] = new(destination.Uri, FlowNodeKind.Sink, destination.Uri);
        return destination.Uri;
    }

    private string NodeOf(Resource resource, FlowNodeKind kind) =>
        Node(resource.GetDefinition().Kind, resource.Metadata.Namespace, resource.Metadata.Name, kind);

    private string Node(string kind, string @namespace, string name, FlowNodeKind nodeKind, string? path = null)
    {
        var id = $"{kind}/{@namespace}/{name}{path}";
        _nodes[id] = new(id, nodeKind, $"{Word(kind)} {name}{path}");
        return id;
    }

    private static string Word(string kind) => kind switch
    {
        "InMemoryChannel" => "channel",
        _ => kind.ToLowerInvariant(),
    };
}
