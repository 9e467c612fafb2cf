using System.Diagnostics;
using System.Text.Json;
using Kip.ApiServer.CustomResources;
using Kip.ApiServer.Http.Bodies;
using Kip.ApiServer.Http.Verbs;
using Kip.ApiServer.Patches;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Schema;
using Kip.ApiServer.Tables;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Autoscaling;
using Kip.Resources.Custom;

namespace Kip.ApiServer.Http.Subresources;

/// <summary>Answers <c>/scale</c>: how many replicas there are and are wanted, as an autoscaling/v1 Scale.</summary>
internal sealed class ScaleSubresource(ResourceRegistry registry, ResourceReads reads, ResourceApplies applies)
{
    public Task GetAsync(ApiCall call) => WriteAsync(call, ScaleOf(reads.Find(call)));

    public async Task UpdateAsync(ApiCall call)
    {
        var context = call.WriteContext();
        using var body = await RequestBody.ReadJsonAsync(call.Http);
        var wanted = Decode(body.RootElement);
        var changed = await registry.ModifyAsync(call.Kind, call.Name, "scale", current => With(current, wanted), context, call.Cancel);
        await WriteAsync(call, ScaleOf(changed));
    }

    public async Task PatchAsync(ApiCall call)
    {
        if (ResourceApplies.IsApply(call))
        {
            await WriteAsync(call, ScaleOf(await applies.ApplyScaleAsync(call)));
            return;
        }
        var context = call.WriteContext();
        var patch = await ResourcePatches.ReadAsync(call);
        var changed = await registry.ModifyAsync(call.Kind, call.Name, "scale", Change, context, call.Cancel);
        await WriteAsync(call, ScaleOf(changed));

        Resource Change(Resource current)
        {
            var scale = JsonSerializer.SerializeToUtf8Bytes(ScaleOf(current), WireJson.Of<Scale>());
            using var patched = RequestBody.Parse(ResourcePatches.Apply(patch, scale));
            return With(current, Decode(patched.RootElement));
        }
    }

    private static Scale Decode(JsonElement body)
    {
        var decoded = FieldDecoder.Decode(body, SchemaBuilder.Of(typeof(Scale)));
        if (decoded.TypeError is { } wrong) throw ApiException.BadRequest($"Scale in version \"v1\" cannot be handled as a Scale: {wrong}");
        return JsonSerializer.Deserialize(decoded.Json, WireJson.Of<Scale>())!;
    }

    private static Scale ScaleOf(Resource resource)
    {
        var (wanted, observed, selector) = resource switch
        {
            CustomResource custom => CustomScale.Of(custom),
            Deployment deployment => (deployment.Spec.Replicas ?? 1, deployment.Status.Replicas, SelectorText.Of(deployment.Spec.Selector)),
            ReplicaSet set => (set.Spec.Replicas ?? 1, set.Status.Replicas, SelectorText.Of(set.Spec.Selector)),
            // Another kind with this subresource is another arm here and below.
            _ => throw new UnreachableException($"{resource.Kind} has no scale"),
        };
        return new()
        {
            Metadata = new()
            {
                Name = resource.Metadata.Name,
                Namespace = resource.Metadata.Namespace,
                Uid = resource.Metadata.Uid,
                ResourceVersion = resource.Metadata.ResourceVersion,
                CreationTimestamp = resource.Metadata.CreationTimestamp,
            },
            Spec = new() { Replicas = wanted },
            Status = new() { Replicas = observed, Selector = selector },
        };
    }

    private static Resource With(Resource current, Scale wanted)
    {
        if (wanted.Spec.Replicas < 0)
            throw ApiException.Invalid(current.GetDefinition(), current.Metadata.Name,
                [new()
                {
                    Field = "spec.replicas", Reason = "FieldValueInvalid",
                    Message = $"Invalid value: {wanted.Spec.Replicas}: must be greater than or equal to 0",
                }]);
        var meta = current.Metadata with
        {
            ResourceVersion = string.IsNullOrEmpty(wanted.Metadata.ResourceVersion) ? current.Metadata.ResourceVersion : wanted.Metadata.ResourceVersion,
            Uid = string.IsNullOrEmpty(wanted.Metadata.Uid) ? current.Metadata.Uid : wanted.Metadata.Uid,
        };
        return current switch
        {
            CustomResource custom => CustomScale.With(custom, wanted.Spec.Replicas) with { Metadata = meta },
            Deployment deployment => deployment with { Metadata = meta, Spec = deployment.Spec with { Replicas = wanted.Spec.Replicas } },
            ReplicaSet set => set with { Metadata = meta, Spec = set.Spec with { Replicas = wanted.Spec.Replicas } },
            _ => throw new UnreachableException($"{current.Kind} has no scale"),
        };
    }

    private static Task WriteAsync(ApiCall call, Scale scale) =>
        JsonAnswer.WriteAsync(call.Http, 200, writer => JsonSerializer.Serialize(writer, scale, WireJson.Of<Scale>()));
}
