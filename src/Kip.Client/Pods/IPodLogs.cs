using Kip.Resources;

namespace Kip.Client.Pods;

/// <summary>What the containers of a pod wrote. The runtime keeps it, the API server's <c>log</c> subresource serves it.</summary>
public interface IPodLogs
{
    /// <summary>Copies a container's log to a stream, and goes on as long as <see cref="PodLogOptions.Follow"/> and the container last.</summary>
    /// <exception cref="ApiException">There is no such container, or no previous one, or it has not started.</exception>
    Task CopyToAsync(NamespacedName pod, PodLogOptions options, Stream destination, CancellationToken cancel);
}

/// <summary>Which part of a log to read, as <c>kubectl logs</c> asks for it.</summary>
public sealed record PodLogOptions
{
    /// <value>Null: the only container, or the default one.</value>
    public string? Container { get; init; }
    public bool Follow { get; init; }
    public bool Previous { get; init; }
    public bool Timestamps { get; init; }
    public DateTimeOffset? SinceTime { get; init; }
    public int? TailLines { get; init; }
    public long? LimitBytes { get; init; }
}
