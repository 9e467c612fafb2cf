namespace Kip.Resources.Serving;

/// <summary>A name on the network and how its traffic is split over Revisions.</summary>
public sealed record Route : Resource<RouteSpec, RouteStatus>, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "serving.knative.dev", Version = "v1", Kind = "Route", Plural = "routes", Singular = "route", Namespaced = true,
        ShortNames = ["rt"], Categories = ["all", "knative", "serving"], HasStatus = true,
        ClrType = typeof(Route),
    };

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record RouteSpec
{
    public ValueList<TrafficTarget> Traffic { get; init; }
}

public sealed record RouteStatus
{
    public long ObservedGeneration { get; init; }
    public ValueList<Condition> Conditions { get; init; }
    public StringMap Annotations { get; init; }
    public string? Url { get; init; }
    public Addressable? Address { get; init; }
    public ValueList<TrafficTarget> Traffic { get; init; }
}
