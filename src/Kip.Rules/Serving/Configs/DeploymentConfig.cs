using Kip.Resources;
using Kip.Rules.Admission;

namespace Kip.Rules.Serving.Configs;

/// <summary>How Revisions become Deployments: the ConfigMap <c>config-deployment</c>.</summary>
public sealed record DeploymentConfig
{
    public const string MapName = "config-deployment";

    public static readonly DeploymentConfig Default = new();

    /// <summary>How long a Deployment may go without progress. Whole seconds.</summary>
    /// <value>600 s.</value>
    public TimeSpan ProgressDeadline { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Whether a pod that cannot be scheduled now is taken to be schedulable later, on clusters that grow.</summary>
    /// <value>False.</value>
    public bool PodIsAlwaysSchedulable { get; init; }

    /// <summary>Registries whose tags run as written. Hosts as they stand in images.</summary>
    /// <value><c>kind.local</c>, <c>ko.local</c>, <c>dev.local</c>.</value>
    public ValueList<string> RegistriesSkippingTagResolving { get; init; } = ["kind.local", "ko.local", "dev.local"];

    /// <summary>How long a registry may take to say what a tag stands for.</summary>
    /// <value>10 s.</value>
    public TimeSpan DigestResolutionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Reads the ConfigMap's data. A wrong value is left at its default and named in the errors.</summary>
    public static DeploymentConfig Parse(StringMap data, out IReadOnlyList<FieldError> errors)
    {
        var read = new ConfigReader(data);
        var deadline = read.PositiveDuration("progress-deadline", Default.ProgressDeadline);
        if (deadline.Ticks % TimeSpan.TicksPerSecond != 0)
            deadline = read.Wrong("progress-deadline",
                $"ProgressDeadline must be rounded to a whole second, was: {data.Get("progress-deadline")}", Default.ProgressDeadline);
        var config = new DeploymentConfig
        {
            ProgressDeadline = deadline,
            PodIsAlwaysSchedulable = read.Flag("pod-is-always-schedulable", false),
            RegistriesSkippingTagResolving = Hosts(data, read.First("registries-skipping-tag-resolving", "registriesSkippingTagResolving")),
            DigestResolutionTimeout = read.PositiveDuration(
                read.First("digest-resolution-timeout", "digestResolutionTimeout"), Default.DigestResolutionTimeout),
        };
        CheckWhatNeedsACluster(read);
        errors = read.Errors;
        return config;
    }

    // It is stored for the cluster that it was written for, and would be refused there.
    private static void CheckWhatNeedsACluster(ConfigReader read)
    {
        foreach (var resource in (ReadOnlySpan<string>)["cpu", "memory", "ephemeral-storage"])
            foreach (var side in (ReadOnlySpan<string>)["request", "limit"])
                read.QuantityText($"queue-sidecar-{resource}-{side}");
        const string Spread = "prefer-spread-revision-over-nodes";
        read.OneOf("default-affinity-type", Spread, Spread, "none");
    }

    // Stated as empty it means none.
    private static ValueList<string> Hosts(StringMap data, string key) => data.Get(key) is { } text
        ? [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]
        : Default.RegistriesSkippingTagResolving;
}
