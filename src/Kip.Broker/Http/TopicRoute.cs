using Kip.Brokers.Topics;

namespace Kip.Brokers.Http;

/// <summary>Which Broker or channel a URL inside the cluster means.</summary>
internal static class TopicRoute
{
    public const string ChannelSuffix = "-kn-channel";
    public const string SystemNamespace = "knative-eventing";
    public const string IngressService = "broker-ingress";
    public const string FilterService = "broker-filter";
    public const string DispatcherService = "imc-dispatcher";

    /// <summary>What a request for this host and path is for.</summary>
    public static RequestRoute Read(string host, string path)
    {
        var isPlatforms = TrySplit(host, out var service, out var @namespace) && @namespace == SystemNamespace;
        if (isPlatforms && service == FilterService) return new(IsFilter: true, IsBroker: false, Topic: null);
        // An address, or any name but those of channels, is the ingress's.
        var isBroker = service.Length == 0 || (isPlatforms && service != DispatcherService);
        var isRoot = path is "/" or "";
        if (isBroker) return new(IsFilter: false, IsBroker: true, isRoot ? null : OfPath(TopicKind.Broker, path));
        return new(IsFilter: false, IsBroker: false, isRoot ? Of(host, "/") : OfPath(TopicKind.Channel, path));
    }

    /// <summary>The topic; null when the host is none of ours or the path does not fit it.</summary>
    public static TopicKey? Of(string host, string path)
    {
        if (!TrySplit(host, out var service, out var @namespace)) return null;
        if (@namespace == SystemNamespace && service == IngressService) return OfPath(TopicKind.Broker, path);
        if (@namespace == SystemNamespace && service == DispatcherService) return OfPath(TopicKind.Channel, path);
        return service.EndsWith(ChannelSuffix, StringComparison.Ordinal) && path is "" or "/"
            ? new(TopicKind.Channel, new(@namespace, service[..^ChannelSuffix.Length]))
            : null;
    }

    /// <summary>The topic of a path <c>/namespace/name</c>; null when it has another form.</summary>
    public static TopicKey? OfPath(TopicKind kind, string path)
    {
        var parts = path.Trim('/').Split('/');
        return parts.Length == 2 && parts[0].Length > 0 && parts[1].Length > 0 ? new(kind, new(parts[0], parts[1])) : null;
    }

    /// <summary>Service and namespace of a host <c>service.namespace.svc…</c>.</summary>
    public static bool TrySplit(string host, out string service, out string @namespace)
    {
        var labels = host.Split('.', 4);
        (service, @namespace) = labels.Length >= 3 && labels[2] == "svc" ? (labels[0], labels[1]) : ("", "");
        return service.Length > 0;
    }
}

/// <summary>What a request is for.</summary>
/// <param name="IsFilter">It is for the filter.</param>
/// <param name="IsBroker">It is for Brokers' ingress.</param>
/// <param name="Topic">Where its events go; null when the path does not say that.</param>
internal readonly record struct RequestRoute(bool IsFilter, bool IsBroker, TopicKey? Topic);
