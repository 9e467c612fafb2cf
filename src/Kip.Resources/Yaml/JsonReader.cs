using System.Text;
using System.Text.Json;

namespace Kip.Resources.Yaml;

/// <summary>Reads the values of a JSON text, one after the other, into the same nodes as YAML.</summary>
internal ref struct JsonReader
{
    private readonly ReadOnlySpan<byte> _text;
    private Utf8JsonReader _reader;
    private List<(int Line, string Message)> _problems;
    private int _line;
    private long _counted;

    private JsonReader(ReadOnlySpan<byte> text)
    {
        _text = text;
        _reader = new Utf8JsonReader(text, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = 100 });
        _problems = [];
        _line = 1;
    }

    /// <exception cref="DocumentException">The text is not JSON.</exception>
    public static IReadOnlyList<Document?> Read(string text)
    {
        var reader = new JsonReader(Encoding.UTF8.GetBytes(text));
        var documents = new List<Document?>();
        try
        {
            while (reader._reader.Read())
            {
                reader._problems = [];
                documents.Add(new Document(reader.ReadNode(), reader._problems));
            }
            return documents;
        }
        catch (JsonException e)
        {
            throw new DocumentException((int)(e.LineNumber ?? 0) + 1, e.Message);
        }
    }

    private DocumentNode ReadNode()
    {
        var line = Line();
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject: return ReadMap(line);
            case JsonTokenType.StartArray: return ReadList(line);
            case JsonTokenType.String:
                var text = _reader.GetString()!;
                return new ScalarNode(line, ScalarKind.String, text, text);
        }
        var raw = Encoding.UTF8.GetString(_reader.ValueSpan);
        var kind = _reader.TokenType switch
        {
            JsonTokenType.Null => ScalarKind.Null,
            JsonTokenType.Number => raw.AsSpan().ContainsAny('.', 'e', 'E') ? ScalarKind.Float : ScalarKind.Integer,
            _ => ScalarKind.Bool,
        };
        return new ScalarNode(line, kind, raw, raw);
    }

    private MapNode ReadMap(int line)
    {
        var map = new MapNode(line);
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var key = _reader.GetString()!;
            var keyLine = Line();
            _reader.Read();
            var value = ReadNode();
            if (map.Entries.Find(e => e.Key == key) is { } first)
                _problems.Add((keyLine, $"\"{key}\" is given twice, first for line {first.Line}: keep one of them"));
            else map.Entries.Add(new(key, keyLine, value));
        }
        return map;
    }

    private ListNode ReadList(int line)
    {
        var list = new ListNode(line);
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray) list.Items.Add(ReadNode());
        return list;
    }

    private int Line()
    {
        _line += _text[(int)_counted..(int)_reader.TokenStartIndex].Count((byte)'\n');
        _counted = _reader.TokenStartIndex;
        return _line;
    }
}
