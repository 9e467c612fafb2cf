using System.Globalization;
using Kip.ApiServer.Http.Bodies;
using Kip.ApiServer.Http.Verbs;
using Kip.ApiServer.Registry;
using Kip.Client;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Metrics;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Http.Metrics;

/// <summary>Answers <c>metrics.k8s.io/v1beta1</c>: what pods and the machine use, for <c>kubectl top</c>.</summary>
internal sealed class MetricsApi(IMachineUsage? usage, ResourceRegistry registry, ResourceReads reads, TimeProvider time)
{
    private readonly UsageSampler? _sampler = usage is null ? null : new UsageSampler(usage, time);

    public static string Group => PodMetrics.Definition.Group;

    /// <summary>The kinds of this API; none where nothing is measured, as in a cluster without a metrics server.</summary>
    public IReadOnlyList<KindDefinition> Kinds { get; } = usage is null ? [] : [NodeMetrics.Definition, PodMetrics.Definition];

    /// <summary>The kind at a path's group, version and plural, or null.</summary>
    public KindDefinition? FindPlural(string group, string version, string plural) =>
        Kinds.FirstOrDefault(k => k.Plural == plural && k.Group == group && k.Version == version);

    /// <summary>Answers get and list.</summary>
    public async Task AnswerAsync(ApiCall call)
    {
        if (!HttpMethods.IsGet(call.Http.Request.Method) || call.Path.Subresource is not null || ResourceRouter.IsWatch(call))
            throw RequestPipeline.MethodNotAllowed();
        var measured = call.Kind == PodMetrics.Definition ? await PodsAsync(call) : await NodesAsync(call);
        if (call.Path.Name is null)
            await reads.WriteListAsync(call, new ResourceList(measured, registry.ResourceVersion), call.Form, ResourceReads.IncludeOf(call));
        else if (measured is [var one]) await reads.WriteObjectAsync(call, one);
        else throw ApiException.NotFound(call.Kind, call.Path.Name);
    }

    private async Task<IReadOnlyList<Resource>> PodsAsync(ApiCall call)
    {
        Pod[] pods = [.. registry.List(Pod.Definition, call.Which()).Items.Cast<Pod>().Where(static p => p.Status.Phase == "Running")];
        var rates = await _sampler!.MeasureAsync([.. pods.Select(static p => p.Metadata.Uid ?? "")], call.Cancel);
        return [.. pods.Select(p => MetricsOf(p, rates)).Where(static m => !m.Containers.IsEmpty)];
    }

    private async Task<IReadOnlyList<Resource>> NodesAsync(ApiCall call)
    {
        var nodes = registry.List(Node.Definition, call.Which()).Items;
        var rates = await _sampler!.MeasureAsync([], call.Cancel);
        return [.. nodes.Select(n => new NodeMetrics
        {
            Metadata = MetadataOf(n, rates), Timestamp = rates.At, Window = WindowOf(rates), Usage = UsageOf(rates.Machine),
        })];
    }

    private static PodMetrics MetricsOf(Pod pod, UsageRates rates) => new()
    {
        Metadata = MetadataOf(pod, rates),
        Timestamp = rates.At,
        Window = WindowOf(rates),
        Containers = pod.Spec.Containers
            .Select(c => (c.Name, Rate: rates.Container((pod.Metadata.Uid ?? "", c.Name))))
            .Where(static c => c.Rate is not null)
            .Select(static c => new ContainerMetrics { Name = c.Name, Usage = UsageOf(c.Rate!.Value) }).ToValueList(),
    };

    private static ObjectMeta MetadataOf(Resource measured, UsageRates rates) => new()
    {
        Name = measured.Metadata.Name, Namespace = measured.Metadata.Namespace, Labels = measured.Metadata.Labels, CreationTimestamp = rates.At,
    };

    private static string WindowOf(UsageRates rates) => $"{rates.Window.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)}s";

    private static StringMap UsageOf(UsageRate rate) => StringMap.Of(
        ("cpu", $"{(long)(rate.Cores * 1e9)}n"), ("memory", $"{rate.MemoryBytes / 1024}Ki"));
}
