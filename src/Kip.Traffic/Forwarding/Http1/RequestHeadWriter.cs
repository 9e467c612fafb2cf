using System.Diagnostics;
using System.Text;
using Kip.Traffic.Http;
using Kip.Traffic.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Kip.Traffic.Forwarding.Http1;

/// <summary>Writes the request line and headers that a pod gets into its connection's output.</summary>
internal ref struct RequestHeadWriter(PodConnection connection)
{
    private Span<byte> _span = connection.Output(0, 0);
    private int _length;

    /// <summary>Writes the whole head and returns its length.</summary>
    public int Write(GatewayRequest request, SplitTarget target, RequestBodyKind body, bool upgrade)
    {
        var http = request.Http;
        Add(http.Method);
        Add(" "u8);
        Add(Target(http));
        Add(" HTTP/1.1\r\nHost: "u8);
        Add(target.HostOverride ?? http.Headers.Host.ToString());
        Add("\r\n"u8);
        AddClientHeaders(http.Headers, target.Headers, body, upgrade, traced: request.Forwarding is not null);
        if (request.Forwarding is { } span) AddTraceContext(span);
        foreach (var (name, value) in target.Headers) AddHeader(name, value);
        if (body == RequestBodyKind.Chunked) Add("Transfer-Encoding: chunked\r\n"u8);
        if (upgrade) Add("Connection: Upgrade\r\n"u8);
        Add(request.Client.Lines);
        Add("\r\n"u8);
        return _length;
    }

    /// <summary>Bytes of the body that go out with the head.</summary>
    public void Add(scoped ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_span[_length..]);
        _length += bytes.Length;
    }

    private static string Target(HttpRequest http)
    {
        var raw = http.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget;
        // The absolute form is for proxies; an application gets the path (RFC 9112 section 3.2.2).
        return raw.Length > 0 && raw[0] is '/' or '*' ? raw : $"{http.PathBase.ToUriComponent()}{http.Path.ToUriComponent()}{http.QueryString}";
    }

    private void AddClientHeaders(IHeaderDictionary headers, Kip.Resources.StringMap replaced, RequestBodyKind body, bool upgrade, bool traced)
    {
        var connection = headers.Connection;
        foreach (var (name, values) in headers)
        {
            var kind = HopByHop.KindOf(name);
            if (kind == HeaderKind.ContentLength ? body != RequestBodyKind.Length : kind == HeaderKind.Upgrade ? !upgrade : kind != HeaderKind.Plain) continue;
            if (ClientIdentity.Rewrites(name) || InternalHeaders.IsStripped(name) || (replaced.Count > 0 && Has(replaced, name))) continue;
            if (traced && (name.Equals("traceparent", StringComparison.OrdinalIgnoreCase) || name.Equals("tracestate", StringComparison.OrdinalIgnoreCase)))
                continue;
            if (connection.Count > 0 && kind == HeaderKind.Plain && IsNominated(connection, name)) continue;
            // Over HTTP/2 a cookie may come in pieces (RFC 9113 section 8.2.3).
            if (values.Count > 1 && name.Equals("Cookie", StringComparison.OrdinalIgnoreCase)) AddHeader(name, string.Join("; ", (string?[])values!));
            else AddHeaders(name, values);
        }
    }

    // The pod's spans are to be children of the gateway's.
    private void AddTraceContext(Activity span)
    {
        AddHeader("traceparent", span.Id!);
        if (!string.IsNullOrEmpty(span.TraceStateString)) AddHeader("tracestate", span.TraceStateString);
    }

    private static bool Has(Kip.Resources.StringMap map, string name)
    {
        foreach (var (key, _) in map)
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static bool IsNominated(StringValues connection, string name)
    {
        foreach (var options in connection)
        {
            var rest = options.AsSpan();
            foreach (var range in rest.Split(','))
                if (rest[range].Trim().Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }

    private void AddHeaders(string name, StringValues values)
    {
        foreach (var value in values) AddHeader(name, value ?? "");
    }

    private void AddHeader(string name, string value)
    {
        Reserve(name.Length + value.Length + 4);
        Add(name);
        Add(": "u8);
        Add(value);
        Add("\r\n"u8);
    }

    private void Add(string text)
    {
        Reserve(text.Length);
        _length += Encoding.Latin1.GetBytes(text, _span[_length..]);
    }

    private void Reserve(int more)
    {
        if (_length + more > _span.Length) _span = connection.Output(Math.Max(_span.Length * 2, _length + more), _length);
    }
}

/// <summary>How a request's body is told apart from what follows it.</summary>
internal enum RequestBodyKind
{
    None,
    Length,
    Chunked,
}
