namespace Kip.Resources.Serving;

/// <summary>A Knative Service: one manifest for what runs (Configuration) and who gets the traffic (Route).</summary>
public sealed record Service : Resource<ServiceSpec, ServiceStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "serving.knative.dev", Version = "v1", Kind = "Service", Plural = "services", Singular = "service", Namespaced = true,
        ShortNames = ["kservice", "ksvc"], Categories = ["all", "knative", "serving"], HasStatus = true,
        ClrType = typeof(Service),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record ServiceSpec
{
    public RevisionTemplateSpec Template { get; init => field = value ?? new(); } = new();
    public ValueList<TrafficTarget> Traffic { get; init; }
}

public sealed record ServiceStatus
{
    public long ObservedGeneration { get; init; }
    public ValueList<Condition> Conditions { get; init; }
    public StringMap Annotations { get; init; }
    public string? LatestReadyRevisionName { get; init; }
    public string? LatestCreatedRevisionName { get; init; }
    public string? Url { get; init; }
    public Addressable? Address { get; init; }
    public ValueList<TrafficTarget> Traffic { get; init; }
}
