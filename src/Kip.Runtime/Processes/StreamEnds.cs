using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Kip.Runtime.Processes;

/// <summary>What joins a program's streams to Kip: a terminal, or pipes with an end on either side. A descriptor that is 0 is not there.</summary>
internal readonly unsafe struct StreamEnds
{
    private readonly ProcessStreams _streams;
    private readonly (int Read, int Write) _input;
    private readonly (int Read, int Write) _output;
    private readonly (int Read, int Write) _errors;

    /// <summary>Opens them.</summary>
    /// <exception cref="ProcessStartException">The machine has no terminal or descriptor left.</exception>
    public StreamEnds(ProcessStreams streams)
    {
        _streams = streams;
        Terminal = streams.HasTerminal ? Terminal.Open() : null;
        if (Terminal is not null) return;
        if (streams.HasInput) _input = OpenPipe(readBlocks: true);
        if (streams.Output is null && !streams.IsPiped) return;
        _output = OpenPipe(streams.IsPiped);
        _errors = OpenPipe(streams.IsPiped);
    }

    /// <summary>Null: there are pipes.</summary>
    public Terminal? Terminal { get; }

    /// <summary>The program's own ends: what becomes its descriptors 0, 1 and 2.</summary>
    public (int Input, int Output, int Errors) Far => (_input.Read, _output.Write, _errors.Write);

    /// <summary>What it writes to its pipes, to be read by Kip.</summary>
    public (int Output, int Errors) Written => (_output.Read, _errors.Read);

    /// <summary>The process that has the far ends now.</summary>
    public RunningProcess Of(int pid, TimeProvider time, Action<RunningProcess>? ending)
    {
        var writes = Terminal is not null && _streams.HasInput ? Terminal.Duplicate() : _input.Write;
        var reads = !_streams.IsPiped ? 0 : Terminal is not null ? Terminal.Duplicate() : _output.Read;
        return new RunningProcess(pid, time)
        {
            Ending = ending, Terminal = Terminal,
            Input = StreamOf(writes, FileAccess.Write), Output = StreamOf(reads, FileAccess.Read),
            ErrorOutput = _streams.IsPiped ? StreamOf(_errors.Read, FileAccess.Read) : null,
        };
    }

    /// <summary>The program has its ends by now, or never will.</summary>
    public void CloseFar()
    {
        foreach (var end in (ReadOnlySpan<int>)[_input.Read, _output.Write, _errors.Write]) CloseIfOpen(end);
    }

    /// <summary>There is no program.</summary>
    public void CloseNear()
    {
        Terminal?.Dispose();
        foreach (var end in (ReadOnlySpan<int>)[_input.Write, _output.Read, _errors.Read]) CloseIfOpen(end);
    }

    private static FileStream? StreamOf(int descriptor, FileAccess access) =>
        descriptor > 0 ? new(new SafeFileHandle(descriptor, ownsHandle: true), access, 0) : null;

    private static void CloseIfOpen(int descriptor)
    {
        if (descriptor > 0) _ = LibC.Close(descriptor);
    }

    private static (int Read, int Write) OpenPipe(bool readBlocks)
    {
        var ends = stackalloc int[2];
        if (LibC.Pipe(ends, LibC.CloseOnExec) < 0)
            throw new ProcessStartException($"cannot open a pipe: {Marshal.GetLastPInvokeErrorMessage()}");
        // Only our end: the program's own must block when we are slow, as any pipe does.
        if (!readBlocks) _ = LibC.FileControl(ends[0], LibC.SetStatusFlags, LibC.NonBlocking);
        return (ends[0], ends[1]);
    }
}
