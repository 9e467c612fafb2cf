namespace Kip.Resources.Core;

/// <summary>Where a Service's pods can be reached.</summary>
public sealed record Endpoints : Resource, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "", Version = "v1", Kind = "Endpoints", Plural = "endpoints", Singular = "endpoints", Namespaced = true,
        ShortNames = ["ep"], StrategicMerge = true, ClrType = typeof(Endpoints),
    };

    public ValueList<EndpointSubset> Subsets { get; init; }

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record EndpointSubset
{
    public ValueList<EndpointAddress> Addresses { get; init; }
    public ValueList<EndpointAddress> NotReadyAddresses { get; init; }
    public ValueList<EndpointPort> Ports { get; init; }
}

public sealed record EndpointAddress
{
    public string Ip { get; init => field = value ?? ""; } = "";
    public string? Hostname { get; init; }
    public string? NodeName { get; init; }
    public ObjectReference? TargetRef { get; init; }
}

public sealed record EndpointPort
{
    public string? Name { get; init; }
    public int Port { get; init; }
    public string? Protocol { get; init; }
    public string? AppProtocol { get; init; }
}
