using System.Collections.Frozen;
using System.Globalization;

namespace Kip.ApiServer.Protobuf;

/// <summary>The messages of Kubernetes' API that are understood, read from <c>Messages/*.txt</c> when the first protobuf body comes.</summary>
/// <remarks>
/// A file is a group. Its line <c>kinds apps/v1: Deployment</c> names what may be sent as an object. Every other line is a message,
/// <c>Name: 1 field type, 2 field type</c>, and goes on in lines that are indented. A type is <c>string int bool bytes double Time Quantity
/// IntOrString Raw</c> or a message, of another group as <c>core.PodSpec</c>; <c>[T]</c> is a list and <c>{T}</c> a map from text. A <c>?</c>
/// keeps zeros, <c>^</c> makes the message's fields the holder's, <c>|</c> stands for the one of its fields that is set. The numbers and
/// names are those of the <c>generated.proto</c> and Go structs of Kubernetes 1.33.
/// </remarks>
internal sealed class ProtobufMessages
{
    private const string ResourcePrefix = "protobuf/";

    private static readonly Lazy<ProtobufMessages> LazyKnown = new(Load);

    private readonly FrozenDictionary<string, ProtobufMessage> _byName;
    private readonly FrozenDictionary<(string ApiVersion, string Kind), ProtobufMessage> _kinds;

    private ProtobufMessages(Dictionary<string, ProtobufMessage> byName, Dictionary<(string ApiVersion, string Kind), string> kinds)
    {
        _byName = byName.ToFrozenDictionary();
        _kinds = kinds.ToFrozenDictionary(static k => k.Key, k => byName[k.Value]);
    }

    public static ProtobufMessages Known => LazyKnown.Value;

    /// <summary>Every kind whose objects are understood.</summary>
    public IEnumerable<(string ApiVersion, string Kind)> Kinds => _kinds.Keys;

    /// <summary>A message by its name, such as <c>core.PodSpec</c>.</summary>
    public ProtobufMessage this[string name] => _byName[name];

    /// <summary>The message of a kind; null when it is not understood.</summary>
    public ProtobufMessage? Find(string apiVersion, string kind) =>
        // The options of a deletion come under the version of what is deleted.
        kind == "DeleteOptions" ? _byName["meta.DeleteOptions"] : _kinds.GetValueOrDefault((apiVersion, kind));

    private static ProtobufMessages Load()
    {
        var messages = new Dictionary<string, ProtobufMessage>();
        var kinds = new Dictionary<(string, string), string>();
        var assembly = typeof(ProtobufMessages).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            if (!resource.StartsWith(ResourcePrefix, StringComparison.Ordinal)) continue;
            var group = resource[ResourcePrefix.Length..];
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            foreach (var line in Joined(reader.ReadToEnd()))
            {
                var (head, rest) = (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..]);
                if (head.StartsWith("kinds ", StringComparison.Ordinal))
                    foreach (var kind in rest.Split(' ', StringSplitOptions.RemoveEmptyEntries)) kinds[(head["kinds ".Length..], kind)] = $"{group}.{kind}";
                else messages[$"{group}.{head}"] = new([.. rest.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(field => Field(field, group))]);
            }
        }
        return new(messages, kinds);
    }

    private static string[] Joined(string text) =>
        text.Replace("\r", "", StringComparison.Ordinal).Replace("\n    ", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static ProtobufField Field(string text, string group)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (number, name, type) = (int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], parts[2]);
        var shape = type[0] switch { '[' => ProtobufShape.Many, '{' => ProtobufShape.Map, _ => ProtobufShape.One };
        if (shape != ProtobufShape.One) type = type[1..^1];
        var keepsZero = type[^1] == '?';
        if (keepsZero) type = type[..^1];
        var known = type switch
        {
            "string" => ProtobufType.Text,
            "int" => ProtobufType.Integer,
            "double" => ProtobufType.Double,
            "bool" => ProtobufType.Boolean,
            "bytes" => ProtobufType.Bytes,
            "Time" => ProtobufType.Time,
            "Quantity" => ProtobufType.Quantity,
            "IntOrString" => ProtobufType.IntOrString,
            "Raw" => ProtobufType.Raw,
            "[string]" => ProtobufType.Texts,
            _ => type[0] switch { '^' => ProtobufType.Inline, '|' => ProtobufType.Either, _ => ProtobufType.Message },
        };
        if (known is not (ProtobufType.Message or ProtobufType.Inline or ProtobufType.Either)) return new(number, name, known, shape, keepsZero, null);
        var message = type.TrimStart('^', '|');
        return new(number, name, known, shape, keepsZero, message.Contains('.', StringComparison.Ordinal) ? message : $"{group}.{message}");
    }
}
