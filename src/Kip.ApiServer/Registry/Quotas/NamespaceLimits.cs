using System.Collections.Concurrent;
using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Quotas;

namespace Kip.ApiServer.Registry.Quotas;

/// <summary>Keeps what is written within its namespace's LimitRanges and ResourceQuotas. Costs nothing where there are none.</summary>
internal sealed class NamespaceLimits(Store store, Func<string, KindDefinition?> findKind)
{
    private readonly ConcurrentDictionary<string, Lock> _locks = new(StringComparer.Ordinal);

    /// <summary>A new pod with what the namespace's LimitRanges fill in.</summary>
    public Resource WithDefaults(Resource wanted) =>
        wanted is Pod pod && RangesFor(pod) is { Length: > 0 } ranges ? LimitRangeRules.Default(pod, ranges) : wanted;

    /// <summary>Whether a new pod asks for no less and no more than the namespace's LimitRanges allow.</summary>
    /// <exception cref="ApiException">It does (403).</exception>
    public void CheckRanges(Resource wanted)
    {
        if (wanted is not Pod pod || RangesFor(pod) is not { Length: > 0 } ranges) return;
        var violations = LimitRangeRules.Violations(pod, ranges);
        if (violations.Count > 0) throw Forbidden(pod, violations.Count == 1 ? violations[0] : $"[{string.Join(", ", violations)}]");
    }

    /// <summary>Stores an object if the quotas have room for it; two that want the last room do not both get it.</summary>
    /// <param name="wanted">As it would be stored.</param>
    /// <param name="old">As it is; null when it is new.</param>
    /// <param name="write">Stores it.</param>
    /// <exception cref="ApiException">A quota has no room (403).</exception>
    public Written? Within(Resource wanted, Resource? old, Func<Written?> write)
    {
        var space = wanted.Metadata.Namespace;
        if (In<ResourceQuota>(ResourceQuota.Definition, space) is not { Length: > 0 }) return write();
        lock (_locks.GetOrAdd(space, static _ => new Lock()))
        {
            foreach (var quota in In<ResourceQuota>(ResourceQuota.Definition, space))
                if (QuotaRules.Refusal(quota, wanted, old, plural => ObjectsOf(plural, space)) is { } refusal) throw Forbidden(wanted, refusal);
            return write();
        }
    }

    /// <summary>The namespace's objects of the kind with this qualified plural; none when there is no such kind.</summary>
    public IEnumerable<Resource> ObjectsOf(string plural, string space) => findKind(plural) is { } kind ? store.Read(kind).Table.In(space) : [];

    private LimitRange[] RangesFor(Pod pod) => In<LimitRange>(LimitRange.Definition, pod.Metadata.Namespace);

    private T[] In<T>(KindDefinition kind, string space) where T : Resource
    {
        if (space.Length == 0) return [];
        var names = store.Read(kind).Table.Space(space);
        return names.IsEmpty ? [] : [.. names.Values.Cast<T>()];
    }

    private static ApiException Forbidden(Resource wanted, string why)
    {
        var kind = wanted.GetDefinition();
        return new ApiException(new Status
        {
            State = "Failure", Code = 403, Reason = StatusReason.Forbidden,
            Message = $"{kind.QualifiedPlural} \"{wanted.Metadata.Name}\" is forbidden: {why}",
            Details = new StatusDetails { Name = wanted.Metadata.Name, Kind = kind.Plural, Group = kind.Group.Length == 0 ? null : kind.Group },
        });
    }
}
