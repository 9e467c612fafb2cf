using Kip.Resources;
using Kip.Rules.Admission;

namespace Kip.Rules.Scaling;

/// <summary>The ConfigMap <c>config-autoscaler</c>: how all revisions scale unless their annotations say otherwise.</summary>
/// <remarks>Equal to Knative's defaults, but a service may be deployed asleep: <see cref="AllowZeroInitialScale"/> is on.</remarks>
public sealed record AutoscalerConfig
{
    /// <summary>The name of the ConfigMap in the system namespace.</summary>
    public const string MapName = "config-autoscaler";

    /// <summary>The smallest target that any combination of settings may give.</summary>
    public const double TargetMin = 0.01;

    /// <summary>The share of the requests-per-second target that is aimed at; not configurable, as upstream.</summary>
    public const double RpsTargetUtilization = 0.7;

    public static readonly AutoscalerConfig Default = new();

    /// <summary>The share of a pod's concurrency target that is aimed at, so that there is room for what comes while pods start.</summary>
    /// <value>More than 0, at most 1; 0.7.</value>
    public double ConcurrencyTargetFraction { get; init; } = 0.7;

    /// <summary>How many requests a pod should have at a time when its service sets neither a target nor a limit.</summary>
    /// <value>100.</value>
    public double ConcurrencyTargetDefault { get; init; } = 100;

    /// <summary>How many requests per second a pod should get when its service scales by them and sets no target.</summary>
    /// <value>200.</value>
    public double RpsTargetDefault { get; init; } = 200;

    /// <summary>The burst that shall fit beyond the present load: what the excess burst capacity in the metrics is counted from.</summary>
    /// <value>211 requests; -1: unlimited; 0: no burst capacity is kept. The gateway is in the path whatever it is.</value>
    public double TargetBurstCapacity { get; init; } = 211;

