namespace Kip.Runtime.Processes;

/// <summary>Where a started program's input comes from and its output goes.</summary>
public sealed record ProcessStreams
{
    /// <summary>No input, output thrown away.</summary>
    public static readonly ProcessStreams None = new();

    /// <summary>Receives what it writes. Null: thrown away.</summary>
    public IProcessOutput? Output { get; init; }

    /// <summary>What it writes is read from <see cref="RunningProcess.Output"/> and <see cref="RunningProcess.ErrorOutput"/>, at the reader's pace.</summary>
    public bool IsPiped { get; init; }

    /// <summary>It gets an input: <see cref="RunningProcess.Input"/>. Otherwise it reads end-of-file.</summary>
    public bool HasInput { get; init; }

    /// <summary>It gets a terminal, with which input and all output are one.</summary>
    public bool HasTerminal { get; init; }
}
