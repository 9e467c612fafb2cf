using System.Text;
using Kip.Client.Pods;
using Kip.Resources;

namespace Kip.Tests.ApiServer.Http;

/// <summary>Containers that have said one line each; who follows waits until <see cref="End"/>.</summary>
internal sealed class WrittenLogs : IPodLogs
{
    private readonly TaskCompletionSource _end = new();

    /// <summary>What was last asked for.</summary>
    public PodLogOptions? Asked { get; private set; }

    /// <summary>The containers end.</summary>
    public void End() => _end.SetResult();

    public async Task CopyToAsync(NamespacedName pod, PodLogOptions options, Stream destination, CancellationToken cancel)
    {
        Asked = options;
        await destination.WriteAsync(Encoding.UTF8.GetBytes($"{options.Container} says hello\n"), cancel);
        if (options.Follow) await _end.Task.WaitAsync(cancel);
    }
}
