namespace Kip.ApiServer.FieldManagement;

/// <summary>Who writes, as managed fields tell writers apart.</summary>
/// <param name="Manager">The client, as it calls itself.</param>
/// <param name="ApiVersion">The version in which it speaks.</param>
/// <param name="IsApplied">
/// The write is the outcome of a server-side apply: who owns what is decided already, in the object's managed fields. Otherwise whatever
/// differs from the stored object is the writer's from now on.
/// </param>
public sealed record FieldWriter(string Manager, string ApiVersion, bool IsApplied = false)
{
    internal const string Apply = "Apply";
    internal const string Update = "Update";

    /// <summary>The manager's name when a client gives none.</summary>
    public const string Unknown = "unknown";
}
