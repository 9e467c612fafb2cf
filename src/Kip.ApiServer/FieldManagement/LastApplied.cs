using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kip.ApiServer.Patches;
using Kip.ApiServer.Schema;
using Kip.Resources;
using Kip.Resources.Serving;

namespace Kip.ApiServer.FieldManagement;

/// <summary>What <c>kubectl apply</c> without <c>--server-side</c> noted in an annotation, for those who change over.</summary>
internal static class LastApplied
{
    /// <summary>The only manager whose notes these are.</summary>
    public const string Manager = "kubectl";

    /// <summary>
    /// The fields that the same user applied on the client's side and that are still as they were applied: no conflict, whoever is noted as
    /// their owner. Empty when there is no annotation.
    /// </summary>
    public static FieldSet StillApplied(JsonElement live, SchemaNode schema)
    {
        if (Annotation(live) is not { } text) return FieldSet.Empty;
        try
        {
            using var applied = JsonTree.ParseDocument(Encoding.UTF8.GetBytes(text));
            if (applied.RootElement.ValueKind != JsonValueKind.Object) return FieldSet.Empty;
            var change = FieldComparison.Of(applied.RootElement, live, schema);
            return OwnedFields.Of(applied.RootElement, schema).Except(change.Set).Except(change.Removed);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // Somebody else's text: it allows nothing.
            return FieldSet.Empty;
        }
    }

    /// <summary>The object with the annotation brought up to date, so that client-side apply finds what was applied last; unchanged without one.</summary>
    public static Resource Synchronised(Resource wanted, JsonElement configuration)
    {
        if (!wanted.Metadata.Annotations.ContainsKey(ServingAnnotations.LastApplied)) return wanted;
        var annotations = wanted.Metadata.Annotations.With(ServingAnnotations.LastApplied, Text(configuration));
        return wanted with { Metadata = wanted.Metadata with { Annotations = annotations } };
    }

    private static string? Annotation(JsonElement live) =>
        live.TryGetProperty("metadata", out var metadata) && metadata.TryGetProperty("annotations", out var annotations)
        && annotations.TryGetProperty(ServingAnnotations.LastApplied, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Text(JsonElement configuration)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
        var gone = FieldSet.Of([new(PathElement.Field("metadata"), false, FieldSet.Of(
            [new(PathElement.Field("annotations"), false, FieldSet.Of([new(PathElement.Field(ServingAnnotations.LastApplied), true, FieldSet.Empty)]))]))]);
        using (var writer = new Utf8JsonWriter(buffer, options)) FieldRemoval.Write(writer, configuration, gone, SchemaNode.Any);
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
