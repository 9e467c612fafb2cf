using System.Globalization;
using System.Text;

namespace Kip.Rules.Eventing.Graph;

/// <summary>A picture as SVG, which every browser draws.</summary>
public static class SvgPicture
{
    private const int CharacterWidth = 7;
    private const int BoxHeight = 36;
    private const int RowHeight = 84;
    private const int Margin = 24;

    private sealed record Box(FlowNode Node, int X, int Y, int Width)
    {
        public int Middle => Y + (BoxHeight / 2);

        public int Right => X + Width;
    }

    public static string Write(FlowGraph graph)
    {
        var boxes = Boxes(graph);
        var svg = new StringBuilder();
        var width = boxes.Values.Select(static b => b.Right).DefaultIfEmpty(Margin * 8).Max() + Margin + Spare(graph);
        var height = boxes.Values.Select(static b => b.Y + BoxHeight).DefaultIfEmpty(Margin).Max() + Margin + (BoxHeight * 2);
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"
             font-family="ui-monospace, monospace" font-size="12">
            <defs><marker id="arrow" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
            <path d="M0 0L10 5L0 10z" fill="#555"/></marker></defs>
            <rect width="100%" height="100%" fill="#fff"/>

            """);
        // Arrows between the same two boxes fan out, so that each one's words can be read.
        foreach (var between in graph.Edges.GroupBy(static e => (e.From, e.To)))
        {
            var lane = 0;
            foreach (var edge in between) Arrow(svg, edge, boxes[edge.From], boxes[edge.To], lane++);
        }
        foreach (var box in boxes.Values) Draw(svg, box);
        return svg.Append("</svg>\n").ToString();
    }

    private static Dictionary<string, Box> Boxes(FlowGraph graph)
    {
        var nodes = graph.Nodes.ToDictionary(static n => n.Id, StringComparer.Ordinal);
        var boxes = new Dictionary<string, Box>(StringComparer.Ordinal);
        var x = Margin;
        foreach (var column in LayeredLayout.Columns(graph))
        {
            var width = column.Max(id => TextWidth(nodes[id].Label)) + 24;
            for (var row = 0; row < column.Count; row++) boxes[column[row]] = new(nodes[column[row]], x, Margin + (row * RowHeight), width);
            // Between two columns there is room for the longest words on arrows that begin here.
            x += width + 64 + graph.Edges.Where(e => column.Contains(e.From)).Select(static e => TextWidth(Words(e))).DefaultIfEmpty(0).Max();
        }
        return boxes;
    }

    // Arrows that go back or stay leave on the right and need room there.
    private static int Spare(FlowGraph graph) => graph.Edges.Any(static e => e.From == e.To) ? 140 : 0;

    private static void Arrow(StringBuilder svg, FlowEdge edge, Box from, Box to, int lane)
    {
        var dash = edge.Kind == FlowEdgeKind.Events ? "" : " stroke-dasharray=\"5 4\"";
        var color = edge.Kind == FlowEdgeKind.DeadLetters ? "#b3261e" : "#555";
        var shift = lane * 16;
        var (path, x, y) = from.X < to.X
            ? Forward(from, to, shift)
            : Backward(from, to, shift);
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<path d=\"{path}\" fill=\"none\" stroke=\"{color}\"{dash} marker-end=\"url(#arrow)\"/>\n");
        if (Words(edge) is { Length: > 0 } words)
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\" fill=\"{color}\">{Escape(words)}</text>\n");
    }

    private static (string Path, int X, int Y) Forward(Box from, Box to, int shift)
    {
        var middle = (from.Right + to.X) / 2;
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"M{from.Right} {from.Middle + shift}C{middle} {from.Middle + shift} {middle} {to.Middle + shift} {to.X} {to.Middle + shift}");
        return (path, middle, ((from.Middle + to.Middle) / 2) + shift - 4);
    }

    // Below both boxes and back.
    private static (string Path, int X, int Y) Backward(Box from, Box to, int shift)
    {
        var below = Math.Max(from.Y, to.Y) + BoxHeight + 28 + shift;
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"M{from.X + (from.Width * 2 / 3)} {from.Y + BoxHeight}C{from.X + (from.Width * 2 / 3)} {below + 8} {to.X + (to.Width / 3)} {below + 8} "
            + $"{to.X + (to.Width / 3)} {to.Y + BoxHeight}");
        return (path, ((from.X + (from.Width * 2 / 3)) + to.X + (to.Width / 3)) / 2, below + 6);
    }

    private static void Draw(StringBuilder svg, Box box)
    {
        var (fill, radius) = box.Node.Kind switch
        {
            FlowNodeKind.Broker => ("#dbe7ff", 18),
            FlowNodeKind.Channel => ("#e3f4e1", 18),
            FlowNodeKind.Sequence or FlowNodeKind.Parallel => ("#fff1d6", 2),
            _ => ("#f2f2f2", 4),
        };
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<rect x=\"{box.X}\" y=\"{box.Y}\" width=\"{box.Width}\" height=\"{BoxHeight}\" rx=\"{radius}\" fill=\"{fill}\" stroke=\"#555\"/>\n");
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{box.X + (box.Width / 2)}\" y=\"{box.Middle + 4}\" text-anchor=\"middle\" fill=\"#111\">{Escape(box.Node.Label)}</text>\n");
    }

    private static string Words(FlowEdge edge) => edge.Kind switch
    {
        FlowEdgeKind.DeadLetters => $"dead letters {edge.Label}".TrimEnd(),
        FlowEdgeKind.Replies => $"replies {edge.Label}".TrimEnd(),
        _ => edge.Label,
    };

    private static int TextWidth(string text) => text.Length * CharacterWidth;

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);
}
