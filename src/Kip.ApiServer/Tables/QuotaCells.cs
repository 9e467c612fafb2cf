using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.ApiServer.Tables;

/// <summary>What a table says of ResourceQuotas.</summary>
internal static class QuotaCells
{
    /// <summary><c>pods: 1/10, requests.cpu: 0/4</c>: limits in one column, everything else in the other.</summary>
    public static string Used(ResourceQuota quota, bool limits)
    {
        var shown = quota.Status.Hard.IsEmpty ? quota.Spec.Hard : quota.Status.Hard;
        return string.Join(", ", shown
            .Where(entry => entry.Key.StartsWith("limits.", StringComparison.Ordinal) == limits)
            .OrderBy(static entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => $"{entry.Key}: {quota.Status.Used.Get(entry.Key) ?? "0"}/{entry.Value}"));
    }
}
