using Kip.Resources.Core;

namespace Kip.ApiServer.Tables;

/// <summary>What a table says of Nodes.</summary>
internal static class NodeCells
{
    private const string RolePrefix = "node-role.kubernetes.io/";

    public static string Status(Node node)
    {
        var ready = node.Status.Conditions.FirstOrDefault(static c => c.Type == "Ready") switch
        {
            null => "Unknown",
            { Status: "True" } => "Ready",
            _ => "NotReady",
        };
        return node.Spec.Unschedulable ? ready + ",SchedulingDisabled" : ready;
    }

    public static string Roles(Node node)
    {
        var roles = string.Join(',', node.Metadata.Labels
            .Where(static l => l.Key.StartsWith(RolePrefix, StringComparison.Ordinal))
            .Select(static l => l.Key[RolePrefix.Length..]));
        return CoreColumns.OrNone(roles);
    }

    public static string Address(Node node, string type) => CoreColumns.OrNone(node.Status.Addresses.FirstOrDefault(a => a.Type == type)?.Address);
}
