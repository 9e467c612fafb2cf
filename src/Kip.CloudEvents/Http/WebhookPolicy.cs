namespace Kip.CloudEvents.Http;

/// <summary>Who may deliver to a target, and how fast.</summary>
/// <param name="Origins">DNS names of sending systems, in any case; <c>*</c> means everyone.</param>
/// <param name="MaxRate">Requests per minute that a sender may make at most; null means as many as it asks for.</param>
public sealed record WebhookPolicy(IReadOnlyCollection<string> Origins, int? MaxRate = null)
{
    /// <summary>Everyone, at any rate: what Knative's receivers answer.</summary>
    public static WebhookPolicy Open { get; } = new(["*"]);
}
