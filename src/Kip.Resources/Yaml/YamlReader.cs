using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Kip.Resources.Yaml;

/// <summary>Reads the documents of a YAML text. Anchors, aliases and merge keys are resolved.</summary>
internal sealed class YamlReader
{
    // A file cannot make the reader run out of stack, nor a few aliases of aliases out of memory.
    private const int MaxDepth = 100;
    private const int MaxNodes = 1_000_000;

    private readonly Parser _parser;
    private readonly Dictionary<string, (DocumentNode Node, int Size)> _anchors = [];
    private List<(int Line, string Message)> _problems = [];
    private int _nodes;

    private YamlReader(string text) => _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));

    /// <summary>Reads all documents; empty ones are null.</summary>
    /// <exception cref="DocumentException">The text is not YAML.</exception>
    public static IReadOnlyList<Document?> Read(string text)
    {
        var reader = new YamlReader(text);
        var documents = new List<Document?>();
        try
        {
            reader._parser.Consume<StreamStart>();
            while (reader._parser.TryConsume<DocumentStart>(out _)) documents.Add(reader.ReadDocument());
            return documents;
        }
        catch (YamlException e)
        {
            // The parser marks where a construct begins; what is wrong with it shows where it stopped.
            throw new DocumentException(LineOf(e, text), Reason(e));
        }
    }

    private static int LineOf(YamlException e, string text)
    {
        // The parser marks the construct around a tab; people look for the tab.
        if (!e.Message.Contains("invalid tab", StringComparison.Ordinal)) return (int)Math.Max(e.Start.Line, e.End.Line);
        var lines = text.Split('\n');
        var tabbed = Array.FindIndex(lines, (int)e.Start.Line - 1, static l => l.TrimStart(' ').StartsWith('\t'));
        return tabbed < 0 ? (int)e.Start.Line : tabbed + 1;
    }

    private static string Reason(YamlException e) => e.InnerException is null ? e.Message : $"{e.Message} ({e.InnerException.Message})";

    private Document? ReadDocument()
    {
        _anchors.Clear();
        _problems = [];
        var root = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        return root is ScalarNode { Kind: ScalarKind.Null } ? null : new Document(root, _problems);
    }

    private DocumentNode ReadNode(int depth)
    {
        var line = (int)_parser.Current!.Start.Line;
        if (depth > MaxDepth) throw new DocumentException(line, $"nested more than {MaxDepth} levels deep");
        if (_parser.TryConsume<AnchorAlias>(out var alias)) return Follow(alias, line);
        Count(1, line);
        var before = _nodes;
        var anchor = ((NodeEvent)_parser.Current).Anchor;
        DocumentNode node = _parser.Current switch
        {
            Scalar => ReadScalar(_parser.Consume<Scalar>(), line),
            SequenceStart => ReadList(line, depth),
            _ => ReadMap(line, depth),
        };
        if (!anchor.IsEmpty) _anchors[anchor.Value] = (node, _nodes - before + 1);
        return node;
    }

    private DocumentNode Follow(AnchorAlias alias, int line)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var anchored))
            throw new DocumentException(line, $"the alias *{alias.Value.Value} has no anchor before it");
        Count(anchored.Size, line);
        return anchored.Node;
    }

    private void Count(int nodes, int line)
    {
        _nodes += nodes;
        if (_nodes > MaxNodes) throw new DocumentException(line, $"more than {MaxNodes:N0} values once aliases are followed");
    }

    private static ScalarNode ReadScalar(Scalar scalar, int line)
    {
        var isText = scalar.Style != ScalarStyle.Plain || (!scalar.Tag.IsEmpty && scalar.Tag.Value is "tag:yaml.org,2002:str" or "!");
        if (isText) return new ScalarNode(line, ScalarKind.String, scalar.Value, scalar.Value);
        var (kind, text) = YamlScalars.Resolve(scalar.Value);
        return new ScalarNode(line, kind, text, scalar.Value);
    }

    private ListNode ReadList(int line, int depth)
    {
        var list = new ListNode(line);
        _parser.Consume<SequenceStart>();
        while (!_parser.TryConsume<SequenceEnd>(out _)) list.Items.Add(ReadNode(depth + 1));
        return list;
    }

    private MapNode ReadMap(int line, int depth)
    {
        var map = new MapNode(line);
        var merged = new List<MapNode>();
        _parser.Consume<MappingStart>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var keyLine = (int)_parser.Current!.Start.Line;
            var merges = _parser.Current is Scalar { Style: ScalarStyle.Plain, Value: "<<" };
            var key = ReadNode(depth + 1) as ScalarNode ?? throw new DocumentException(keyLine, "a key must be text, not a map or a list");
            var value = ReadNode(depth + 1);
            if (merges) merged.AddRange(Mergeable(value, keyLine));
            else if (map.Entries.Find(e => e.Key == key.Written) is { } first)
                _problems.Add((keyLine, $"\"{key.Written}\" is given twice, first for line {first.Line}: keep one of them"));
            else map.Entries.Add(new(key.Written, keyLine, value));
        }
        foreach (var entry in merged.SelectMany(static m => m.Entries))
            if (map.Get(entry.Key) is null) map.Entries.Add(entry);
        return map;
    }

    private static IEnumerable<MapNode> Mergeable(DocumentNode value, int line) => value switch
    {
        MapNode map => [map],
        ListNode list when list.Items.TrueForAll(static i => i is MapNode) => list.Items.Cast<MapNode>(),
        _ => throw new DocumentException(line, "\"<<\" merges maps only"),
    };
}
