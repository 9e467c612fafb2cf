using Kip.Client;

namespace Kip.Testing.Registry;

/// <summary>What a watch has seen so far, and how it ended.</summary>
public sealed class WatchLog
{
    public List<WatchEvent> Seen { get; } = [];

    public CancellationTokenSource Cancel { get; } = new();

    public Task Ended { get; set; } = Task.CompletedTask;

    /// <summary><c>Added a</c>, <c>Modified a</c>, …</summary>
    public IEnumerable<string> Lines => Seen.Select(static e => $"{e.Type} {e.Object.Metadata.Name}".Trim());

    internal async Task ReadAsync(IAsyncEnumerable<WatchEvent> events)
    {
        await foreach (var happened in events) Seen.Add(happened);
    }
}
