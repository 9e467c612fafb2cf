using System.Text;
using System.Text.Json;

namespace Kip.Resources.Yaml;

/// <summary>Writes nodes as YAML that reads back as the same nodes.</summary>
internal static class YamlWriter
{
    /// <summary>Writes a document in block style, two spaces to a level.</summary>
    public static string Write(DocumentNode root)
    {
        var text = new StringBuilder();
        WriteNode(text, root, indent: 0, startsLine: true);
        if (text.Length == 0 || text[^1] != '\n') text.Append('\n');
        return text.ToString();
    }

    private static void WriteNode(StringBuilder text, DocumentNode node, int indent, bool startsLine)
    {
        switch (node)
        {
            case MapNode { Entries.Count: > 0 } map:
                if (!startsLine) text.Append('\n').Append(' ', indent);
                WriteMap(text, map, indent);
                break;
            case ListNode { Items.Count: > 0 } list:
                if (!startsLine) text.Append('\n').Append(' ', indent);
                WriteList(text, list, indent);
                break;
            default:
                if (!startsLine) text.Append(' ');
                WriteValue(text, node, indent);
                break;
        }
    }

    private static void WriteMap(StringBuilder text, MapNode map, int indent)
    {
        for (var i = 0; i < map.Entries.Count; i++)
        {
            if (i > 0) text.Append(' ', indent);
            text.Append(Scalar(ScalarNode.String(map.Entries[i].Key))).Append(':');
            // Kubernetes writes the items of a list in a map at the map's own column.
            var value = map.Entries[i].Value;
            WriteNode(text, value, value is ListNode ? indent : indent + 2, startsLine: false);
            if (text[^1] != '\n') text.Append('\n');
        }
    }

    private static void WriteList(StringBuilder text, ListNode list, int indent)
    {
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (i > 0) text.Append(' ', indent);
            text.Append("- ");
            WriteNode(text, list.Items[i], indent + 2, startsLine: true);
            if (text[^1] != '\n') text.Append('\n');
        }
    }

    private static void WriteValue(StringBuilder text, DocumentNode node, int indent)
    {
        if (node is MapNode) text.Append("{}");
        else if (node is ListNode) text.Append("[]");
        else if (node is ScalarNode { Kind: ScalarKind.String } scalar && CanBeBlock(scalar.Text)) WriteBlock(text, scalar.Text, indent);
        else text.Append(Scalar((ScalarNode)node));
    }

    private static string Scalar(ScalarNode scalar)
    {
        if (scalar.Kind != ScalarKind.String) return scalar.Text;
        return CanBePlain(scalar.Text) ? scalar.Text : Quote(scalar.Text);
    }

    // JSON's strings are YAML's double-quoted ones.
    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static bool CanBePlain(string text) =>
        text.Length > 0
        && YamlScalars.Resolve(text).Kind == ScalarKind.String
        && text[0] is not ('-' or '?' or ':' or ',' or '[' or ']' or '{' or '}' or '#' or '&' or '*' or '!' or '|' or '>' or '\'' or '"' or '%'
            or '@' or '`' or ' ' or '=' or '<')
        && text[^1] is not (' ' or ':')
        && !text.StartsWith("...", StringComparison.Ordinal)
        && !text.Contains(": ", StringComparison.Ordinal)
        && !text.Contains(" #", StringComparison.Ordinal)
        // Some readers, ours among them, stumble over these after a space in a key.
        && !text.AsSpan().ContainsAny('*', '&', '!')
        && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static bool CanBeBlock(string text) =>
        text.Contains('\n')
        && text[0] is not (' ' or '\n')
        && !text.EndsWith("\n\n", StringComparison.Ordinal)
        && text.All(static c => c == '\n' || (c >= ' ' && c != '\x7f' && c != '\u0085' && c != '\u2028' && c != '\u2029' && c != '\uFEFF'));

    private static void WriteBlock(StringBuilder text, string value, int indent)
    {
        var ended = value[^1] == '\n';
        text.Append(ended ? "|" : "|-");
        foreach (var line in (ended ? value[..^1] : value).Split('\n'))
        {
            text.Append('\n');
            if (line.Length > 0) text.Append(' ', Math.Max(indent, 2)).Append(line);
        }
        text.Append('\n');
    }
}
