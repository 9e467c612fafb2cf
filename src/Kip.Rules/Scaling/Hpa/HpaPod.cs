namespace Kip.Rules.Scaling.Hpa;

/// <summary>One pod as the decision sees it.</summary>
/// <param name="Uid">Tells it from others.</param>
/// <param name="CpuRequest">Cores that it asks for: what its percentage is of.</param>
/// <param name="CpuTime">Used since it began; null when it was not measured.</param>
/// <param name="MemoryBytes">Used now; null when it was not measured.</param>
public sealed record HpaPod(string Uid, double CpuRequest, TimeSpan? CpuTime, long? MemoryBytes);
