namespace Kip.Client.Http;

/// <summary>How the API is called over HTTP.</summary>
public sealed record HttpResourcesOptions
{
    public static readonly HttpResourcesOptions Default = new();

    /// <summary>How long one call may take, waits for <c>Retry-After</c> not counted. Watches are not bound by it.</summary>
    /// <value>30 s.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a watch is asked to last before it is begun anew, up to twice that at random.</summary>
    /// <value>5 minutes, as client-go does.</value>
    public TimeSpan WatchDuration { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a call is repeated that the server put off with <c>Retry-After</c> (429 or 503).</summary>
    /// <value>5.</value>
    public int MaxRetries { get; init; } = 5;

    /// <summary>The longest <c>Retry-After</c> that is waited for; a longer one is a failure at once.</summary>
    /// <value>30 s.</value>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The largest answer that is read: a list of everything there is.</summary>
    /// <value>512 MiB.</value>
    public int MaxAnswerBytes { get; init; } = 512 * 1024 * 1024;

    /// <summary>The largest single event of a watch.</summary>
    /// <value>8 MiB.</value>
    public int MaxEventBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Times the waits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Numbers from 0 up to 1 that spread the ends of watches.</summary>
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;
}
