using Kip.ApiServer.Http.Metrics;
using Kip.ApiServer.Http.Subresources;
using Kip.ApiServer.Http.Subresources.Exec;
using Kip.ApiServer.Http.Subresources.PortForward;
using Kip.ApiServer.Http.Verbs;
using Kip.ApiServer.Registry;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Certificates;
using Kip.Resources.Core;
using Kip.Rules.Access;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Http;

/// <summary>Finds the kind that a path names, and hands the call to whoever answers its verb.</summary>
internal sealed class ResourceRouter(
    KindCatalog kinds, ResourceReads reads, ResourceWatch watches, ResourceWrites writes, ResourcePatches patches, ResourceDeletes deletes,
    ScaleSubresource scale, PodLogsSubresource logs, PodExecSubresource exec, PodPortForward portForward, TokenSubresource tokens, MetricsApi metrics)
{
    /// <summary>Kinds that are measured when they are asked for, and stored nowhere.</summary>
    public IReadOnlyList<KindDefinition> MeasuredKinds => metrics.Kinds;

    /// <summary>The call on a resource that a request is; null when the path names none.</summary>
    public ApiCall? Find(HttpContext http, ResourcePath? parsed, UserInfo user, CancellationToken stopping)
    {
        if (parsed is not { Plural.Length: > 0 }) return null;
        var found = kinds.FindPlural(parsed.Group, parsed.Version, parsed.Plural) ?? metrics.FindPlural(parsed.Group, parsed.Version, parsed.Plural);
        if (found is not { } kind) return null;
        if (!kind.Namespaced && parsed.Namespace is not null) return null;
        // A single object of a namespaced kind is only to be found in its namespace.
        if (kind.Namespaced && parsed.Namespace is null && parsed.Name is not null) return null;
        return new ApiCall(http, parsed, kind, user, stopping);
    }

    /// <summary>Whether a call is a watch: of a collection, or of one object as old clients ask for it.</summary>
    public static bool IsWatch(ApiCall call) =>
        HttpMethods.IsGet(call.Http.Request.Method) && call.Path.Subresource is null && call.Parameters.Flag("watch");

    public Task AnswerAsync(ApiCall call) => call.Path switch
    {
        _ when call.Kind.Group == MetricsApi.Group => metrics.AnswerAsync(call),
        { Name: null } => AnswerCollection(call),
        { Subresource: null } => AnswerObject(call),
        { Subresource: "status" } when call.Served.HasStatus => AnswerStatus(call),
        { Subresource: "scale" } when call.Served.HasScale => AnswerScale(call),
        { Subresource: "log" } when call.Kind == Pod.Definition => AnswerLog(call),
        { Subresource: "exec" } when call.Kind == Pod.Definition => exec.ExecAsync(call),
        { Subresource: "attach" } when call.Kind == Pod.Definition => exec.AttachAsync(call),
        { Subresource: "portforward" } when call.Kind == Pod.Definition => portForward.ConnectAsync(call),
        { Subresource: "ephemeralcontainers" } when call.Kind == Pod.Definition => throw ApiException.Of(405, StatusReason.MethodNotAllowed,
            "ephemeral containers are not run here: use kubectl exec, or kubectl debug --copy-to=NAME for a copy of the pod"),
        { Subresource: "finalize" } when call.Kind == Namespace.Definition => AnswerFinalize(call),
        { Subresource: "token" } when call.Kind == ServiceAccount.Definition => AnswerToken(call),
        { Subresource: "approval" } when call.Kind == CertificateSigningRequest.Definition => AnswerStatus(call),
        _ => throw NoSuchSubresource(),
    };

    private Task AnswerCollection(ApiCall call) => call.Http.Request.Method switch
    {
        "GET" => IsWatch(call) ? watches.RunAsync(call) : reads.ListAsync(call),
        "POST" when !call.Kind.Namespaced || call.Path.Namespace is not null => writes.CreateAsync(call),
        "DELETE" when !call.Kind.Namespaced || call.Path.Namespace is not null => deletes.DeleteCollectionAsync(call),
        _ => throw RequestPipeline.MethodNotAllowed(),
    };

    private Task AnswerObject(ApiCall call) => call.Http.Request.Method switch
    {
        "GET" => IsWatch(call) ? watches.RunAsync(call) : reads.GetAsync(call),
        "PUT" => writes.UpdateAsync(call),
        "PATCH" => patches.PatchAsync(call),
        "DELETE" => deletes.DeleteAsync(call),
        _ => throw RequestPipeline.MethodNotAllowed(),
    };

    private Task AnswerStatus(ApiCall call) => call.Http.Request.Method switch
    {
        "GET" => reads.GetAsync(call),
        "PUT" => writes.UpdateAsync(call),
        "PATCH" => patches.PatchAsync(call),
        _ => throw RequestPipeline.MethodNotAllowed(),
    };

    private Task AnswerScale(ApiCall call) => call.Http.Request.Method switch
    {
        "GET" => scale.GetAsync(call),
        "PUT" => scale.UpdateAsync(call),
        "PATCH" => scale.PatchAsync(call),
        _ => throw RequestPipeline.MethodNotAllowed(),
    };

    private Task AnswerLog(ApiCall call) =>
        HttpMethods.IsGet(call.Http.Request.Method) ? logs.GetAsync(call) : throw RequestPipeline.MethodNotAllowed();

    private Task AnswerToken(ApiCall call) =>
        HttpMethods.IsPost(call.Http.Request.Method) ? tokens.CreateAsync(call) : throw RequestPipeline.MethodNotAllowed();

    private Task AnswerFinalize(ApiCall call) =>
        HttpMethods.IsPut(call.Http.Request.Method) ? writes.UpdateAsync(call) : throw RequestPipeline.MethodNotAllowed();

    // kubectl 1.27's debug looks into the details of such an answer, and ends in a panic without.
    private static ApiException NoSuchSubresource() => new(new Status
    {
        State = "Failure", Code = 404, Reason = StatusReason.NotFound, Message = "the server could not find the requested resource", Details = new(),
    });
}
