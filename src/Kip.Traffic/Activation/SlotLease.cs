namespace Kip.Traffic.Activation;

/// <summary>How asking for a slot ended.</summary>
public enum SlotOutcome
{
    /// <summary>The slot is taken; give it back.</summary>
    Granted,

    /// <summary>As many requests as may wait are waiting.</summary>
    QueueFull,

    /// <summary>More come than can be served: what would not be answered in time is refused at once.</summary>
    Shed,

    /// <summary>The caller gave up; its place in the queue is free again.</summary>
    Cancelled,

    /// <summary>The revision has been deleted.</summary>
    Gone,
}

/// <summary>A slot at a pod, or why there is none.</summary>
public readonly record struct SlotLease(SlotOutcome Outcome, PodTracker? Pod = null);
