using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Kip.Tests.ApiServer;

/// <summary>Random JSON whose names are those of Kubernetes fields, so that it often gets past the first level of a schema.</summary>
internal static class JsonValues
{
    private static readonly string[] Names =
    [
        "metadata", "spec", "status", "name", "labels", "annotations", "template", "containers", "env", "ports", "value", "image", "data", "conditions",
        "type", "finalizers", "ownerReferences", "replicas", "creationTimestamp", "traffic", "percent", "affinity", "a", "b", "$patch", "$retainKeys",
        "$setElementOrder/containers", "$deleteFromPrimitiveList/finalizers", "selector", "matchLabels", "rules", "http", "paths", "headers", "exact",
    ];

    private static readonly string[] Scalars =
    [
        "null", "true", "false", "0", "1", "-7", "1.5", "1e400", "\"\"", "\"a\"", "\"delete\"", "\"replace\"", "\"2026-01-01T00:00:00Z\"",
        "\"\\ud83d\\ude00\"", "99999999999",
    ];

    public static Gen<string> Make() => Gen.Sized(size => Value(Math.Min(size, 7)));

    private static Gen<string> Value(int depth) =>
        depth <= 0 ? Gen.Elements(Scalars) : Gen.Frequency((1, Gen.Elements(Scalars)), (1, Array(depth)), (4, Object(depth)));

    private static Gen<string> Array(int depth) =>
        from count in Gen.Choose(0, 3)
        from items in Gen.ArrayOf(Value(depth - 1), count)
        select $"[{string.Join(",", items)}]";

    private static Gen<string> Object(int depth) =>
        from count in Gen.Choose(0, 4)
        from names in Gen.ArrayOf(Gen.Elements(Names), count)
        from values in Gen.ArrayOf(Value(depth - 1), count)
        select $"{{{string.Join(",", names.Zip(values, static (n, v) => $"{JsonSerializer.Serialize(n)}:{v}"))}}}";
}
