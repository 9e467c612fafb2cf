namespace Kip.Tests.Clients;

/// <summary>What is done to record kubectl's requests: things that the API server answers without any controller.</summary>
internal static class KubectlScenarios
{
    private const string Map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map, labels: {tier: gold}}\ndata: {a: \"1\"}\n";
    private const string Service = "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: hello}\nspec: {template: {spec: {containers: "
        + "[{image: kip.local/helloworld}]}}}\n";
    private const string Deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 0
          selector: {matchLabels: {app: web}}
          template: {metadata: {labels: {app: web}}, spec: {containers: [{name: main, image: kip.local/helloworld}]}}
        """;

    /// <summary>By name: commands, each with what comes on its standard input.</summary>
    public static IReadOnlyDictionary<string, (string Line, string? Input)[]> All { get; } = new Dictionary<string, (string, string?)[]>
    {
        ["apply"] = [("apply -f -", Map), ("apply -f -", Map), (
            "apply -f - --dry-run=server",
            Map.Replace("\"1\"", "\"2\"", StringComparison.Ordinal)), ("apply -f -", Map.Replace("\"1\"", "\"2\"", StringComparison.Ordinal))],
        ["apply-custom"] = [("apply -f -", Service), ("apply -f -", Service.Replace("helloworld", "other", StringComparison.Ordinal)), ("get ksvc", null)],
        ["apply-deployment"] = [("apply -f -", Deployment), (
            "apply -f -", Deployment.Replace("replicas: 0", "replicas: 0, minReadySeconds: 3", StringComparison.Ordinal))],
        ["create"] = [("create configmap made --from-literal=a=1", null), (
            "create secret generic made --from-literal=password=hush",
            null), ("create serviceaccount made", null), ("create cm made --dry-run=server", null)],
        ["create-generated"] = [("create -f -", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"gen-"}}""")],
        ["delete"] = [("create cm gone", null), ("delete cm gone", null), ("create cm left", null), (
            "delete cm left --cascade=orphan --wait=false", null), ("delete cm nobody --ignore-not-found", null)],
        ["delete-many"] = [("create cm a", null), (
            "create cm b", null), ("label cm a b go=yes", null), ("delete cm -l go=yes", null), ("delete cm --all --cascade=foreground", null)],
        ["edit"] = [("apply -f -", Map), ("edit cm map", null)],
        ["get"] = [("apply -f -", Map), ("get cm map", null), ("get cm -o yaml -l tier=gold", null), (
            "get cm --sort-by=.metadata.name -A", null), ("get cm --chunk-size=1", null), ("get cm map -o name --field-selector=metadata.name=map", null)],
        ["label-annotate"] = [("apply -f -", Map), ("label cm map a=b", null), ("annotate cm map c=d", null), ("label cm map a-", null)],
        ["patch"] = [("apply -f -", Deployment), ("patch deployment web -p '{\"spec\":{\"minReadySeconds\":1}}'", null), (
            "patch deployment web --type=merge -p '{\"spec\":{\"minReadySeconds\":2}}'",
            null), ("patch deployment web --type=json -p '[{\"op\":\"remove\",\"path\":\"/spec/minReadySeconds\"}]'", null)],
        ["replace"] = [("create -f -", Map), ("replace -f -", Map), ("replace --force -f -", Map)],
        ["rollout"] = [("apply -f -", Deployment), (
            "rollout restart deployment/web", null), ("rollout pause deployment/web", null), ("rollout resume deployment/web", null)],
        ["scale"] = [("apply -f -", Deployment), ("scale deployment/web --replicas=0", null), ("scale deployment/web --current-replicas=0 --replicas=0", null)],
        ["set"] = [("apply -f -", Deployment), ("set image deployment/web main=kip.local/other", null), ("set env deployment/web A=1", null)],
        ["auth"] = [("auth can-i get pods", null), ("auth can-i --list", null)],
        ["describe"] = [("apply -f -", Map), ("describe cm map", null), ("apply -f -", Service), ("describe ksvc hello", null)],
        ["diff"] = [("apply -f -", Map), ("diff -f -", Map.Replace("\"1\"", "\"2\"", StringComparison.Ordinal))],
        ["events"] = [("get events", null), ("events", null)],
        ["wait"] = [("apply -f -", Map), ("wait cm/map --for=jsonpath={.data.a}=1 --timeout=10s", null)],
        ["explain"] = [("explain ksvc.spec", null), ("api-resources", null), ("api-versions", null), ("version", null)],
    };
}
