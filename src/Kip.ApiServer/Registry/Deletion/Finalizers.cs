namespace Kip.ApiServer.Registry.Deletion;

/// <summary>The finalizers that the API server itself sets and clears.</summary>
internal static class Finalizers
{
    /// <summary>The object stays until its dependents that block it are gone.</summary>
    public const string Foreground = "foregroundDeletion";

    /// <summary>The object stays until its dependents have forgotten it.</summary>
    public const string Orphan = "orphan";

    /// <summary>In a namespace's spec: it stays until it is empty.</summary>
    public const string Kubernetes = "kubernetes";
}
