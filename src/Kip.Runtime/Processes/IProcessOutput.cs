namespace Kip.Runtime.Processes;

/// <summary>Which of a program's two outputs.</summary>
public enum OutputStream
{
    Stdout,
    Stderr,
}

/// <summary>Receives what a process writes, in order, on the output loop's thread.</summary>
public interface IProcessOutput
{
    /// <summary>Some bytes, as they came out of the pipe. They may not be kept after the call.</summary>
    void Write(OutputStream stream, ReadOnlySpan<byte> bytes);

    /// <summary>This stream has ended: every process that had it open is gone or closed it.</summary>
    void End(OutputStream stream);
}
