using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.Networking;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Serving.Why;

/// <summary>Why a service is not ready: down from its condition to the object, pod and log line that began it.</summary>
internal static class NotReadyCause
{
    public static Diagnosis Explain(WhyView seen)
    {
        var (service, name) = (seen.Service, seen.Service.Metadata.Name);
        var ready = service.Status.Conditions.Find("Ready");
        if (ready is { Status: ConditionStatus.True } && service.Status.ObservedGeneration >= service.Metadata.Generation)
            return new Chain().Condition("Service", name, ready).Says($"{name} is ready", trouble: false);
        var chain = new Chain();
        if (ready is null || service.Status.ObservedGeneration < service.Metadata.Generation)
            return chain.Fix("look again in a moment; if it stays so, the controllers do not run: kip status")
                .Says($"{name} has just been changed, and that has not been looked at yet");
        var configuration = service.Status.Conditions.Find("ConfigurationsReady");
        return configuration is { Status: not ConditionStatus.True } ? FromConfiguration(seen, chain, configuration) : FromRoute(seen, chain);
    }

    private static Diagnosis FromConfiguration(WhyView seen, Chain chain, Condition condition)
    {
        var name = seen.Service.Metadata.Name;
        var latest = seen.Configuration?.Status.LatestCreatedRevisionName ?? seen.Service.Status.LatestCreatedRevisionName;
        var revision = seen.Revisions.FirstOrDefault(r => r.Metadata.Name == latest);
        if (revision is null || !Concerns(seen, revision))
            return Ends(
                chain.Condition("Service", name, condition), condition.Reason, name, null,
                $"{name} is not ready: no Revision could be made of its template");

        var failing = Failing(revision);
        chain.Condition("Service", name, condition).Condition("Revision", revision.Metadata.Name, failing);
        var pod = NewestPod(seen, revision.Metadata.Name);
        var reason = Container(chain, pod) ?? failing?.Reason ?? condition.Reason;
        chain.Warning(seen, about => about == revision.Metadata.Name || about == pod?.Metadata.Name || about.StartsWith(
            $"{revision.Metadata.Name}-deployment", StringComparison.Ordinal));
        chain.Log(seen, revision.Metadata.Name);
        if (failing is { Status: ConditionStatus.False })
            return Ends(chain, reason, name, revision, $"{name} is not ready: Revision {revision.Metadata.Name} does not come up ({reason})");
        return Starting(seen, chain, revision, pod, reason);
    }

    // Unknown: nothing has failed yet. The readiness probe is what is waited for, if the program runs.
    private static Diagnosis Starting(WhyView seen, Chain chain, Revision revision, Pod? pod, string? reason)
    {
        var name = seen.Service.Metadata.Name;
        var running = pod?.Status.ContainerStatuses.FirstOrDefault(static c => c.State?.Running is not null && !c.Ready);
        if (running?.State?.Running?.StartedAt is { } since)
        {
            var probe = revision.Spec.Containers.Select(static c => c.ReadinessProbe).FirstOrDefault(static p => p is not null);
            var asked = probe switch
            {
                { HttpGet: { } http } => $"GET {http.Path ?? "/"} must answer 200 to 399",
                { Exec: not null } => "the probe's command must succeed",
                { Grpc: not null } => "the gRPC health check must say SERVING",
                _ => "the port in $PORT must accept a connection",
            };
            return chain.Pods($"pod {pod!.Metadata.Name} has been running for {Seconds(seen.Now - since)} s and is not ready")
                .Setting($"readinessProbe of the container: {asked}")
                .Fix($"let the program listen on $PORT and answer the probe; what it writes: kip logs {name}")
                .Says($"{name} is not ready yet: its program runs, but does not answer the readiness probe");
        }
        return Ends(chain, reason, name, revision, $"{name} is not ready yet: Revision {revision.Metadata.Name} is being started");
    }

