using Kip.Traffic.Activation;

namespace Kip.Traffic.Forwarding;

/// <summary>An attempt on the direct path that brought no answer. Travels with the connection to the HTTP server, which reads the request once more.</summary>
/// <param name="Pod">Where it was sent.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="IsTimedOut">Whether the request's time is up.</param>
/// <param name="Received">The timestamp of the request's arrival, from which its time counts.</param>
internal sealed record FailedAttempt(PodTracker Pod, ForwardOutcome Outcome, bool IsTimedOut, long Received);
