using System.Net;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Rules.RequestLogs;
using Kip.Runtime.Probes;

namespace Kip.Runtime.Logs;

/// <summary>A probe as the request log's template sees it: a request like any other, of this machine's own.</summary>
internal static class ProbeEntry
{
    public static RequestLogEntry Of(ProbeTarget target, HttpGetAction get, int code, TimeSpan took, DateTimeOffset now)
    {
        var (pod, labels) = (target.Pod.Metadata, target.Pod.Metadata.Labels);
        return new RequestLogEntry
        {
            Request = new Facts(target, get),
            Code = code,
            Latency = took.TotalSeconds,
            Time = now - took,
            Name = labels.Get(ServingLabels.Revision) ?? "",
            Namespace = pod.Namespace,
            Service = labels.Get(ServingLabels.Service) ?? "",
            Configuration = labels.Get(ServingLabels.Configuration) ?? "",
            PodName = pod.Name,
            PodIP = target.Address,
        };
    }

    private sealed class Facts(ProbeTarget target, HttpGetAction get) : IRequestFacts
    {
        public string Method => "GET";

        public string RequestUri => HttpProbe.PathOf(get);

        public string Path => RequestUri.Split('?')[0];

        public string Query => RequestUri.Split('?', 2) is [_, var query] ? query : "";

        public string Host => Header("Host") is [var stated, ..] ? stated : target.Address;

        public string Proto => "HTTP/1.1";

        public long ContentLength => 0;

        public string RemoteAddr => IPAddress.Loopback.ToString();

        public IReadOnlyList<string> Header(string name)
        {
            string[] stated = [.. get.HttpHeaders.Where(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(static h => h.Value)];
            return stated.Length == 0 && name.Equals("User-Agent", StringComparison.OrdinalIgnoreCase) ? [HttpProbe.UserAgent] : stated;
        }
    }
}
