using Kip.Resources;
using Kip.Resources.Serving;
using KIngress = Kip.Resources.Networking.Ingress;

namespace Kip.Conformance.Serving.Ingress;

/// <summary>Ingresses of a case's own in front of Revisions: what the ingress cases drive directly.</summary>
internal static class IngressBed
{
    /// <summary>The class that Kip's gateway and the Route controller's Ingresses have.</summary>
    public const string Class = "kourier.ingress.networking.knative.dev";

    /// <summary>A host of the case's own.</summary>
    public static string Host(this ConformanceTarget target, string name = "www") => $"{name}.{target.Namespace}.example.com";

    /// <summary>Makes Services whose first Revisions are the backends; each answers its own name.</summary>
    public static async Task BackendsAsync(this ConformanceTarget target, params string[] names) =>
        await Task.WhenAll(names.Select(name => target.ReadyServiceAsync(
            Workload.Service(target, name, name, annotations: "autoscaling.knative.dev/min-scale: \"1\""))));

    /// <summary>A split, as a YAML flow map.</summary>
    public static string Split(this ConformanceTarget target, string backend, int percent = 100, string more = "") =>
        $"{{ serviceNamespace: {target.Namespace}, serviceName: {backend}-00001, servicePort: 80, percent: {percent}{more} }}";

    /// <summary>A path, as a YAML flow map.</summary>
    public static string Path(string splits, string more = "") => $"{{ {more}splits: [{splits}] }}";

    /// <summary>A rule, as a YAML flow map.</summary>
    public static string Rule(string hosts, params string[] paths) =>
        $"{{ hosts: [{hosts}], visibility: ExternalIP, http: {{ paths: [{string.Join(", ", paths)}] }} }}";

    /// <summary>Applies an Ingress and completes when the gateway says that this generation is served.</summary>
    public static async Task<KIngress> IngressAsync(this ConformanceTarget target, string name, params string[] rules)
    {
        var applied = await target.ApplyIngressAsync(name, $"networking.knative.dev/ingress.class: {await ClassAsync(target)}", rules);
        return await target.WaitAsync<KIngress>(
            name, i => i.Status.ObservedGeneration >= applied.Metadata.Generation && i.Status.Conditions.IsTrue("Ready"), "Ready");
    }

    /// <summary>Applies an Ingress and waits for nothing.</summary>
    /// <param name="target">Where.</param>
    /// <param name="name">In the case's namespace.</param>
    /// <param name="annotations">As entries of a YAML flow map.</param>
    /// <param name="rules">As YAML flow maps.</param>
    public static Task<KIngress> ApplyIngressAsync(this ConformanceTarget target, string name, string annotations, params string[] rules) =>
        target.ApplyAsync<KIngress>(
            $$"""
            apiVersion: networking.internal.knative.dev/v1alpha1
            kind: Ingress
            metadata: { name: {{name}}, annotations: { {{annotations}} } }
            spec:
              httpOption: Enabled
              rules: [{{string.Join(", ", rules)}}]
            """);

    // The class is whatever the platform's own Routes have.
    private static async Task<string> ClassAsync(ConformanceTarget target)
    {
        var own = await target.ListAsync<KIngress>(ServingLabels.Route);
        return own.Select(static i => i.Metadata.Annotations.Get("networking.knative.dev/ingress.class"))
            .FirstOrDefault(static c => !string.IsNullOrEmpty(c)) ?? Class;
    }
}
