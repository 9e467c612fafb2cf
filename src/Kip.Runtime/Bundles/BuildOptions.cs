namespace Kip.Runtime.Bundles;

/// <summary>What to build and within which limits.</summary>
public sealed record BuildOptions
{
    /// <summary>The bundle's name for people: lower-case letters, digits, <c>-</c>, <c>.</c> and <c>_</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>csharp</c>, <c>node</c>, <c>python</c> or <c>executable</c>. Null: recognised from the files.</summary>
    public string? Language { get; init; }

    /// <value>20,000 source files.</value>
    public int MaxFiles { get; init; } = 20_000;

    /// <value>1 GiB of source files.</value>
    public long MaxBytes { get; init; } = 1L << 30;

    /// <summary>How long one tool (a compiler, a package manager) may run.</summary>
    /// <value>10 minutes.</value>
    public TimeSpan ToolTimeout { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>What came out of a build.</summary>
/// <param name="Bundle">The bundle; its image is what a Service names.</param>
/// <param name="Reused">The directory had been built before and has not changed: nothing was built.</param>
public sealed record BuildResult(Bundle Bundle, bool Reused);

/// <summary>One step of a build, or one line a tool wrote.</summary>
/// <param name="Text">For people.</param>
/// <param name="IsOutput">A tool wrote it.</param>
public readonly record struct BuildProgress(string Text, bool IsOutput);
