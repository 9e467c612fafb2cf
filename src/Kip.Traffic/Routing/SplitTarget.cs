using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Traffic.Activation;
using Kip.Traffic.Http;

namespace Kip.Traffic.Routing;

/// <summary>One share of a path's requests: the revision they go to, and the headers they get.</summary>
public sealed class SplitTarget
{
    internal SplitTarget(HttpIngressPath path, IngressBackendSplit split, RevisionBackend backend)
    {
        Percent = split.Percent;
        Backend = backend;
        // The split's headers win over the path's. Those that only name the revision would not leave the gateway anyway.
        var headers = path.AppendHeaders.With(split.AppendHeaders);
        HostOverride = headers.Get(InternalHeaders.OriginalHost) ?? (string.IsNullOrEmpty(path.RewriteHost) ? null : path.RewriteHost);
        Headers = headers.Where(static name => !InternalHeaders.IsStripped(name));
    }

    public int Percent { get; }

    public RevisionBackend Backend { get; }

    /// <summary>Headers set on the request, replacing what the client sent under the same names.</summary>
    public StringMap Headers { get; }

    /// <summary>The Host that the application sees. Null: the one that the client sent.</summary>
    public string? HostOverride { get; }
}
