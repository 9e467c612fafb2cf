using System.Runtime.InteropServices;

namespace Kip.Host.CommandLine;

/// <summary>SIGTERM and Ctrl-C as something to wait for, instead of the end of the process.</summary>
public sealed class EndSignal : IDisposable
{
    private readonly TaskCompletionSource _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    public EndSignal() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Receive),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Receive),
    ];

    /// <summary>Completes at the first signal, or when cancelled.</summary>
    public async Task WaitAsync(CancellationToken cancel)
    {
        using var cancelled = cancel.Register(() => _received.TrySetResult());
        await _received.Task;
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    private void Receive(PosixSignalContext context)
    {
        // A second signal, when the first is being obeyed, ends the process at once.
        context.Cancel = _received.TrySetResult();
    }
}
