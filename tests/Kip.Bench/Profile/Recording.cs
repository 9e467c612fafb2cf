namespace Kip.Bench.Profile;

/// <summary>What a platform entered while it was watched.</summary>
/// <param name="Idle">When it had started and come to rest; what was entered before is needed by every platform.</param>
/// <param name="End">When it was asked to stop; what was entered later is of no interest.</param>
internal sealed record Recording(IReadOnlyList<EnteredMethod> Methods, DateTime Idle, DateTime End);
