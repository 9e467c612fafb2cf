namespace Kip.Resources;

/// <summary>Which object of a kind: its namespace (empty for cluster-scoped kinds) and its name.</summary>
public readonly record struct NamespacedName(string Namespace, string Name)
{
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