    private static Diagnosis FromRoute(WhyView seen, Chain chain)
    {
        var name = seen.Service.Metadata.Name;
        var condition = seen.Service.Status.Conditions.Find("RoutesReady") ?? seen.Service.Status.Conditions.Find("Ready")!;
        chain.Condition("Service", name, condition);
        if (seen.Route is { } route)
            chain.Condition(
                "Route", route.Metadata.Name,
                route.Status.Conditions.FirstOrDefault(static c => c.Status != ConditionStatus.True && c.Type != "Ready"));
        chain.Warning(seen, about => about == name);
        if (seen.IngressClass is { } given && !IngressClasses.IsServed(given)) return OfAnotherGateway(seen, chain, given);
        return Ends(
            chain, condition.Reason, name, null,
            $"{name} is not ready: its traffic cannot be sent where it should go ({condition.Reason ?? "no reason given"})");
    }

    // Knative's own way to say so is to say nothing: the Ingress waits for the gateway of its class.
    private static Diagnosis OfAnotherGateway(WhyView seen, Chain chain, string given)
    {
        var name = seen.Service.Metadata.Name;
        string[] keys = [ServingAnnotations.IngressClass, ServingAnnotations.IngressClassAlias];
        var annotation = keys.FirstOrDefault(key => seen.Service.Metadata.Annotations.Get(key) == given);
        (string Setting, string Fix) said = annotation is null
            ? ($"ingress-class in config-network is {given}",
                "kubectl patch configmap config-network -n knative-serving --type merge -p '{\"data\":{\"ingress-class\":\""
                + $"{NetworkConfig.KipIngressClass}\"}}}}'")
            : ($"the Service's annotation {annotation} is {given}", $"kubectl annotate ksvc {name} {annotation}-");
        return chain.Setting(said.Setting).Fix(said.Fix)
            .Says($"{name} is not ready: its Ingress is of the class {given}, which is not this platform's to serve");
    }

    private static Diagnosis Ends(Chain chain, string? reason, string name, Revision? revision, string verdict)
    {
        var (setting, fix) = Remedies.For(reason, name, revision);
        if (setting is not null) chain.Setting(setting);
        return chain.Fix(fix).Says(verdict);
    }

    // The Configuration may wait for a generation whose Revision was never made.
    private static bool Concerns(WhyView seen, Revision revision) =>
        seen.Configuration is not { } configuration
        || revision.Metadata.Labels.Get(ServingLabels.ConfigurationGeneration) is not { } generation
        || generation == configuration.Metadata.Generation.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static Condition? Failing(Revision revision) =>
        revision.Status.Conditions.FirstOrDefault(static c => c is { Status: ConditionStatus.False, Type: "ContainerHealthy" or "ResourcesAvailable" })
        ?? revision.Status.Conditions.FirstOrDefault(static c => c.Status == ConditionStatus.Unknown && c.Type is "ContainerHealthy" or "ResourcesAvailable")
        ?? revision.Status.Conditions.Find("Ready");

    /// <summary>Adds what the pod's container says of itself; returns its reason.</summary>
    private static string? Container(Chain chain, Pod? pod)
    {
        if (pod is null) return null;
        foreach (var container in pod.Status.ContainerStatuses)
        {
            var ended = container.State?.Terminated ?? container.LastState?.Terminated;
            if (container.State?.Waiting is { Reason: { Length: > 0 } reason } waiting && reason != "ContainerCreating")
            {
                var after = ended is null ? "" : $", it last ended with exit code {ended.ExitCode}";
                chain.Pods($"pod {pod.Metadata.Name}: container {container.Name} waits ({reason}){after}: {waiting.Message}".TrimEnd(' ', ':'));
                return reason == "CrashLoopBackOff" && ended?.Reason == "OOMKilled" ? ended.Reason : reason;
            }
            if (ended is null) continue;
            chain.Pods($"pod {pod.Metadata.Name}: container {container.Name} ended with exit code {ended.ExitCode}, started again "
                + $"{container.RestartCount} times");
            return ended.Reason == "OOMKilled" ? ended.Reason : $"ExitCode{ended.ExitCode}";
        }
        return null;
    }

    internal static Pod? NewestPod(WhyView seen, string revision) => seen.Pods
        .Where(p => p.Metadata.Labels.Get(ServingLabels.Revision) == revision)
        .MaxBy(static p => (p.Metadata.CreationTimestamp ?? DateTimeOffset.MinValue, p.Metadata.Name));

    private static long Seconds(TimeSpan span) => (long)Math.Max(0, span.TotalSeconds);
}
