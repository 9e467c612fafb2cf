namespace Kip.Tests.ApiServer.Http;

/// <summary>What the tests apply.</summary>
internal static class Manifests
{
    public const string Service = """
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata:
          name: hello
        spec:
          template:
            spec:
              containers:
              - image: kip.local/hello
                env:
                - {name: TARGET, value: World}
        """;

    public const string Deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
          labels: {app: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: main
                image: example/main
                env:
                - {name: A, value: "1"}
                - {name: B, value: "2"}
              - name: side
                image: example/side
        """;
}
