using System.Text;

namespace Kip.Rules.Eventing.Graph;

/// <summary>A picture as Mermaid text, which GitHub and many editors draw.</summary>
public static class MermaidText
{
    public static string Write(FlowGraph graph)
    {
        var text = new StringBuilder("flowchart LR\n");
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            var id = ids[node.Id] = $"n{ids.Count + 1}";
            text.Append($"    {id}{Shape(node.Kind, $"\"{Escape(node.Label)}\"")}\n");
        }
        foreach (var edge in graph.Edges)
        {
            var arrow = edge.Kind == FlowEdgeKind.Events ? "-->" : "-.->";
            var label = edge.Kind == FlowEdgeKind.DeadLetters ? $"dead letters {edge.Label}".TrimEnd() : edge.Label;
            if (edge.Kind == FlowEdgeKind.Replies) label = $"replies {label}".TrimEnd();
            text.Append($"    {ids[edge.From]} {arrow}{(label.Length == 0 ? "" : $"|\"{Escape(label)}\"|")} {ids[edge.To]}\n");
        }
        return text.ToString();
    }

    private static string Shape(FlowNodeKind kind, string label) => kind switch
    {
        FlowNodeKind.Broker => $"{{{{{label}}}}}",
        FlowNodeKind.Channel => $"[({label})]",
        FlowNodeKind.Sequence or FlowNodeKind.Parallel => $"[[{label}]]",
        _ => $"[{label}]",
    };

    // Mermaid has no escapes but character entities, written with a # for the &.
    private static string Escape(string label) => label
        .Replace("#", "#35;", StringComparison.Ordinal).Replace("\"", "#quot;", StringComparison.Ordinal)
        .Replace("<", "#lt;", StringComparison.Ordinal).Replace(">", "#gt;", StringComparison.Ordinal);
}
