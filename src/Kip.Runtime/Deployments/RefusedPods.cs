using System.Collections.Concurrent;
using Kip.Client;
using Kip.Resources;

namespace Kip.Runtime.Deployments;

/// <summary>Why the server refused pods that a plan asked for, until the next plan of the same owner has read it.</summary>
internal sealed class RefusedPods
{
    private readonly ConcurrentDictionary<NamespacedName, string> _why = new();

    /// <summary>A plan could not be carried out.</summary>
    public void Note(NamespacedName owner, Exception why)
    {
        // Not those that only say that somebody else was faster: the server refuses the pod itself.
        if (why is ApiException { Code: 400 or 403 or 422 }) _why[owner] = why.Message;
    }

    /// <summary>What the last plan met; null when it met nothing.</summary>
    public string? Take(NamespacedName owner) => _why.TryRemove(owner, out var why) ? why : null;
}
