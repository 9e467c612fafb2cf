using Kip.Resources;

namespace Kip.Client.Leases;

/// <summary>Which lease to hold, as whom, and how patiently. The times are client-go's for leader election.</summary>
public sealed record LeaseOptions
{
    public required NamespacedName Name { get; init; }

    /// <summary>Who holds it; different for every process that may.</summary>
    public required string Identity { get; init; }

    /// <summary>How long others leave a lease alone that is not renewed.</summary>
    /// <value>15 s.</value>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A holder that could not renew for so long gives up, before others take over. Must be shorter than <see cref="Duration"/>.</summary>
    /// <value>10 s.</value>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often to renew, and to try to acquire.</summary>
    /// <value>2 s.</value>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);
}
