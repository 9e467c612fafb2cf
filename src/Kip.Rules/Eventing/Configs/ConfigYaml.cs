using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Resources.Yaml;

namespace Kip.Rules.Eventing.Configs;

/// <summary>Reads the YAML that stands in a ConfigMap's value.</summary>
internal static class ConfigYaml
{
    /// <summary>The value as an object; null, with an error, when it is not YAML or has a field of another type.</summary>
    public static T? Read<T>(string text, JsonTypeInfo<T> type, out string error) where T : class
    {
        error = "";
        try
        {
            var documents = YamlReader.Read(text);
            if (documents is [{ } document]) return JsonSerializer.Deserialize(NodeJson.Write(document.Root), type);
            error = documents.Count > 1 ? "expected one YAML document" : "expected a YAML map";
        }
        catch (DocumentException wrong)
        {
            error = $"line {wrong.Line}: {wrong.Message}";
        }
        catch (JsonException wrong)
        {
            // Its own message names types of this program.
            error = wrong.Path?.TrimStart('$', '.') is { Length: > 0 } path ? $"the value of {path} is of the wrong type" : "expected a YAML map";
        }
        return null;
    }
}

/// <summary>The serialisers of what stands as YAML in Eventing's ConfigMaps.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(BrokerDefaultsDocument))]
[JsonSerializable(typeof(ChannelDefaultsDocument))]
[JsonSerializable(typeof(ChannelTemplateSpec))]
[JsonSerializable(typeof(LabelSelector))]
[JsonSerializable(typeof(LabelSelectorRequirement))]
[JsonSerializable(typeof(string))]
internal sealed partial class EventingConfigJson : JsonSerializerContext;
