using Kip.Resources;
using Kip.Traffic.Activation;
using Kip.Traffic.Services;
using Microsoft.AspNetCore.Http;

namespace Kip.Traffic.Routing;

/// <summary>Follows a request beyond the table's first answer: to core Services, and from one host to another (DomainMapping, ExternalName).</summary>
internal sealed class Destinations(ServiceBackends services, RevisionBackends revisions, Random random)
{
    // DomainMapping → placeholder → Service is three; more is a circle.
    private const int MaxHops = 4;

    /// <summary>Where requests to a host of the inside go: to its routes, else to its core Service.</summary>
    /// <param name="authority">The host with or without a port.</param>
    public Destination Find(RouteTable table, HttpRequest http, string authority) => Follow(table, http, authority, through: null, hops: 0);

    /// <summary>Where a target leads whose backend is no revision.</summary>
    public Destination Follow(RouteTable table, HttpRequest http, SplitTarget target) => Follow(table, http, target, hops: 0);

    private Destination Follow(RouteTable table, HttpRequest http, SplitTarget target, int hops)
    {
        if (target.Backend.Settings is { } settings) return new(target, settings);
        // The service first: a rewritten host is how one that stands for another gets there.
        var match = services.Find(target.Backend.Name, target.Port);
        return match.Kind switch
        {
            ServiceMatchKind.Served => Serve(match.Target!.Through(target), target.Backend.Name),
            _ when target.RewriteHost is { } host => Follow(table, http, host, target, hops + 1),
            ServiceMatchKind.Alias => Follow(table, http, match.Host, target, hops + 1),
            ServiceMatchKind.NoPort => new(DestinationFailure.NoPort, target.Backend.Name, match.Host),
            _ => new(DestinationFailure.NoRevision, target.Backend.Name),
        };
    }

    private Destination Follow(RouteTable table, HttpRequest http, string authority, SplitTarget? through, int hops)
    {
        if (hops > MaxHops) return new(DestinationFailure.Circle, default, authority);
        if (table.Find(authority) is { } routes)
        {
            return routes.Match(http.Path.Value ?? "/", http.Headers)?.Pick(random) is { } target
                ? Follow(table, http, target.Through(through), hops + 1)
                : new(DestinationFailure.NoPath, default, authority);
        }
        var host = HostName.WithoutPort(authority);
        if (!ClusterName.TryParse(host, out var name)) return new(DestinationFailure.NoHost, default, authority);
        var port = authority.Length > host.Length && authority[host.Length..].TrimStart('.') is [':', .. var number] ? number : null;
        var match = services.Find(name, port);
        // Knative makes a Service for each Revision, of its name.
        if (match.Kind == ServiceMatchKind.NoService && revisions.Find(name) is { Settings: { } settings } revision)
            return new(revision.Whole.Through(through), settings);
        // The number is the gateway's own where the client has come by way of its address.
        if (match.Kind == ServiceMatchKind.NoPort && http.HttpContext.Connection.LocalPort.ToString() == port) match = services.Find(name, null);
        return match.Kind switch
        {
            ServiceMatchKind.Served => Serve(match.Target!.Through(through), name),
            ServiceMatchKind.Alias => Follow(table, http, match.Host, through, hops + 1),
            ServiceMatchKind.NoPort => new(DestinationFailure.NoPort, name, match.Host),
            _ => new(DestinationFailure.NoHost, name, authority),
        };
    }

    private static Destination Serve(SplitTarget target, NamespacedName name) => target.Backend is { HasReadyPods: true, Settings: { } settings }
        ? new(target, settings)
        : new(DestinationFailure.NoAddress, name);
}

/// <summary>Where a request goes, or why it goes nowhere.</summary>
/// <param name="What">What was looked for in vain, as far as a name is known.</param>
/// <param name="Host">The host, or the ports that there are.</param>
internal readonly record struct Destination(DestinationFailure Failure, NamespacedName What, string Host = "")
{
    public Destination(SplitTarget target, RevisionSettings settings) : this(DestinationFailure.None, default) => (Target, Settings) = (target, settings);

    public SplitTarget? Target { get; }

    public RevisionSettings? Settings { get; }
}

internal enum DestinationFailure
{
    None,
    NoHost,
    NoPath,
    NoRevision,
    NoPort,

    /// <summary>A Service without a ready address.</summary>
    NoAddress,

    /// <summary>Hosts that stand for each other.</summary>
    Circle,
}
