namespace Kip.Tests.Functional.Kubectl;

/// <summary>Manifests that the checklist's tests apply.</summary>
internal static class Objects
{
    public static string Service(string name, string target = "World") => $$"""
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata: {name: {{name}}}
        spec:
          template:
            metadata:
              annotations: {autoscaling.knative.dev/initial-scale: "0"}
            spec:
              containers:
              - image: kip.local/helloworld
                env: [{name: TARGET, value: {{target}}}]
        """;

    public static string Map(string name, string value = "1", string more = "") => $$"""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: {{name}}{{more}}}
        data: {a: "{{value}}"}
        ---

        """;

    /// <summary>A Deployment of the box; its program is up at once.</summary>
    public static string Deployment(string name, int replicas = 1) => $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: {{name}}}
        spec:
          replicas: {{replicas}}
          selector: {matchLabels: {app: "{{name}}"} }
          template:
            metadata: {labels: {app: "{{name}}"} }
            spec:
              terminationGracePeriodSeconds: 1
              containers: [{name: main, image: "{{KubectlBed.Box}}", ports: [{containerPort: 8080}] }]
        """;
}
