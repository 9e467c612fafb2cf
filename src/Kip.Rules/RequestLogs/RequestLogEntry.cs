namespace Kip.Rules.RequestLogs;

/// <summary>One request as a template of the request log sees it.</summary>
public sealed record RequestLogEntry
{
    public required IRequestFacts Request { get; init; }

    /// <summary>The response's status.</summary>
    public int Code { get; init; }

    /// <summary>Bytes of the response's body.</summary>
    public long Size { get; init; }

    /// <summary>From the request's arrival to its last byte, in seconds.</summary>
    public double Latency { get; init; }

    /// <summary>How much of that it waited for a pod, in seconds.</summary>
    public double Wait { get; init; }

    /// <summary>When the request arrived.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The revision's name.</summary>
    public string Name { get; init; } = "";
    public string Namespace { get; init; } = "";
    public string Service { get; init; } = "";
    public string Configuration { get; init; } = "";
    public string PodName { get; init; } = "";
    public string PodIP { get; init; } = "";
    public string TraceId { get; init; } = "";
    public string RequestId { get; init; } = "";
}

/// <summary>What a template may ask of the request itself; read only when it does.</summary>
public interface IRequestFacts
{
    string Method { get; }

    /// <summary>Path and query, as on the request line.</summary>
    string RequestUri { get; }
    string Path { get; }
    string Query { get; }
    string Host { get; }
    string Proto { get; }

    /// <value>-1 when the client did not say.</value>
    long ContentLength { get; }

    /// <summary>Address and port of the client.</summary>
    string RemoteAddr { get; }

    IReadOnlyList<string> Header(string name);
}
