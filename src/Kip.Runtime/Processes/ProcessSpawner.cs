using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

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
        var output = streams.Output;
        var terminal = streams.HasTerminal ? Terminal.Open() : null;
        var input = streams.HasInput && terminal is null ? OpenPipe(readBlocks: true) : default;
        var pipes = terminal is null && (output is not null || streams.IsPiped);
        var stdout = pipes ? OpenPipe(streams.IsPiped) : default;
        var stderr = pipes ? OpenPipe(streams.IsPiped) : default;
        int pid;
        try
        {
            pid = Spawn(start, input.Read, stdout.Write, stderr.Write, terminal?.FarPath);
        }
        catch
        {
            terminal?.Dispose();
            foreach (var ours in (int[])[input.Write, stdout.Read, stderr.Read]) CloseIfOpen(ours);
            throw;
        }
        finally
        {
            foreach (var theirs in (int[])[input.Read, stdout.Write, stderr.Write]) CloseIfOpen(theirs);
        }
        if (streams.IsPiped)
        {
            // Read by whoever asked for it.
        }
        else if (terminal is not null)
        {
            Follow(terminal.Duplicate(), OutputStream.Stdout, output);
            // All that it shows is one stream.
            output?.End(OutputStream.Stderr);
        }
        else if (output is not null)
        {
            Follow(stdout.Read, OutputStream.Stdout, output);
            Follow(stderr.Read, OutputStream.Stderr, output);
        }
        var writes = terminal is not null && streams.HasInput ? terminal.Duplicate() : input.Write;
        var reads = !streams.IsPiped ? 0 : terminal is not null ? terminal.Duplicate() : stdout.Read;
        return Watch(new RunningProcess(pid, time)
        {
            Ending = ending,
            Terminal = terminal, Input = StreamOf(writes, FileAccess.Write), Output = StreamOf(reads, FileAccess.Read),
            ErrorOutput = streams.IsPiped ? StreamOf(stderr.Read, FileAccess.Read) : null,
        });
    }

    public void Dispose()
    {
        _exits.Dispose();
        _outputs.Dispose();
    }

    private static FileStream? StreamOf(int descriptor, FileAccess access) =>
        descriptor > 0 ? new(new SafeFileHandle(descriptor, ownsHandle: true), access, 0) : null;

    private static void CloseIfOpen(int descriptor)
    {
        if (descriptor > 0) _ = LibC.Close(descriptor);
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

    private static (int Read, int Write) OpenPipe(bool readBlocks = false)
    {
        var ends = stackalloc int[2];
        if (LibC.Pipe(ends, LibC.CloseOnExec) < 0)
            throw new ProcessStartException($"cannot open a pipe: {Marshal.GetLastPInvokeErrorMessage()}");
        // Only our end: the program's own must block when we are slow, as any pipe does.
        if (!readBlocks) _ = LibC.FileControl(ends[0], LibC.SetStatusFlags, LibC.NonBlocking);
        return (ends[0], ends[1]);
    }

    private static int Spawn(ProcessStart start, int stdin, int stdout, int stderr, string? terminal)
    {
        var actions = stackalloc byte[LibC.OpaqueSize];
        var attributes = stackalloc byte[LibC.OpaqueSize];
        var signals = stackalloc byte[LibC.OpaqueSize];
        using var strings = new NativeStrings();
        _ = LibC.FileActionsInit(actions);
        _ = LibC.AttributesInit(attributes);
        try
        {
            var nowhere = strings.Add("/dev/null");
            if (terminal is not null)
            {
                // The session is new and has no terminal: the first it opens becomes its own.
                _ = LibC.FileActionsAddOpen(actions, 0, strings.Add(terminal), ReadWrite, 0);
                _ = LibC.FileActionsAddDup(actions, 0, 1);
                _ = LibC.FileActionsAddDup(actions, 0, 2);
            }
            else
            {
                if (stdin > 0) _ = LibC.FileActionsAddDup(actions, stdin, 0);
                else _ = LibC.FileActionsAddOpen(actions, 0, nowhere, ReadOnly, 0);
                Direct(actions, stdout, 1, nowhere);
                Direct(actions, stderr, 2, nowhere);
            }
            _ = LibC.FileActionsAddChdir(actions, strings.Add(start.WorkingDirectory));
            _ = LibC.FileActionsAddCloseFrom(actions, 3);
            // All of them, also the two that the C library keeps for itself and would leave ignored.
            new Span<byte>(signals, LibC.OpaqueSize).Fill(0xff);
            _ = LibC.AttributesSetDefaultSignals(attributes, signals);
            _ = LibC.SignalsNone(signals);
            _ = LibC.AttributesSetSignalMask(attributes, signals);
            _ = LibC.AttributesSetFlags(attributes, LibC.SpawnSetSession | LibC.SpawnSetDefaultSignals | LibC.SpawnSetSignalMask);
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

    private static void Direct(void* actions, int from, int to, byte* nowhere)
    {
        if (from == 0) _ = LibC.FileActionsAddOpen(actions, to, nowhere, WriteOnly, 0);
        else _ = LibC.FileActionsAddDup(actions, from, to);
    }

    /// <summary>Strings and arrays of strings in native memory, freed together.</summary>
    private ref struct NativeStrings : IDisposable
    {
        private readonly List<nint> _blocks = [];

        public NativeStrings() { }

        public readonly byte* Add(string text)
        {
            var bytes = (byte*)NativeMemory.Alloc((nuint)Encoding.UTF8.GetMaxByteCount(text.Length) + 1);
            _blocks.Add((nint)bytes);
            var length = Encoding.UTF8.GetBytes(text, new Span<byte>(bytes, Encoding.UTF8.GetMaxByteCount(text.Length)));
            bytes[length] = 0;
            return bytes;
        }

        public readonly byte** AddArray(string[] texts)
        {
            var array = (byte**)NativeMemory.Alloc((nuint)(texts.Length + 1), (nuint)sizeof(byte*));
            _blocks.Add((nint)array);
            for (var i = 0; i < texts.Length; i++) array[i] = Add(texts[i]);
            array[texts.Length] = null;
            return array;
        }

        public readonly void Dispose()
        {
            foreach (var block in _blocks) NativeMemory.Free((void*)block);
        }
    }
}
