using System.Text.Json;
using Kip.ApiServer.Patches;
using Kip.ApiServer.Schema;
using Kip.Client;
using Kip.Resources;

namespace Kip.ApiServer.Registry;

/// <summary>Patches from inside the process: the same kinds of patch as over HTTP; unknown fields are dropped.</summary>
internal static class EmbeddedPatch
{
    /// <summary>The object as the patch makes it.</summary>
    /// <exception cref="ApiException">The patch is malformed (400), does not fit (422), or is of a kind that is not understood (415).</exception>
    public static Resource Apply(KindDefinition kind, Resource present, Patch patch)
    {
        try
        {
            return kind.Read(Patched(kind, kind.Write(present), patch));
        }
        catch (PatchException e)
        {
            throw ApiException.Of(e.Code, Reason(e.Code), e.Message);
        }
        catch (JsonException e)
        {
            throw ApiException.BadRequest($"the patch does not give a {kind.Kind}: {e.Message}");
        }
    }

    private static byte[] Patched(KindDefinition kind, byte[] document, Patch patch) => patch.ContentType switch
    {
        PatchContentType.Json => JsonTree.Write(JsonPatch.Apply(JsonTree.Parse(document), JsonTree.Parse(patch.Body))),
        PatchContentType.Merge => MergePatch.Apply(document, JsonTree.Parse(patch.Body)),
        PatchContentType.StrategicMerge when kind.StrategicMerge =>
            JsonTree.Write(StrategicMergePatch.Apply(JsonTree.Parse(document), JsonTree.Parse(patch.Body), SchemaBuilder.Of(kind))),
        var other => throw ApiException.Of(415, StatusReason.UnsupportedMediaType, $"{kind.QualifiedPlural} cannot be patched with {other}"),
    };

    private static string Reason(int code) => code switch
    {
        413 => StatusReason.RequestEntityTooLarge,
        415 => StatusReason.UnsupportedMediaType,
        422 => StatusReason.Invalid,
        _ => StatusReason.BadRequest,
    };
}
