namespace Kip.Resources.Core;

/// <summary>A question asked of a container: exactly one of the four handlers, and how often to ask.</summary>
public sealed record Probe
{
    public HttpGetAction? HttpGet { get; init; }
    public TcpSocketAction? TcpSocket { get; init; }
    public ExecAction? Exec { get; init; }
    public GrpcAction? Grpc { get; init; }
    public int InitialDelaySeconds { get; init; }
    public int TimeoutSeconds { get; init; }
    public int PeriodSeconds { get; init; }
    public int SuccessThreshold { get; init; }
    public int FailureThreshold { get; init; }
    public long? TerminationGracePeriodSeconds { get; init; }
}

public sealed record HttpGetAction
{
    public string? Path { get; init; }
    public IntOrString? Port { get; init; }
    public string? Host { get; init; }
    public string? Scheme { get; init; }
    public ValueList<HttpHeader> HttpHeaders { get; init; }
}

public sealed record HttpHeader
{
    public string Name { get; init => field = value ?? ""; } = "";
    public string Value { get; init => field = value ?? ""; } = "";
}

public sealed record TcpSocketAction
{
    public IntOrString? Port { get; init; }
    public string? Host { get; init; }
}

public sealed record ExecAction
{
    public ValueList<string> Command { get; init; }
}

public sealed record GrpcAction
{
    public int Port { get; init; }
    public string? Service { get; init; }
}
