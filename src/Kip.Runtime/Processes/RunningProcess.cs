using System.Runtime.InteropServices;

namespace Kip.Runtime.Processes;

/// <summary>A program that was started: its end can be awaited, and signals sent to it and all it started.</summary>
public sealed class RunningProcess
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<ProcessExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _reaped;

    internal RunningProcess(int pid, TimeProvider time)
    {
        Pid = pid;
        _time = time;
        StartedAt = time.GetUtcNow();
    }

    /// <summary>Its process id, which is also the id of its session and its process group.</summary>
    public int Pid { get; }

    public DateTimeOffset StartedAt { get; }

    /// <summary>What is written here is its input; closing it is the input's end. Null: it was started without one.</summary>
    public Stream? Input { get; internal init; }

    /// <summary>What it writes, or its terminal shows. Null: it goes elsewhere.</summary>
    public Stream? Output { get; internal init; }

    /// <summary>What it writes as errors. Null: it goes elsewhere.</summary>
    public Stream? ErrorOutput { get; internal init; }

    /// <summary>Its terminal, if it was started with one.</summary>
    internal Terminal? Terminal { get; init; }

    /// <summary>Ends it where a signal to its group would leave running what it was started for. Null: the signal is enough.</summary>
    internal Action<RunningProcess>? Ending { get; init; }

    /// <summary>Completes when it has ended. By then every process left in its group has been killed.</summary>
    public Task<ProcessExit> Exited => _exited.Task;

    /// <summary>Sends a signal to the whole process group. After the end it does nothing.</summary>
    public void Signal(int signal)
    {
        lock (_lock)
        {
            // Until it is reaped its id cannot be given to another process.
            if (!_reaped) _ = LibC.Kill(-Pid, signal);
        }
    }

    /// <summary>Sends a signal to the process alone.</summary>
    public void SignalSelf(int signal)
    {
        lock (_lock)
        {
            if (!_reaped) _ = LibC.Kill(Pid, signal);
        }
    }

    /// <summary>Tells its terminal, if it has one, how large the window is.</summary>
    public void Resize(int columns, int rows) => Terminal?.Resize(columns, rows);

    /// <summary>Asks the group to end (SIGTERM).</summary>
    public void Terminate() => Signal(LibC.SigTerm);

    /// <summary>Ends the group at once (SIGKILL), and what else was started with it.</summary>
    public void Kill()
    {
        if (Ending is { } all) all(this);
        else Signal(LibC.SigKill);
    }

    /// <summary>Takes the exit status if the process has ended.</summary>
    internal unsafe bool TryReap()
    {
        int status;
        lock (_lock)
        {
            if (_reaped) return true;
            if (!HasEnded()) return false;
            // The first process is a zombie now and still holds the group's id: whoever else is in the group ends with it,
            // as the processes of a container end with its first.
            _ = LibC.Kill(-Pid, LibC.SigKill);
            int pid;
            do pid = LibC.WaitPid(Pid, &status, LibC.WaitNoHang);
            while (pid < 0 && Marshal.GetLastPInvokeError() == LibC.Interrupted);
            if (pid == 0) return false;
            // Negative: somebody else in this process has reaped it; how it ended is lost, that it ended is certain.
            if (pid < 0) status = 255 << 8;
            _reaped = true;
        }
        Terminal?.Dispose();
        _exited.TrySetResult(ProcessExit.FromWaitStatus(status, _time.GetUtcNow()));
        return true;
    }

    // Looks without reaping: what is still alive must not be killed for a wrong alarm.
    private unsafe bool HasEnded()
    {
        var info = stackalloc byte[128];
        new Span<byte>(info, 128).Clear();
        var result = LibC.WaitId(LibC.IdOfProcess, Pid, info, LibC.WaitExited | LibC.WaitNoHang | LibC.WaitNoReap);
        // The signal number is the first field; an error means that it is no child any more.
        return result < 0 || *(int*)info != 0;
    }

    internal unsafe void KillAndReap()
    {
        lock (_lock)
        {
            int status;
            _ = LibC.Kill(-Pid, LibC.SigKill);
            _ = LibC.WaitPid(Pid, &status, 0);
            _reaped = true;
        }
    }
}
