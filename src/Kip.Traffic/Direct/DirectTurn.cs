using Kip.Traffic.Activation;

namespace Kip.Traffic.Direct;

/// <summary>One request on the direct path: where it goes, and since when.</summary>
/// <param name="Pod">It holds a slot there.</param>
/// <param name="Failures">The pod's <see cref="PodTracker.Failures"/> when the attempt began.</param>
/// <param name="Received">The timestamp of its arrival.</param>
internal readonly record struct DirectTurn(RevisionBackend Backend, RevisionSettings Settings, PodTracker Pod, int Failures, long Received);
