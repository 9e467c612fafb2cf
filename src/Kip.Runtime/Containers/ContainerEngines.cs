using Kip.Runtime.Pods;
using Kip.Runtime.Pods.Slots;
using Kip.Runtime.Processes;
using Kip.Runtime.Recovery;
using Microsoft.Extensions.Logging;

namespace Kip.Runtime.Containers;

/// <summary>The engine, started when the first container is to run: who runs processes only gets neither bridge nor firewall table.</summary>
internal sealed partial class ContainerEngines(
    ContainerOptions options, string dataDirectory, ProcessMarks marks, ProcessSpawner spawner, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private Task<ContainerEngine>? _engine;

    /// <summary>The engine; the first call starts it. One that could not be started is tried again.</summary>
    /// <exception cref="ContainerSetupException">The machine does not let us run containers.</exception>
    public async Task<ContainerEngine> GetAsync()
    {
        Task<ContainerEngine> engine;
        lock (_lock)
        {
            if (_engine is null or { IsFaulted: true } or { IsCanceled: true })
                _engine = ContainerEngine.StartAsync(options, dataDirectory, marks, spawner, time, logger, _stop.Token);
            engine = _engine;
        }
        try
        {
            return await engine;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            throw new ContainerSetupException("CreateContainerError", e.Message);
        }
    }

    /// <summary>Starts the engine ahead of need. Whoever needs it is told if that failed.</summary>
    public async Task PrepareAsync()
    {
        try
        {
            await GetAsync();
        }
        catch (ContainerSetupException e)
        {
            LogNotPrepared(logger, e.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_engine is { } starting)
        {
            try
            {
                await (await starting).DisposeAsync();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or OperationCanceledException)
            {
                // It never came up, and has cleaned up after itself.
            }
        }
        _stop.Dispose();
    }

    [LoggerMessage(631, LogLevel.Warning, "Containers cannot be run: {reason}")]
    private static partial void LogNotPrepared(ILogger logger, string reason);
}
