using System.Text.Json;
using Kip.ApiServer.Patches;
using Kip.ApiServer.Schema;
using Kip.Resources.Custom;

namespace Kip.ApiServer.CustomResources;

/// <summary>Reads the body of a custom resource: its metadata as strictly as any object's, the rest along the definition's schema.</summary>
internal static class CustomDecoder
{
    private static readonly SchemaNode Envelope = new()
    {
        Type = SchemaType.Object, FindFields = static () => EveryObject.Fields, PreservesUnknown = true,
    };

    /// <summary>The object in the shape of a version, and what strict field validation complains about. Never throws for what the body holds.</summary>
    public static DecodedFields Decode(JsonElement body, CustomVersion version)
    {
        var decoded = FieldDecoder.Decode(body, Envelope);
        if (decoded.TypeError is not null) return decoded;
        using var known = JsonTree.ParseDocument(decoded.Json);
        var dropped = new List<string>();
        var shaped = version.Shaped(CustomResourceFormat.Read(version.Kind, known.RootElement), dropped);
        return decoded with { Object = shaped, StrictErrors = [.. decoded.StrictErrors, .. dropped.Select(static path => $"unknown field \"{path}\"")] };
    }
}
