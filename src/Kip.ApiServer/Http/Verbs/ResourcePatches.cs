using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.ApiServer.Http.Bodies;
using Kip.ApiServer.Patches;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Schema;
using Kip.Client;
using Kip.Resources;

namespace Kip.ApiServer.Http.Verbs;

/// <summary>Answers patches of objects and of their status.</summary>
internal sealed class ResourcePatches(ResourceRegistry registry, ResourceReads reads, ResourceApplies applies)
{
    public Task PatchAsync(ApiCall call) => ResourceApplies.IsApply(call) ? applies.ApplyAsync(call) : ChangeAsync(call);

    private async Task ChangeAsync(ApiCall call)
    {
        var context = call.WriteContext();
        var patch = await ReadAsync(call);
        var decoder = new ObjectDecoder(call.Http);
        var patched = await registry.ModifyAsync(
            call.Kind, call.Name, call.Path.Subresource, current => Change(call, decoder, patch, current), context, call.Cancel);
        await reads.WriteObjectAsync(call, patched);
    }

    /// <summary>The patch of a request: a function from UTF-8 JSON to UTF-8 JSON.</summary>
    /// <exception cref="ApiException">415: the kind of patch is not known, or not for this kind of object. 400: it is malformed.</exception>
    public static async Task<Func<ReadOnlyMemory<byte>, byte[]>> ReadAsync(ApiCall call)
    {
        var type = RequestBody.MediaType(call.Http.Request.ContentType);
        FieldManagers.RefuseForce(call.Http.Request);
        if (type is not (PatchContentType.Json or PatchContentType.Merge or PatchContentType.StrategicMerge))
            throw Unsupported($"the body of the request was in an unknown format ({type}) - accepted media types include: {Accepted(call.Kind)}");
        if (type == PatchContentType.StrategicMerge && !call.Kind.StrategicMerge)
            throw Unsupported($"{call.Kind.QualifiedPlural} do not support strategic merge patches - accepted media types include: {Accepted(call.Kind)}");

        var patch = Parse(await RequestBody.ReadAsync(call.Http));
        return type switch
        {
            PatchContentType.Json => document => JsonTree.Write(JsonPatch.Apply(JsonTree.Parse(document), patch)),
            PatchContentType.Merge => document => MergePatch.Apply(document, patch),
            _ => document => JsonTree.Write(StrategicMergePatch.Apply(JsonTree.Parse(document), patch, SchemaBuilder.Of(call.Kind))),
        };
    }

    /// <summary>Applies a patch, with its failures as the API gives them.</summary>
    /// <exception cref="ApiException">400: malformed. 413: too large. 422: it does not fit the object.</exception>
    public static byte[] Apply(Func<ReadOnlyMemory<byte>, byte[]> patch, byte[] document)
    {
        try
        {
            return patch(document);
        }
        catch (PatchException failure)
        {
            throw failure.Code switch
            {
                413 => ApiException.Of(413, StatusReason.RequestEntityTooLarge, failure.Message),
                422 => ApiException.Of(422, StatusReason.Invalid, $"the server rejected our request due to an error in our request: {failure.Message}"),
                _ => ApiException.BadRequest($"the patch is malformed: {failure.Message}"),
            };
        }
    }

    private static Resource Change(ApiCall call, ObjectDecoder decoder, Func<ReadOnlyMemory<byte>, byte[]> patch, Resource current)
    {
        using var document = RequestBody.Parse(Apply(patch, call.Served.Write(current)));
        var resource = decoder.DecodePatched(document.RootElement, call.Served, call.Name.Name);
        return ResourceWrites.Named(call, ResourceWrites.InNamespace(call, resource));
    }

    private static JsonNode? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonTree.Parse(body);
        }
        catch (JsonException malformed)
        {
            throw ApiException.BadRequest($"error decoding patch: {malformed.Message}");
        }
    }

    private static string Accepted(KindDefinition kind) => string.Join(", ", TypesOf(kind));

    /// <summary>The kinds of patch that a kind of object takes.</summary>
    public static IEnumerable<string> TypesOf(KindDefinition kind) => kind.StrategicMerge
        ? [PatchContentType.Json, PatchContentType.Merge, PatchContentType.StrategicMerge, PatchContentType.Apply]
        : [PatchContentType.Json, PatchContentType.Merge, PatchContentType.Apply];

    private static ApiException Unsupported(string message) => ApiException.Of(415, StatusReason.UnsupportedMediaType, message);
}
