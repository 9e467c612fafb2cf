using Kip.Resources;
using Kip.Rules.Admission;
using Kip.Rules.Names;

namespace Kip.Rules.Serving.Configs;

/// <summary>What a manifest that leaves something open means: the ConfigMap <c>config-defaults</c>.</summary>
public sealed record DefaultsConfig
{
    public const string MapName = "config-defaults";

    /// <summary>How long a request may take in all, where a revision does not say.</summary>
    /// <value>300 s.</value>
    public long TimeoutSeconds { get; init; } = 300;

    /// <summary>The most that a revision may ask for.</summary>
    /// <value>600 s.</value>
    public long MaxTimeoutSeconds { get; init; } = 600;

    /// <summary>How long a pod may take until its answer begins.</summary>
    /// <value>As <see cref="TimeoutSeconds"/>.</value>
    public long ResponseStartTimeoutSeconds { get; init; } = 300;

    /// <summary>How long nothing may move in either direction.</summary>
    /// <value>0 s: no limit.</value>
    public long IdleTimeoutSeconds { get; init; }

    /// <summary>How many requests a pod gets at a time at most, where a revision does not say.</summary>
    /// <value>0: no limit.</value>
    public long ContainerConcurrency { get; init; }

    /// <summary>The most that a revision may set as its <c>containerConcurrency</c>.</summary>
    /// <value>1000.</value>
    public long ContainerConcurrencyMaxLimit { get; init; } = 1000;

    /// <summary>Whether a revision may set no limit (0).</summary>
    /// <value>True.</value>
    public bool AllowContainerConcurrencyZero { get; init; } = true;

    /// <summary>Whether pods get environment variables for the Services of their namespace.</summary>
    /// <value>False; null leaves it to Kubernetes.</value>
    public bool? EnableServiceLinks { get; init; } = false;

    /// <summary>The name of a container that has none.</summary>
    /// <value><c>user-container</c>.</value>
    public NameTemplate ContainerName { get; init; } = NameTemplate.Parse("user-container", out _)!;

    /// <summary>The name of an init container that has none.</summary>
    /// <value><c>init-container</c>.</value>
    public NameTemplate InitContainerName { get; init; } = NameTemplate.Parse("init-container", out _)!;

    /// <summary>Requests by resource (<c>cpu</c>, <c>memory</c>, <c>ephemeral-storage</c>) for containers that state none.</summary>
    public StringMap Requests { get; init; }

    /// <summary>Limits by resource for containers that state none.</summary>
    public StringMap Limits { get; init; }

    public static readonly DefaultsConfig Default = new();

    /// <summary>Reads the ConfigMap's data. A wrong value is left at its default and named in the errors.</summary>
    public static DefaultsConfig Parse(StringMap data, out IReadOnlyList<FieldError> errors)
    {
        if (data.IsEmpty) return Empty(out errors);
        var read = new ConfigReader(data);
        var timeout = read.Whole("revision-timeout-seconds", 300, 1, int.MaxValue);
        var max = read.Whole("max-revision-timeout-seconds", Math.Max(600, timeout), 1, int.MaxValue);
        if (max < timeout)
            max = read.Wrong("max-revision-timeout-seconds",
                $"revision-timeout-seconds ({timeout}) cannot be greater than max-revision-timeout-seconds ({max})", timeout);
        var config = new DefaultsConfig
        {
            TimeoutSeconds = timeout,
            MaxTimeoutSeconds = max,
            ResponseStartTimeoutSeconds = read.Whole("revision-response-start-timeout-seconds", timeout, 0, max),
            IdleTimeoutSeconds = read.Whole("revision-idle-timeout-seconds", 0, 0, max),
            ContainerConcurrencyMaxLimit = read.Whole("container-concurrency-max-limit", 1000, 1, int.MaxValue),
            AllowContainerConcurrencyZero = read.Flag("allow-container-concurrency-zero", true),
            EnableServiceLinks = read.OneOf("enable-service-links", "false", "true", "false", "default") switch
            {
                "true" => true,
                "false" => false,
                _ => null,
            },
            ContainerName = Template(read, "container-name-template", Default.ContainerName),
            InitContainerName = Template(read, "init-container-name-template", Default.InitContainerName),
            Requests = Quantities(read, "request"),
            Limits = Quantities(read, "limit"),
        };
        config = config with { ContainerConcurrency = read.Whole("container-concurrency", 0, 0, config.ContainerConcurrencyMaxLimit) };
        if (config.ContainerConcurrency == 0 && !config.AllowContainerConcurrencyZero && read.Text("container-concurrency") is not null)
            read.Wrong("container-concurrency", "0 is not allowed while allow-container-concurrency-zero is false", 0);
        errors = read.Errors;
        return config;
    }

    private static DefaultsConfig Empty(out IReadOnlyList<FieldError> errors)
    {
        errors = [];
        return Default;
    }

    private static NameTemplate Template(ConfigReader read, string key, NameTemplate byDefault)
    {
        if (read.Text(key) is not { } text) return byDefault;
        return NameTemplate.Parse(text, out var error) ?? read.Wrong(key, error, byDefault);
    }

    private static StringMap Quantities(ConfigReader read, string side)
    {
        var stated = new List<KeyValuePair<string, string>>();
        foreach (var resource in (ReadOnlySpan<string>)["cpu", "memory", "ephemeral-storage"])
            if (read.QuantityText($"revision-{resource}-{side}") is { } text) stated.Add(new(resource, text));
        return StringMap.From(stated);
    }
}
