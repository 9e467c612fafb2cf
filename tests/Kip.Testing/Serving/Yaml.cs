using System.Text.Json.Nodes;
using Kip.Resources;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Kip.Testing.Serving;

/// <summary>Objects from YAML in tests, with no more than tests need.</summary>
public static class Yaml
{
    /// <summary>The objects of one or more YAML documents.</summary>
    public static IReadOnlyList<Resource> Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(static d => ToResource(ToJson(d.RootNode)!.AsObject()))];
    }

    /// <summary>The one object of a YAML document.</summary>
    public static T One<T>(string text) where T : Resource => (T)Read(text).Single();

    private static Resource ToResource(JsonObject json)
    {
        var kind = Kinds.Find((string)json["apiVersion"]!, (string)json["kind"]!)
            ?? throw new InvalidOperationException($"no such kind: {json["kind"]}");
        if (kind.Namespaced) json["metadata"]!["namespace"] ??= "default";
        return kind.ReadToStore(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map =>
            new JsonObject(map.Children.Select(static e => KeyValuePair.Create(((YamlScalarNode)e.Key).Value!, ToJson(e.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => Plain(plain.Value!),
        YamlScalarNode quoted => JsonValue.Create(quoted.Value),
        _ => null,
    };

    private static JsonValue? Plain(string text) => text switch
    {
        "" or "null" or "~" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ => long.TryParse(text, out var number) ? JsonValue.Create(number) : JsonValue.Create(text),
    };
}
