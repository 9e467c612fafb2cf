using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Scaling;
using Kip.Rules.Serving.Why;
using Kip.Testing.Serving;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Tests.Serving.Why;

/// <summary>A service that is well and has one pod, and what a test changes about it.</summary>
internal sealed record WhyBed
{
    public static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The service's conditions as YAML flow maps; Ready is the first.</summary>
    public string Conditions { get; init; } = "{ type: Ready, status: \"True\" }, { type: ConfigurationsReady, status: \"True\" }, { type: "
        + "RoutesReady, status: \"True\" }";
    public string RevisionConditions { get; init; } = "{ type: Ready, status: \"True\" }";
    public string Annotations { get; init; } = "";
    public string ServiceAnnotations { get; init; } = "";

    /// <summary>The class of the service's Ingress.</summary>
    public string? IngressClass { get; init; } = "kip.ingress.networking.knative.dev";
    public string RevisionSpec { get; init; } = "";

    /// <summary>The container's status; null for no pod at all.</summary>
    public string? Container { get; init; } = "name: user-container, ready: true, state: { running: { startedAt: \"2026-05-01T11:00:00Z\" } }";
    public string PodReady { get; init; } = "True";
    public string Active { get; init; } = "True";
    public int Replicas { get; init; } = 1;
    public string[] Log { get; init; } = [];
    public string Event { get; init; } = "";
    public LastDecision? Decision { get; init; }
    public AutoscalerConfig Config { get; init; } = AutoscalerConfig.Default;

    public Diagnosis Ask(WhyQuestion question = WhyQuestion.Anything) => Diagnostician.Explain(View(), question);

    private const string Labels = "serving.knative.dev/service: hello, serving.knative.dev/revision: hello-00001";

    private WhyView View() => new()
    {
        Service = Yaml.One<Service>(
            $$"""
            apiVersion: serving.knative.dev/v1
            kind: Service
            metadata: { name: hello, generation: 1, annotations: { {{ServiceAnnotations}} } }
            status:
              observedGeneration: 1
              latestCreatedRevisionName: hello-00001
              conditions: [{{Conditions}}]
              traffic: [{ revisionName: hello-00001, percent: 100 }]
            """),
        IngressClass = IngressClass,
        Revisions =
        [
            Yaml.One<Revision>(
                $$"""
                apiVersion: serving.knative.dev/v1
                kind: Revision
                metadata: { name: hello-00001, labels: { {{Labels}} }, annotations: { {{Annotations}} } }
                spec: { {{RevisionSpec}} containers: [{ name: user-container, image: kip.local/hello }] }
                status: { conditions: [{{RevisionConditions}}] }
                """),
        ],
        Autoscalers =
        [
            Yaml.One<PodAutoscaler>(
                $$"""
                apiVersion: autoscaling.internal.knative.dev/v1alpha1
                kind: PodAutoscaler
                metadata: { name: hello-00001, annotations: { {{Annotations}} } }
                spec: { reachability: Reachable }
                status:
                  conditions:
                  - { type: Active, status: "{{Active}}", lastTransitionTime: "2026-05-01T11:59:50Z" }
                  - { type: ScaleTargetInitialized, status: "True" }
                """),
        ],
        Deployments =
        [
            Yaml.One<Deployment>(
                $$"""
                apiVersion: apps/v1
                kind: Deployment
                metadata: { name: hello-00001-deployment, labels: { {{Labels}} } }
                spec: { replicas: {{Replicas}} }
                """),
        ],
        Pods = Container is null ? [] : [.. Enumerable.Range(1, Math.Max(1, Replicas)).Select(Pod)],
        Events = Event.Length == 0 ? [] : [Yaml.One<Event>(Event)],
        Logs = new Dictionary<string, IReadOnlyList<string>> { ["hello-00001"] = Log },
        Decisions = Decision is null ? new() : new Dictionary<string, LastDecision> { ["hello-00001"] = Decision },
        Autoscaler = Config,
        Now = Now,
    };

    private Pod Pod(int number) => Yaml.One<Pod>(
        $$"""
        apiVersion: v1
        kind: Pod
        metadata: { name: hello-00001-deployment-{{number}}, labels: { {{Labels}} }, creationTimestamp: "2026-05-01T11:58:00Z" }
        status: { phase: Running, conditions: [{ type: Ready, status: "{{PodReady}}" }], containerStatuses: [{ {{Container}} }] }
        """);
}
