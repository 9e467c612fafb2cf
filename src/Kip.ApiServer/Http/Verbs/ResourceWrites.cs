using Kip.ApiServer.Http.Bodies;
using Kip.ApiServer.Registry;
using Kip.Client;
using Kip.Resources;

namespace Kip.ApiServer.Http.Verbs;

/// <summary>Answers create and update.</summary>
internal sealed class ResourceWrites(ResourceRegistry registry, ResourceReads reads)
{
    public async Task CreateAsync(ApiCall call)
    {
        var context = call.WriteContext();
        using var body = await RequestBody.ReadJsonAsync(call.Http);
        var resource = InNamespace(call, new ObjectDecoder(call.Http).Decode(body.RootElement, call.Served));
        await reads.WriteObjectAsync(call, await registry.CreateAsync(resource, context, call.Cancel), 201);
    }

    /// <summary>Replaces an object or its status half.</summary>
    public async Task UpdateAsync(ApiCall call)
    {
        var context = call.WriteContext();
        using var body = await RequestBody.ReadJsonAsync(call.Http);
        var resource = new ObjectDecoder(call.Http).Decode(body.RootElement, call.Served);
        if (resource.Metadata.Name.Length == 0) resource = resource with { Metadata = resource.Metadata with { Name = call.Name.Name } };
        resource = Named(call, InNamespace(call, resource));
        await reads.WriteObjectAsync(call, await registry.UpdateAsync(resource, call.Path.Subresource, context, call.Cancel));
    }

    /// <summary>The object, checked to be the one that the path names.</summary>
    /// <exception cref="ApiException">400: its name is another.</exception>
    public static Resource Named(ApiCall call, Resource resource) =>
        resource.Metadata.Name == call.Name.Name ? resource
            : throw ApiException.BadRequest($"the name of the object ({resource.Metadata.Name}) does not match the name on the URL ({call.Name.Name})");

    /// <summary>The object in the namespace of the path.</summary>
    /// <exception cref="ApiException">400: it says another.</exception>
    public static Resource InNamespace(ApiCall call, Resource resource)
    {
        var space = call.Path.Namespace ?? "";
        if (resource.Metadata.Namespace == space) return resource;
        if (resource.Metadata.Namespace.Length > 0 && call.Kind.Namespaced)
            throw ApiException.BadRequest(
                $"the namespace of the provided object does not match the namespace sent on the request ({resource.Metadata.Namespace}, {space})");
        return resource with { Metadata = resource.Metadata with { Namespace = space } };
    }
}
