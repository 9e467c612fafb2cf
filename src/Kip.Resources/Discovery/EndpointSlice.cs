using Kip.Resources.Core;

namespace Kip.Resources.Discovery;

/// <summary>Where some of a Service's pods can be reached, all at the same ports.</summary>
public sealed record EndpointSlice : Resource, IResource
{
    public static KindDefinition Definition { get; } = new()
    {
        Group = "discovery.k8s.io", Version = "v1", Kind = "EndpointSlice", Plural = "endpointslices", Singular = "endpointslice", Namespaced = true,
        StrategicMerge = true, ClrType = typeof(EndpointSlice),
    };

    /// <value><c>IPv4</c>, <c>IPv6</c> or <c>FQDN</c>.</value>
    public string AddressType { get; init => field = value ?? ""; } = "";
    public ValueList<Endpoint> Endpoints { get; init; }
    public ValueList<EndpointPort> Ports { get; init; }

    public override KindDefinition GetDefinition() => Definition;
}

public sealed record Endpoint
{
    public ValueList<string> Addresses { get; init; }
    public EndpointConditions? Conditions { get; init; }
    public string? Hostname { get; init; }
    public ObjectReference? TargetRef { get; init; }
    public StringMap DeprecatedTopology { get; init; }
    public string? NodeName { get; init; }
    public string? Zone { get; init; }
    public RawJson? Hints { get; init; }
}

public sealed record EndpointConditions
{
    public bool? Ready { get; init; }
    public bool? Serving { get; init; }
    public bool? Terminating { get; init; }
}
