using System.Collections.Immutable;

namespace Kip.Rules.Eventing.Graph;

/// <summary>What a box of the picture stands for.</summary>
public enum FlowNodeKind
{
    Broker,
    Channel,
    Sequence,
    Parallel,

    /// <summary>Anything that takes events in: a service, a URL.</summary>
    Sink,
}

/// <summary>What an arrow of the picture stands for.</summary>
public enum FlowEdgeKind
{
    /// <summary>Events.</summary>
    Events,

    /// <summary>Events that come back as answers.</summary>
    Replies,

    /// <summary>Events that could not be delivered.</summary>
    DeadLetters,
}

/// <param name="Id">Tells it from all others, e.g. <c>Broker/default/orders</c>.</param>
/// <param name="Label">What is written in the box.</param>
public sealed record FlowNode(string Id, FlowNodeKind Kind, string Label);

/// <param name="From">A node's id.</param>
/// <param name="To">A node's id.</param>
/// <param name="Label">What is written at the arrow; may be empty.</param>
public sealed record FlowEdge(string From, string To, FlowEdgeKind Kind, string Label);

/// <summary>Who sends what to whom, as far as the resources say. Sorted, so that the same resources give the same picture.</summary>
public sealed record FlowGraph(ImmutableArray<FlowNode> Nodes, ImmutableArray<FlowEdge> Edges);
