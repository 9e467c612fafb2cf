using Kip.Resources;
using Kip.Rules.Admission;
using Kip.Testing.Serving;

namespace Kip.Tests.Admission;

/// <summary>Admission as the API server asks it.</summary>
internal static class Ask
{
    public static PlatformConfig Config(string map, params (string Key, string Value)[] data) =>
        new(new Dictionary<string, StringMap> { [map] = StringMap.Of(data) });

    public static T Default<T>(T resource, T? old = null, string user = "jane", PlatformConfig? config = null) where T : Resource =>
        (T)AdmissionRules.Default(new AdmissionRequest(resource, old, user, null, config ?? PlatformConfig.Default));

    /// <summary>The errors after defaulting, as <c>field: message</c>.</summary>
    public static string[] Validate(Resource resource, Resource? old = null, PlatformConfig? config = null)
    {
        var request = new AdmissionRequest(resource, old, "jane", null, config ?? PlatformConfig.Default);
        request = request with { Object = AdmissionRules.Default(request) };
        return [.. AdmissionRules.Validate(request).Select(static e => $"{e.Field}: {e.Sentence}")];
    }

    /// <summary>A Service whose template's spec is this YAML.</summary>
    public static Kip.Resources.Serving.Service Service(string spec, string more = "", string templateMetadata = "{}") =>
        Yaml.One<Kip.Resources.Serving.Service>($$"""
            apiVersion: serving.knative.dev/v1
            kind: Service
            metadata: {name: hello}
            spec:
              {{more}}
              template:
                metadata: {{templateMetadata}}
                spec: {{spec}}
            """);
}
