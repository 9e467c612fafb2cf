using System.Globalization;
using Kip.Host.CommandLine;
using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Rules.Scaling;
using Kip.Rules.Scaling.Simulation;

namespace Kip.Host.Commands.Simulate;

/// <summary>Makes the settings of a simulated service from what is declared and from the command line's changes.</summary>
internal static class SimulatedSettings
{
    private const string Concurrency = "containerConcurrency";

    /// <summary>The settings of a template.</summary>
    public static SimulatedService Of(RevisionTemplateSpec template, AutoscalerConfig config, SimulatedService rest) => Checked(rest with
    {
        Annotations = template.Metadata.Annotations,
        ContainerConcurrency = template.Spec.ContainerConcurrency ?? 0,
        Timeout = template.Spec.TimeoutSeconds is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : rest.Timeout,
        Config = config,
    }, "the manifest");

    /// <summary>The service with settings changed, and named after them.</summary>
    /// <exception cref="CommandFailure">A setting has a value that the platform would refuse.</exception>
    public static SimulatedService With(SimulatedService service, string option, IReadOnlyList<string> changes)
    {
        if (changes.Count == 0) return service;
        foreach (var (key, value) in KeyValues.Parse(option, changes)) service = With(service, option, key, value);
        return Checked(service with { Name = string.Join(", ", changes) }, option);
    }

    private static SimulatedService With(SimulatedService service, string option, string key, string value)
    {
        if (key == Concurrency)
        {
            return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit <= 1000
                ? service with { ContainerConcurrency = limit }
                : throw new CommandFailure($"{option} {key}={value}: write a whole number from 0 (no limit) to 1000");
        }
        var annotation = key.Contains('/', StringComparison.Ordinal) ? key : AutoscalingKeys.Prefix + key;
        if (!Known.Contains(annotation))
            throw new CommandFailure($"{option} {key}={value}: there is no such autoscaling setting; there are {Concurrency}, "
                + $"{string.Join(", ", Known.Select(static k => k[AutoscalingKeys.Prefix.Length..]))}");
        return service with { Annotations = service.Annotations.With(annotation, value) };
    }

    private static readonly IReadOnlyList<string> Known = [.. ((AnnotationKey[])
    [
        AutoscalingKeys.Metric, AutoscalingKeys.Target, AutoscalingKeys.MinScale, AutoscalingKeys.MaxScale, AutoscalingKeys.ActivationScale,
        AutoscalingKeys.ScaleDownDelay, AutoscalingKeys.PodRetention, AutoscalingKeys.Window, AutoscalingKeys.PanicWindowPercentage,
        AutoscalingKeys.PanicThresholdPercentage, AutoscalingKeys.TargetUtilization, AutoscalingKeys.TargetBurstCapacity, AutoscalingKeys.Aggregation,
    ]).Select(static k => k.Name)];

    private static SimulatedService Checked(SimulatedService service, string where)
    {
        var errors = AutoscalingAnnotationRules.Validate(service.Annotations, service.Config);
        if (errors.Count > 0)
            throw new CommandFailure($"{where}: {string.Join("; ", errors.Select(static e => $"{e.Field[(e.Field.LastIndexOf('/') + 1)..]}: {e.Sentence}"))}");
        if (!AutoscalingAnnotations.Read(service.Annotations).IsKpa(service.Config))
            throw new CommandFailure(
                $"{where}: only the class {AutoscalingKeys.KpaClass} can be simulated; the other scales by CPU or memory, which a trace does not tell");
        return service;
    }
}
