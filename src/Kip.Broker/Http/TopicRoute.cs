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
