using Kip.Resources;
using Kip.Resources.Coordination;

namespace Kip.Client.Leases;

/// <summary>Decides what somebody who wants a lease writes, given what is stored. Pure: the clock is passed in.</summary>
public static class LeaseRule
{
    /// <summary>The lease to write in order to hold it, or null while it is another's.</summary>
    /// <param name="stored">The lease as it is; null when there is none.</param>
    /// <param name="unchangedSince">
    /// When this process first saw the stored lease as it is. Others' clocks are not trusted: a lease has run out when it has not changed for its
    /// duration by the own clock.
    /// </param>
    /// <param name="options">Who wants it.</param>
    /// <param name="now">The own clock.</param>
    public static Lease? Claim(Lease? stored, DateTimeOffset unchangedSince, LeaseOptions options, DateTimeOffset now)
    {
        var mine = stored?.Spec.HolderIdentity == options.Identity;
        if (stored is not null && !mine && IsHeld(stored, unchangedSince, now)) return null;
        var basis = stored ?? new Lease { Metadata = new ObjectMeta { Name = options.Name.Name, Namespace = options.Name.Namespace } };
        return basis with
        {
            Spec = basis.Spec with
            {
                HolderIdentity = options.Identity,
                LeaseDurationSeconds = (int)Math.Ceiling(options.Duration.TotalSeconds),
                AcquireTime = mine ? basis.Spec.AcquireTime : now,
                RenewTime = now,
                LeaseTransitions = (basis.Spec.LeaseTransitions ?? 0) + (stored is null || mine ? 0 : 1),
            },
        };
    }

    /// <summary>The lease to write in order to give it up, or null when it is not this holder's.</summary>
    public static Lease? Release(Lease? stored, LeaseOptions options, DateTimeOffset now) => stored?.Spec.HolderIdentity != options.Identity
        ? null
        : stored with { Spec = stored.Spec with { HolderIdentity = null, RenewTime = now, LeaseDurationSeconds = 1 } };

    /// <summary>Whether a holder whose last successful renewal is so long ago must take itself for no longer the holder.</summary>
    public static bool IsLost(DateTimeOffset lastRenewal, LeaseOptions options, DateTimeOffset now) => now - lastRenewal >= options.RenewDeadline;

    private static bool IsHeld(Lease lease, DateTimeOffset unchangedSince, DateTimeOffset now) =>
        !string.IsNullOrEmpty(lease.Spec.HolderIdentity) && now - unchangedSince < TimeSpan.FromSeconds(lease.Spec.LeaseDurationSeconds ?? 15);
}
