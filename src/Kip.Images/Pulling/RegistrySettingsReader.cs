using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Kip.Images.Pulling;

/// <summary>Reads <see cref="RegistrySettings"/> from YAML. A word that it does not know is a mistake: it would have no effect.</summary>
internal static class RegistrySettingsReader
{
    /// <exception cref="FormatException">The text is not as it should be; the message says in which line.</exception>
    public static RegistrySettings Read(string yaml)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return stream.Documents is [] ? new() : Settings(Map(stream.Documents[0].RootNode));
        }
        catch (YamlException malformed)
        {
            throw new FormatException($"line {malformed.Start.Line}: {malformed.Message}", malformed);
        }
    }

    private static RegistrySettings Settings(YamlMappingNode map)
    {
        var settings = new RegistrySettings();
        foreach (var (key, value) in map.Children)
        {
            settings = Text(key) switch
            {
                "anonymous" when Text(value) is "none" or "pull" or "push" => settings with { Anonymous = Text(value) },
                "anonymous" => throw Wrong(value, $"anonymous: {Text(value)} is none of none, pull, push"),
                "registries" => settings with { Registries = [.. List(value).Select(static r => Registry(Map(r)))] },
                var other => throw Wrong(key, $"\"{other}\" is none of anonymous, registries"),
            };
        }
        return settings;
    }

    private static RegistrySetting Registry(YamlMappingNode map)
    {
        var setting = new RegistrySetting { Name = "" };
        foreach (var (key, value) in map.Children)
        {
            setting = Text(key) switch
            {
                "name" => setting with { Name = Text(value) },
                "insecure" when bool.TryParse(Text(value), out var insecure) => setting with { Insecure = insecure },
                "insecure" => throw Wrong(value, $"insecure: {Text(value)} is neither true nor false"),
                "mirrors" => setting with { Mirrors = [.. List(value).Select(Mirror)] },
                var other => throw Wrong(key, $"\"{other}\" is none of name, insecure, mirrors"),
            };
        }
        return setting.Name.Length > 0 ? setting : throw Wrong(map, "a registry has no name");
    }

    private static Uri Mirror(YamlNode node) =>
        Uri.TryCreate(Text(node).TrimEnd('/') + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw Wrong(node, $"the mirror {Text(node)} is no URL such as https://mirror.example.com");

    private static YamlMappingNode Map(YamlNode node) => node as YamlMappingNode ?? throw Wrong(node, "names with values are expected here");

    private static YamlSequenceNode List(YamlNode node) => node as YamlSequenceNode ?? throw Wrong(node, "a list is expected here");

    private static string Text(YamlNode node) => (node as YamlScalarNode)?.Value ?? throw Wrong(node, "a single value is expected here");

    private static FormatException Wrong(YamlNode node, string what) => new($"line {node.Start.Line}: {what}");
}
