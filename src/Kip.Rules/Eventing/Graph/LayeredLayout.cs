namespace Kip.Rules.Eventing.Graph;

/// <summary>Where each box stands: in columns from left to right along the arrows, ordered so that few arrows cross.</summary>
internal sealed class LayeredLayout
{
    private const int Sweeps = 4;

    private readonly FlowGraph _graph;
    private readonly Dictionary<string, int> _column = new(StringComparer.Ordinal);
    private readonly HashSet<(string, string)> _backward = [];

    private LayeredLayout(FlowGraph graph) => _graph = graph;

    /// <summary>The node ids of each column, from the top down.</summary>
    internal static IReadOnlyList<IReadOnlyList<string>> Columns(FlowGraph graph)
    {
        var layout = new LayeredLayout(graph);
        layout.FindBackwardArrows();
        layout.Place();
        return layout.Order();
    }

    // An arrow to a node that is still being walked closes a circle; it must not push its target to the right.
    private void FindBackwardArrows()
    {
        var state = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var node in _graph.Nodes) Walk(node.Id);

        void Walk(string id)
        {
            if (!state.TryAdd(id, false)) return;
            foreach (var edge in _graph.Edges)
            {
                if (edge.From != id) continue;
                if (state.TryGetValue(edge.To, out var done) && !done) _backward.Add((edge.From, edge.To));
                else Walk(edge.To);
            }
            state[id] = true;
        }
    }

    private void Place()
    {
        foreach (var node in _graph.Nodes) _column[node.Id] = 0;
        var moved = true;
        // Without circles the longest way has fewer steps than there are nodes.
        for (var round = 0; moved && round <= _graph.Nodes.Length; round++)
        {
            moved = false;
            foreach (var edge in _graph.Edges)
            {
                if (_backward.Contains((edge.From, edge.To)) || _column[edge.To] > _column[edge.From]) continue;
                _column[edge.To] = _column[edge.From] + 1;
                moved = true;
            }
        }
    }

    private List<List<string>> Order()
    {
        var columns = new List<List<string>>();
        foreach (var node in _graph.Nodes)
        {
            while (columns.Count <= _column[node.Id]) columns.Add([]);
            columns[_column[node.Id]].Add(node.Id);
        }
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var place = Places(columns);
            for (var i = 0; i < columns.Count; i++)
            {
                columns[i] = [.. columns[i].OrderBy(id => Middle(id, place)).ThenBy(id => place[id])];
                for (var k = 0; k < columns[i].Count; k++) place[columns[i][k]] = k;
            }
        }
        return columns;
    }

    private static Dictionary<string, double> Places(List<List<string>> columns)
    {
        var place = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var column in columns)
        {
            for (var i = 0; i < column.Count; i++) place[column[i]] = i;
        }
        return place;
    }

    private double Middle(string id, Dictionary<string, double> place)
    {
        var (sum, count) = (0.0, 0);
        foreach (var edge in _graph.Edges)
        {
            if (edge.To == id && edge.From != id) (sum, count) = (sum + place[edge.From], count + 1);
            if (edge.From == id && edge.To != id) (sum, count) = (sum + place[edge.To], count + 1);
        }
        return count == 0 ? place[id] : sum / count;
    }
}
