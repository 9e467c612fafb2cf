namespace Kip.Rules.Scaling.Simulation;

/// <summary>One request of a traffic trace.</summary>
/// <param name="At">When it arrives, from the beginning of the trace.</param>
/// <param name="Duration">How long the program takes for it; null: the service's usual time.</param>
/// <param name="Path">The path asked for; empty when the trace does not say.</param>
public readonly record struct TraceRequest(TimeSpan At, TimeSpan? Duration = null, string Path = "");
