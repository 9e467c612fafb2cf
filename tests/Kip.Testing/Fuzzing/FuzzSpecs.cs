using System.Text.Json.Nodes;

namespace Kip.Testing.Fuzzing;

/// <summary>A sound spec of kinds whose rules are seldom met by chance.</summary>
/// <remarks>Replicas are zero and images do not exist: what a fuzzer makes must not run.</remarks>
internal static class FuzzSpecs
{
    private const string Template =
        """{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"main","image":"kip.local/nothing","env":[{"name":"A","value":"1"}]}]}}""";

    private const string Asleep =
        """{"metadata":{"annotations":{"autoscaling.knative.dev/initial-scale":"0"}},"spec":{"containers":[{"image":"kip.local/nothing"}]}}""";

    public static JsonNode? Of(string kind) => kind switch
    {
        "Pod" => Parse("""{"containers":[{"name":"main","image":"kip.local/nothing","ports":[{"containerPort":80}]}]}"""),
        "Deployment" or "ReplicaSet" => Parse("""{"replicas":0,"selector":{"matchLabels":{"a":"b"}},"template":""" + Template + "}"),
        "Job" => Parse("""{"suspend":true,"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"main","image":"kip.local/nothing"}]}}}"""),
        "CronJob" => Parse("""
            {"schedule":"0 0 1 1 *","suspend":true,"jobTemplate":{"spec":{"template":{"spec":{
            "restartPolicy":"Never","containers":[{"name":"main","image":"kip.local/nothing"}]}}}}}
            """),
        "Service" => Parse($$"""{"template":{{Asleep}},"ports":[{"port":80}]}"""),
        "Configuration" => Parse($$"""{"template":{{Asleep}}}"""),
        "Route" => Parse("""{"traffic":[{"configurationName":"a","percent":100,"latestRevision":true}]}"""),
        "Broker" => Parse("""{"delivery":{"retry":1,"backoffPolicy":"linear","backoffDelay":"PT1S"}}"""),
        "Trigger" => Parse("""{"broker":"a","filter":{"attributes":{"type":"x"}},"subscriber":{"uri":"http://127.0.0.1:1/"}}"""),
        "Subscription" =>
            Parse("""{"channel":{"apiVersion":"messaging.knative.dev/v1","kind":"Channel","name":"a"},"subscriber":{"uri":"http://127.0.0.1:1/"}}"""),
        "CustomResourceDefinition" => Parse("""
            {"group":"example.com","scope":"Namespaced","names":{"plural":"as","kind":"A"},"versions":[{"name":"v1","served":true,"storage":true,
            "schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}}}]}
            """),
        "SelfSubjectAccessReview" => Parse("""{"resourceAttributes":{"verb":"get","resource":"pods"}}"""),
        "CertificateSigningRequest" => Parse("""{"request":"eA==","signerName":"kubernetes.io/kube-apiserver-client","usages":["client auth"]}"""),
        "PingSource" => Parse("""{"schedule":"0 0 1 1 *","data":"{}","sink":{"uri":"http://127.0.0.1:1/"}}"""),
        _ => null,
    };

    private static JsonNode Parse(string json) => JsonNode.Parse(json)!;
}
