using System.Runtime.InteropServices;

namespace Kip.Runtime.Processes;

/// <summary>Starts programs with posix_spawn, in a session of their own, and sees them end within a millisecond, without a thread per process.</summary>
/// <remarks>
/// posix_spawn shares the parent's memory until exec, so a start costs about a millisecond however large Kip itself is. A program reads
/// end-of-file on stdin, inherits no descriptor but its three, ignores no signal and blocks none.
/// </remarks>
public sealed unsafe class ProcessSpawner(TimeProvider time) : IDisposable
{
    private const int ReadBuffer = 64 * 1024;
    private const int ReadOnly = 0;
    private const int WriteOnly = 1;
    private const int ReadWrite = 2;

    private readonly ReadinessLoop _exits = new("kip-exits");
    private readonly ReadinessLoop _outputs = new("kip-outputs");
    private readonly byte[] _buffer = new byte[ReadBuffer];

    /// <summary>Starts a program.</summary>
    /// <param name="start">What to start.</param>
    /// <param name="output">Receives what it writes. Null: thrown away.</param>
    /// <exception cref="ProcessStartException">It could not be started: not found, not executable, no memory.</exception>
    public RunningProcess Start(ProcessStart start, IProcessOutput? output = null) => Start(start, new ProcessStreams { Output = output });

    /// <summary>Starts a program.</summary>
    /// <param name="start">What to start.</param>
    /// <param name="streams">Where its input comes from and its output goes.</param>
    /// <exception cref="ProcessStartException">It could not be started: not found, not executable, no memory.</exception>
    public RunningProcess Start(ProcessStart start, ProcessStreams streams) => Start(start, streams, null);

    /// <param name="start">What to start.</param>
    /// <param name="streams">Where its input comes from and its output goes.</param>
    /// <param name="ending">What <see cref="RunningProcess.Kill"/> does. Null: it kills the process group.</param>
    internal RunningProcess Start(ProcessStart start, ProcessStreams streams, Action<RunningProcess>? ending)
    {
        if (!Directory.Exists(start.WorkingDirectory))
            throw new ProcessStartException($"working directory {start.WorkingDirectory} does not exist");
        var ends = new StreamEnds(streams);
        int pid;
        try
        {
            pid = Spawn(start, ends);
        }
        catch
        {
            ends.CloseNear();
            throw;
        }
        finally
        {
            ends.CloseFar();
        }
        // What is piped is read by whoever asked for it.
        if (!streams.IsPiped) Follow(ends, streams.Output);
        return Watch(ends.Of(pid, time, ending));
    }

    public void Dispose()
    {
        _exits.Dispose();
        _outputs.Dispose();
    }

    private void Follow(in StreamEnds ends, IProcessOutput? output)
    {
        if (ends.Terminal is { } terminal)
        {
            Follow(terminal.Duplicate(), OutputStream.Stdout, output);
            // All that it shows is one stream.
            output?.End(OutputStream.Stderr);
        }
        else if (output is not null)
        {
            Follow(ends.Written.Output, OutputStream.Stdout, output);
            Follow(ends.Written.Errors, OutputStream.Stderr, output);
        }
    }

    private void Follow(int descriptor, OutputStream stream, IProcessOutput? output)
    {
        _ = LibC.FileControl(descriptor, LibC.SetStatusFlags, LibC.NonBlocking);
        _outputs.Register(descriptor, () => Pump(descriptor, stream, output));
    }

    private RunningProcess Watch(RunningProcess process)
    {
        var descriptor = LibC.PidDescriptor(process.Pid);
        if (descriptor < 0)
        {
            process.KillAndReap();
            throw new ProcessStartException($"cannot watch the process: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        _exits.Register(descriptor, () => !process.TryReap());
        return process;
    }

    private bool Pump(int descriptor, OutputStream stream, IProcessOutput? output)
    {
        fixed (byte* buffer = _buffer)
        {
            var count = LibC.Read(descriptor, buffer, ReadBuffer);
            if (count > 0)
            {
                output?.Write(stream, new ReadOnlySpan<byte>(buffer, (int)count));
                return true;
            }
            if (count < 0 && Marshal.GetLastPInvokeError() is LibC.TryAgain or LibC.Interrupted) return true;
        }
        // A terminal whose far end is closed answers with an error instead of an end.
        output?.End(stream);
        return false;
    }

    private static int Spawn(ProcessStart start, in StreamEnds ends)
    {
        var actions = stackalloc byte[LibC.OpaqueSize];
        var attributes = stackalloc byte[LibC.OpaqueSize];
        using var strings = new NativeStrings();
        _ = LibC.FileActionsInit(actions);
        _ = LibC.AttributesInit(attributes);
        try
        {
            Join(actions, ends, strings);
            _ = LibC.FileActionsAddChdir(actions, strings.Add(start.WorkingDirectory));
            _ = LibC.FileActionsAddCloseFrom(actions, 3);
            SetApart(attributes);
            int pid;
            var error = LibC.PosixSpawn(&pid, strings.Add(start.Program), actions, attributes,
                strings.AddArray([.. start.Arguments]), strings.AddArray([.. start.Environment.Select(static e => $"{e.Key}={e.Value}")]));
            return error == 0 ? pid : throw ProcessStartException.For(start.Program, error);
        }
        finally
        {
            _ = LibC.FileActionsDestroy(actions);
            _ = LibC.AttributesDestroy(attributes);
        }
    }

    /// <summary>Gives it its input and outputs.</summary>
    private static void Join(void* actions, in StreamEnds ends, NativeStrings strings)
    {
        if (ends.Terminal is { } terminal)
        {
            // The session is new and has no terminal: the first it opens becomes its own.
            _ = LibC.FileActionsAddOpen(actions, 0, strings.Add(terminal.FarPath), ReadWrite, 0);
            _ = LibC.FileActionsAddDup(actions, 0, 1);
            _ = LibC.FileActionsAddDup(actions, 0, 2);
            return;
        }
        var nowhere = strings.Add("/dev/null");
        var (input, output, errors) = ends.Far;
        if (input > 0) _ = LibC.FileActionsAddDup(actions, input, 0);
        else _ = LibC.FileActionsAddOpen(actions, 0, nowhere, ReadOnly, 0);
        Direct(actions, output, 1, nowhere);
        Direct(actions, errors, 2, nowhere);
    }

    private static void Direct(void* actions, int from, int to, byte* nowhere)
    {
        if (from == 0) _ = LibC.FileActionsAddOpen(actions, to, nowhere, WriteOnly, 0);
        else _ = LibC.FileActionsAddDup(actions, from, to);
    }

    /// <summary>A session of its own, no signal ignored and none blocked.</summary>
    private static void SetApart(void* attributes)
    {
        var signals = stackalloc byte[LibC.OpaqueSize];
        // All of them, also the two that the C library keeps for itself and would leave ignored.
        new Span<byte>(signals, LibC.OpaqueSize).Fill(0xff);
        _ = LibC.AttributesSetDefaultSignals(attributes, signals);
        _ = LibC.SignalsNone(signals);
        _ = LibC.AttributesSetSignalMask(attributes, signals);
        _ = LibC.AttributesSetFlags(attributes, LibC.SpawnSetSession | LibC.SpawnSetDefaultSignals | LibC.SpawnSetSignalMask);
    }
}
