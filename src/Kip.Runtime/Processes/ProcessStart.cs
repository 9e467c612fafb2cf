using Kip.Resources;

namespace Kip.Runtime.Processes;

/// <summary>Everything needed to start a program: nothing is inherited but what stands here.</summary>
public sealed record ProcessStart
{
    /// <summary>The program, an absolute path.</summary>
    public required string Program { get; init; }

    /// <summary>Its arguments; the first is the name it is told it has.</summary>
    public required ValueList<string> Arguments { get; init; }

    /// <summary>Its whole environment.</summary>
    public required StringMap Environment { get; init; }

    /// <summary>Where it starts, an absolute path.</summary>
    public required string WorkingDirectory { get; init; }
}
