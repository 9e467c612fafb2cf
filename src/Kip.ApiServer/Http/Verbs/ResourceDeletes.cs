using System.Text.Json;
using Kip.ApiServer.Http.Bodies;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Schema;
using Kip.ApiServer.Tables;
using Kip.Client;
using Kip.Resources;
using Microsoft.AspNetCore.Http.Features;

namespace Kip.ApiServer.Http.Verbs;

/// <summary>Answers deletions of one object and of collections.</summary>
internal sealed class ResourceDeletes(ResourceRegistry registry, ResourceReads reads)
{
    public async Task DeleteAsync(ApiCall call)
    {
        var options = await OptionsOf(call);
        var outcome = await registry.DeleteAsync(call.Kind, call.Name, options, call.WriteContext(DryRun(options)), call.Cancel);
        if (outcome.Removed) await JsonAnswer.WriteAsync(call.Http, Success(call.Kind, outcome.Object));
        else await reads.WriteObjectAsync(call, outcome.Object);
    }

    public async Task DeleteCollectionAsync(ApiCall call)
    {
        var options = await OptionsOf(call);
        var deleted = await registry.DeleteCollectionAsync(call.Kind, call.Which(), options, call.WriteContext(DryRun(options)), call.Cancel);
        await reads.WriteListAsync(call, deleted, AnswerForm.Object, IncludeObject.Metadata);
    }

    private static Status Success(KindDefinition kind, Resource gone) => new()
    {
        State = "Success",
        Code = 200,
        Details = new StatusDetails
        {
            Name = gone.Metadata.Name,
            Group = kind.Group.Length == 0 ? null : kind.Group,
            Kind = kind.Plural,
            Uid = gone.Metadata.Uid,
        },
    };

    private static bool DryRun(DeleteOptions options) => Query.DryRun(options.DryRun);

    /// <summary>Options come in the body or, from curl and old clients, as query parameters.</summary>
    private static async Task<DeleteOptions> OptionsOf(ApiCall call)
    {
        var mayHaveBody = call.Http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
        var options = mayHaveBody ? await ReadAsync(call) : DeleteOptions.Default;
        var policy = options.PropagationPolicy ?? call.Parameters.Text("propagationPolicy");
        if (policy is not (null or PropagationPolicy.Background or PropagationPolicy.Foreground or PropagationPolicy.Orphan))
            throw Query.Unsupported("propagationPolicy", policy, "\"Background\", \"Foreground\", \"Orphan\"");
        if (policy is not null && options.OrphanDependents is not null)
            throw Query.Forbidden("propagationPolicy", "orphanDependents and deletionPropagation cannot be both set");
        var grace = options.GracePeriodSeconds ?? call.Parameters.Number("gracePeriodSeconds");
        if (grace < 0) throw Query.Forbidden("gracePeriodSeconds", "it must not be negative");
        return options with
        {
            PropagationPolicy = policy,
            GracePeriodSeconds = grace,
            OrphanDependents = options.OrphanDependents ?? (call.Parameters.ContainsKey("orphanDependents") ? call.Parameters.Flag("orphanDependents") : null),
        };
    }

    private static async Task<DeleteOptions> ReadAsync(ApiCall call)
    {
        var type = RequestBody.MediaType(call.Http.Request.ContentType);
        var body = await RequestBody.ReadAsync(call.Http);
        if (body.IsEmpty) return DeleteOptions.Default;
        using var document = RequestBody.Parse(body, type);
        var decoded = FieldDecoder.Decode(document.RootElement, SchemaBuilder.Of(typeof(DeleteOptions)));
        if (decoded.TypeError is { } wrong) throw ApiException.BadRequest($"the options of the deletion cannot be read: {wrong}");
        return JsonSerializer.Deserialize(decoded.Json, WireJson.Of<DeleteOptions>())!;
    }
}
