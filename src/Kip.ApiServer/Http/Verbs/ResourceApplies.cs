using System.Text.Json;
using Kip.ApiServer.FieldManagement;
using Kip.ApiServer.Http.Bodies;
using Kip.ApiServer.Patches;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Registry.Metadata;
using Kip.ApiServer.Schema;
using Kip.ApiServer.Security.Authorization;
using Kip.Client;
using Kip.Resources;
using Kip.Rules.Access;

namespace Kip.ApiServer.Http.Verbs;

/// <summary>Answers server-side apply: makes the object, or merges what is said into it and lets go of what is no longer said.</summary>
internal sealed class ResourceApplies(ResourceRegistry registry, ResourceReads reads, Authorizer authorizer, TimeProvider time)
{
    /// <summary>Whether a request is a server-side apply.</summary>
    public static bool IsApply(ApiCall call) => RequestBody.MediaType(call.Http.Request.ContentType) == PatchContentType.Apply;

    /// <summary>Applies to an object or to its status.</summary>
    public async Task ApplyAsync(ApiCall call)
    {
        var manager = FieldManagers.OfApply(call.Http.Request);
        var said = await AppliedConfiguration.ReadAsync(call, call.Served, SchemaBuilder.Of(call.Served), call.Path.Subresource);
        var (stored, isNew) = await ApplyAsync(call, manager, said);
        await reads.WriteObjectAsync(call, stored, isNew ? 201 : 200);
    }

    /// <summary>Applies a number of replicas, as part of the object, and returns the object.</summary>
    public async Task<Resource> ApplyScaleAsync(ApiCall call)
    {
        var manager = FieldManagers.OfApply(call.Http.Request);
        return (await ApplyAsync(call, manager, await AppliedConfiguration.ReadScaleAsync(call))).Object;
    }

    private async Task<(Resource Object, bool IsNew)> ApplyAsync(ApiCall call, string manager, AppliedConfiguration said)
    {
        var apply = new Apply(call, said, new FieldWriter(manager, call.Served.ApiVersion, IsApplied: true), call.Parameters.Flag("force"), time);
        return await registry.ApplyAsync(
            call.Kind, call.Name, call.Path.Subresource, Allowed, call.WriteContext() with { Writer = apply.By }, call.Cancel);

        Resource Allowed(Resource? present)
        {
            if (present is null) MayCreate(call);
            return apply.To(present);
        }
    }

    // Whoever makes an object by applying it must be one who may make it: the right to patch is not enough.
    private void MayCreate(ApiCall call)
    {
        var (kind, name) = (call.Served, call.Name);
        var asked = new AccessRequest("create", kind.Group, kind.Plural, "", name.Namespace, name.Name) { Version = kind.Version };
        var decision = authorizer.Decide(call.User, asked);
        if (!decision.Allowed) throw Forbidden.Of(call.User, asked, decision.Reason);
    }

    // One apply, which may be tried several times over.
    private sealed class Apply(ApiCall call, AppliedConfiguration said, FieldWriter by, bool force, TimeProvider time)
    {
        private readonly ObjectDecoder _decoder = new(call.Http);
        private readonly SchemaNode _schema = SchemaBuilder.Of(call.Served);

        public FieldWriter By => by;

        /// <summary>The object as it is to be, with its owners.</summary>
        /// <param name="present">Null when there is none yet.</param>
        /// <exception cref="ApiException">409: a conflict. 400 or 422: what comes of it is no object of the kind.</exception>
        public Resource To(Resource? present)
        {
            said.CheckIdentity(call, present);
            var now = time.GetUtcNow().WholeSeconds();
            using var document = present is null ? null : JsonTree.ParseDocument(call.Served.Write(FieldTracking.With(present, default)));
            var live = document?.RootElement ?? FieldTracking.EmptyOf(call.Served);
            var done = Outcome(OwnersOf(present, live, now), live, now);

            using var wanted = RequestBody.Parse(done.Object);
            var decoded = _decoder.DecodePatched(wanted.RootElement, call.Served, call.Name.Name);
            if (decoded.Metadata.Name.Length == 0) decoded = decoded with { Metadata = decoded.Metadata with { Name = call.Name.Name } };
            var resource = ResourceWrites.Named(call, ResourceWrites.InNamespace(call, decoded));
            if (by.Manager == LastApplied.Manager && call.Path.Subresource is null) resource = LastApplied.Synchronised(resource, said.Root);
            return FieldTracking.With(resource, done.ManagedFields);
        }

        private List<FieldOwner> OwnersOf(Resource? present, JsonElement live, DateTimeOffset now)
        {
            if (present is null) return [];
            if (FieldOwner.Read(present.Metadata.ManagedFields) is { Count: > 0 } owners) return owners;
            return [FieldOwnership.Before(FieldTracking.EmptyOf(call.Served), live, _schema, call.Served.ApiVersion, now)];
        }

        private ApplyOutcome.Done Outcome(List<FieldOwner> owners, JsonElement live, DateTimeOffset now)
        {
            var outcome = FieldOwnership.Applied(owners, live, said.Root, _schema, by, call.Path.Subresource, force, now);
            if (outcome is ApplyOutcome.Conflict { With: var conflicts })
            {
                conflicts = by.Manager == LastApplied.Manager ? Unsettled(conflicts, LastApplied.StillApplied(live, _schema)) : conflicts;
                if (conflicts.Count > 0) throw ApplyFailures.Conflict(conflicts);
                outcome = FieldOwnership.Applied(owners, live, said.Root, _schema, by, call.Path.Subresource, force: true, now);
            }
            return (ApplyOutcome.Done)outcome;
        }

        private static List<FieldConflict> Unsettled(IReadOnlyList<FieldConflict> conflicts, FieldSet settled) =>
        [
            .. conflicts.Select(conflict => conflict with { Fields = conflict.Fields.Except(settled) }).Where(static conflict => !conflict.Fields.IsEmpty),
        ];
    }
}
