using System.Globalization;
using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Traffic.Activation;
using Kip.Traffic.Http;

namespace Kip.Traffic.Routing;

/// <summary>One share of a path's requests: the revision they go to, and the headers they get.</summary>
public sealed class SplitTarget
{
    private volatile SplitTarget? _through;

    internal SplitTarget(HttpIngressPath path, IngressBackendSplit split, RevisionBackend backend)
    {
        Percent = split.Percent;
        Backend = backend;
        Port = split.ServicePort is { } port ? port.Text ?? port.Number.ToString(CultureInfo.InvariantCulture) : null;
        RewriteHost = string.IsNullOrEmpty(path.RewriteHost) ? null : path.RewriteHost;
        // The split's headers win over the path's. Those that only name the revision would not leave the gateway anyway.
        var headers = path.AppendHeaders.With(split.AppendHeaders);
        HostOverride = headers.Get(InternalHeaders.OriginalHost) ?? RewriteHost;
        Headers = headers.Where(static name => !InternalHeaders.IsStripped(name));
    }

    /// <summary>A backend as it is, with no share to take and no header to set.</summary>
    internal SplitTarget(RevisionBackend backend)
    {
        Percent = 100;
        Backend = backend;
    }

    private SplitTarget(SplitTarget outer, SplitTarget inner)
    {
        Percent = inner.Percent;
        Backend = inner.Backend;
        Port = inner.Port;
        RewriteHost = inner.RewriteHost;
        Headers = outer.Headers.With(inner.Headers);
        HostOverride = outer.HostOverride ?? inner.HostOverride;
        Inner = inner;
    }

    public int Percent { get; }

    public RevisionBackend Backend { get; }

    /// <summary>The port of a Service, as number or name; null where none is named.</summary>
    public string? Port { get; }

    /// <summary>The host whose routes decide further, when <see cref="Backend"/> is no revision.</summary>
    public string? RewriteHost { get; }

    /// <summary>Headers set on the request, replacing what the client sent under the same names.</summary>
    public StringMap Headers { get; }

    /// <summary>The Host that the application sees. Null: the one that the client sent.</summary>
    public string? HostOverride { get; }

    private SplitTarget? Inner { get; }

    /// <summary>This target reached by way of another, whose headers and host the request has got, too. The last answer is kept.</summary>
    internal SplitTarget Through(SplitTarget? outer)
    {
        if (outer is null) return this;
        if (outer._through is { } last && ReferenceEquals(last.Inner, this)) return last;
        return outer._through = new(outer, this);
    }
}
