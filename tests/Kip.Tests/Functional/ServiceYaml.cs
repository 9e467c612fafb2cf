namespace Kip.Tests.Functional;

/// <summary>Manifests of the tests' services.</summary>
internal static class ServiceYaml
{
    /// <summary>A service of the built-in sample; a new target makes a new revision.</summary>
    public static string Hello(string name, string target, params string[] annotations) =>
        $$"""
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata:
          name: {{name}}
        spec:
          template:
            metadata:
              annotations: { {{string.Join(", ", annotations)}} }
            spec:
              containers:
              - image: kip.local/helloworld
                env: [{ name: TARGET, value: "{{target}}" }]
        """;
}
