using Kip.Resources;

namespace Kip.ApiServer.Schema;

/// <summary>What every object has, whatever its kind: where the schemas of custom kinds begin.</summary>
internal static class EveryObject
{
    /// <summary>apiVersion, kind and metadata.</summary>
    public static IReadOnlyList<SchemaField> Fields { get; } =
        [.. SchemaBuilder.Of(Resources.Core.Namespace.Definition).Fields.Where(static field => field.Name is "apiVersion" or "kind" or "metadata")];
}
