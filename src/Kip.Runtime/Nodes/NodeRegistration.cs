using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.Runtime.Nodes;

/// <summary>Declares this machine as the one Node.</summary>
internal sealed class NodeRegistration(IResources resources)
{
    /// <summary>Makes the Node, or brings what it says of the machine up to date. Nodes of other names, as after the machine was renamed, go.</summary>
    public async Task DeclareAsync(Node node, CancellationToken cancel)
    {
        foreach (var other in await resources.ListAsync<Node>(ListOptions.All, cancel))
            if (other.Metadata.Name != node.Metadata.Name) await resources.DeleteAsync(Node.Definition, other.Key, DeleteOptions.Default, cancel);
        var stored = await resources.GetAsync<Node>(node.Key, cancel) ?? await resources.CreateAsync<Node>(node, cancel);
        var ready = stored.Status.Conditions.FirstOrDefault(static c => c is { Type: "Ready", Status: "True" });
        var conditions = node.Status.Conditions.Select(c => ready is null ? c : c with { LastTransitionTime = ready.LastTransitionTime }).ToValueList();
        await resources.UpdateStatusAsync(stored with { Status = node.Status with { Conditions = conditions } }, cancel);
    }
}