    /// <summary>Over how long the load is averaged.</summary>
    /// <value>60 s; whole seconds from 6 s to 1 h.</value>
    public TimeSpan StableWindow { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The panic window's part of the stable window, in percent.</summary>
    /// <value>10; from 1 to 100.</value>
    public double PanicWindowPercentage { get; init; } = 10;

    /// <summary>How much of what the present pods can take the panic window must see for panic to begin, in percent.</summary>
    /// <value>200.</value>
    public double PanicThresholdPercentage { get; init; } = 200;

    /// <summary>How many times the ready pods one decision may ask for at most.</summary>
    /// <value>1000; more than 1.</value>
    public double MaxScaleUpRate { get; init; } = 1000;

    /// <summary>By what the ready pods are divided at most in one decision.</summary>
    /// <value>2; more than 1.</value>
    public double MaxScaleDownRate { get; init; } = 2;

    /// <summary>Whether a service that nobody calls loses its last pod.</summary>
    /// <value>True.</value>
    public bool EnableScaleToZero { get; init; } = true;

    /// <summary>For how long the last pod is kept at most while the way without it is prepared.</summary>
    /// <value>30 s.</value>
    public TimeSpan ScaleToZeroGracePeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For how long the last pod is kept at least after the decision that none is needed.</summary>
    /// <value>0.</value>
    public TimeSpan ScaleToZeroPodRetention { get; init; }

    /// <summary>Who scales a service that names no class.</summary>
    /// <value><c>kpa.autoscaling.knative.dev</c>.</value>
    public string PodAutoscalerClass { get; init; } = AutoscalingKeys.KpaClass;

    /// <summary>Checked and kept, without effect: there are no activators to share revisions among.</summary>
    /// <value>100; at least 1.</value>
    public double ActivatorCapacity { get; init; } = 100;

    /// <summary>How many pods a new revision starts, before it is Ready and whatever the load.</summary>
    /// <value>1.</value>
    public int InitialScale { get; init; } = 1;

    /// <summary>Whether <see cref="InitialScale"/>, here or in an annotation, may be 0.</summary>
    /// <value>True; upstream's is false.</value>
    public bool AllowZeroInitialScale { get; init; } = true;

    /// <summary>How many pods a revision that is reached keeps, unless it says otherwise.</summary>
    /// <value>0.</value>
    public int MinScale { get; init; }

    /// <summary>How many pods a revision gets at most, unless it says otherwise.</summary>
    /// <value>0: no limit.</value>
    public int MaxScale { get; init; }

    /// <summary>The most that a max-scale annotation may ask for.</summary>
    /// <value>0: no limit.</value>
    public int MaxScaleLimit { get; init; }

    /// <summary>For how long a smaller load must last before pods go.</summary>
    /// <value>0; whole seconds.</value>
    public TimeSpan ScaleDownDelay { get; init; }

    /// <summary>The configuration in force; the defaults when the ConfigMap is missing or wrong.</summary>
    public static AutoscalerConfig Of(PlatformConfig platform) => TryParse(platform[MapName], out var config, out _) ? config : Default;

    /// <summary>Reads the ConfigMap's data. A missing key has its default; keys that begin with an underscore are passed over.</summary>
    /// <returns>False when a value is wrong; then the configuration must not be used, and the errors say why.</returns>
    public static bool TryParse(StringMap data, out AutoscalerConfig config, out IReadOnlyList<FieldError> errors)
    {
        var read = new ConfigReader(data);
        config = Read(read);
        Check(config, read);
        errors = read.Errors;
        return errors.Count == 0;
    }

    private static AutoscalerConfig Read(ConfigReader read)
    {
        var percentage = read.Number("container-concurrency-target-percentage", 70);
        return new()
        {
            ConcurrencyTargetFraction = percentage <= 1 ? percentage : percentage / 100,
            ConcurrencyTargetDefault = read.Number("container-concurrency-target-default", Default.ConcurrencyTargetDefault),
            RpsTargetDefault = read.Number("requests-per-second-target-default", Default.RpsTargetDefault),
            TargetBurstCapacity = read.Number("target-burst-capacity", Default.TargetBurstCapacity),
            StableWindow = read.Duration("stable-window", Default.StableWindow),
            PanicWindowPercentage = read.Number("panic-window-percentage", Default.PanicWindowPercentage),
            PanicThresholdPercentage = read.Number("panic-threshold-percentage", Default.PanicThresholdPercentage),
            MaxScaleUpRate = read.Number("max-scale-up-rate", Default.MaxScaleUpRate),
            MaxScaleDownRate = read.Number("max-scale-down-rate", Default.MaxScaleDownRate),
            EnableScaleToZero = read.Flag("enable-scale-to-zero", Default.EnableScaleToZero),
            ScaleToZeroGracePeriod = read.Duration("scale-to-zero-grace-period", Default.ScaleToZeroGracePeriod),
            ScaleToZeroPodRetention = read.Duration("scale-to-zero-pod-retention-period", Default.ScaleToZeroPodRetention),
            PodAutoscalerClass = read.Text("pod-autoscaler-class") ?? Default.PodAutoscalerClass,
            ActivatorCapacity = read.Number("activator-capacity", Default.ActivatorCapacity),
            InitialScale = read.Count("initial-scale", Default.InitialScale),
            AllowZeroInitialScale = read.Flag("allow-zero-initial-scale", Default.AllowZeroInitialScale),
            MinScale = read.Count("min-scale", Default.MinScale),
            MaxScale = read.Count("max-scale", Default.MaxScale),
            MaxScaleLimit = read.Count("max-scale-limit", Default.MaxScaleLimit),
            ScaleDownDelay = read.Duration("scale-down-delay", Default.ScaleDownDelay),
        };
    }

    private static void Check(AutoscalerConfig config, ConfigReader read)
    {
        var fraction = config.ConcurrencyTargetFraction;
        read.Require(fraction is > 0 and <= 1, "container-concurrency-target-percentage", "must be more than 0 and at most 100");
        read.Require(fraction <= 0 || config.ConcurrencyTargetDefault * fraction >= TargetMin, "container-concurrency-target-default",
            $"times container-concurrency-target-percentage must be at least {TargetMin}");
        read.Require(config.RpsTargetDefault >= TargetMin, "requests-per-second-target-default", $"must be at least {TargetMin}");
        read.Require(config.TargetBurstCapacity is >= 0 or -1, "target-burst-capacity", "must be at least 0, or -1 for no limit");
        read.Require(config.StableWindow >= TimeSpan.FromSeconds(6) && config.StableWindow <= TimeSpan.FromHours(1) && IsWhole(config.StableWindow),
            "stable-window", "must be whole seconds from 6s to 1h");
        read.Require(config.PanicWindowPercentage is >= 1 and <= 100, "panic-window-percentage", "must be from 1 to 100");
        read.Require(config.MaxScaleUpRate > 1, "max-scale-up-rate", "must be more than 1");
        read.Require(config.MaxScaleDownRate > 1, "max-scale-down-rate", "must be more than 1");
        read.Require(config.ScaleToZeroGracePeriod > TimeSpan.Zero, "scale-to-zero-grace-period", "must be more than 0");
        read.Require(config.ScaleToZeroPodRetention >= TimeSpan.Zero, "scale-to-zero-pod-retention-period", "must be at least 0");
        read.Require(config.ActivatorCapacity >= 1, "activator-capacity", "must be at least 1");
        read.Require(config.ScaleDownDelay >= TimeSpan.Zero && IsWhole(config.ScaleDownDelay), "scale-down-delay",
            "must be whole seconds, at least 0");
        CheckScales(config, read);
    }

    private static void CheckScales(AutoscalerConfig config, ConfigReader read)
    {
        read.Require(config.InitialScale > 0 || config.AllowZeroInitialScale, "initial-scale",
            "must be at least 1, or 0 where allow-zero-initial-scale is true");
        read.Require(config.MaxScaleLimit <= 0 || (config.MaxScale >= 1 && config.MaxScale <= config.MaxScaleLimit), "max-scale",
            $"must be from 1 to max-scale-limit ({config.MaxScaleLimit})");
        read.Require(config.MaxScale <= 0 || config.MinScale <= config.MaxScale, "min-scale", $"must be at most max-scale ({config.MaxScale})");
    }

    private static bool IsWhole(TimeSpan span) => span.Ticks % TimeSpan.TicksPerSecond == 0;
}
