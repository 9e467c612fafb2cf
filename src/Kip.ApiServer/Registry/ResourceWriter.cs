using Kip.ApiServer.FieldManagement;
using Kip.ApiServer.Registry.Deletion;
using Kip.ApiServer.Registry.Metadata;
using Kip.ApiServer.CustomResources;
using Kip.ApiServer.Registry.Quotas;
using Kip.ApiServer.Security.Authorization;
using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.ApiExtensions;
using Kip.Resources.Certificates;
using Kip.Resources.Core;
using Kip.Rules.Access;
using Kip.Rules.Admission;

namespace Kip.ApiServer.Registry;

/// <summary>Create, update and read-modify-write: prepared and checked outside the store's lock, stored if nothing changed meanwhile.</summary>
internal sealed class ResourceWriter(
    Store store, AdmissionGate admission, EscalationGate escalation, CustomAdmission custom, NamespaceLimits limits, WriteTurns turns,
    TimeProvider time, ResourceRegistryOptions options)
{
    // Enough for any real contention; a change that is overtaken so often is told so instead of going on for ever.
    private const int Attempts = 100;
    private const int NameAttempts = 8;

    public Written Create(Resource said, RequestContext context)
    {
        if (said is not CustomResourceDefinition) return CreateOne(said, context);
        lock (custom.Definitions) return CreateOne(said, context);
    }

    public Written Modify(KindDefinition kind, NamespacedName name, string? subresource, Func<Resource, Resource> change, RequestContext context)
    {
        if (kind != CustomResourceDefinition.Definition) return ModifyOne(kind, name, subresource, change, context);
        lock (custom.Definitions) return ModifyOne(kind, name, subresource, change, context);
    }

    private Written CreateOne(Resource said, RequestContext context)
    {
        var (kind, meta) = (said.GetDefinition(), said.Metadata);
        if (!string.IsNullOrEmpty(meta.ResourceVersion)) throw ApiException.BadRequest("resourceVersion should not be set on objects to be created");
        for (var (attempt, names) = (0, 0); attempt < Attempts; attempt++)
        {
            var space = SpaceFor(kind, meta);
            var prepared = PrepareNew(said, context);
            if (store.Get(ObjectId.Of(prepared)) is not null)
            {
                // A generated name that is taken is nobody's mistake: try others, as Kubernetes does.
                if (meta.Name.Length == 0 && ++names < NameAttempts) continue;
                throw ApiException.AlreadyExists(kind, prepared.Metadata.Name);
            }
            if (limits.Within(prepared, null, () => Write(null, prepared, space, context)) is { } written) return written;
        }
        throw MetadataRules.Modified(kind, meta.Name);
    }

    private Written ModifyOne(KindDefinition kind, NamespacedName name, string? subresource, Func<Resource, Resource> change, RequestContext context)
    {
        var id = new ObjectId(kind, name);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            using var turn = turns.Take(id, attempt);
            var present = store.Get(id) ?? throw ApiException.NotFound(kind, name.Name);
            var said = change(present);
            MetadataRules.CheckPreconditions(kind, present.Metadata, said.Metadata.ResourceVersion, said.Metadata.Uid);
            var wanted = PrepareChanged(present, said, subresource, context);
            if (wanted == present) return new Written(present, 0);
            if (DeletionRules.IsThrough(wanted))
            {
                if (context.DryRun) return new Written(wanted, 0);
                if (Remove(present) is { } removed) return removed with { Object = wanted };
            }
            else if (WriteWithin(present, wanted, context) is { } written) return written;
        }
        throw MetadataRules.Modified(kind, name.Name);
    }

    /// <summary>Creates what is not there, modifies what is; begins again when that changes meanwhile.</summary>
    public (Written Written, bool IsNew) Apply(
        KindDefinition kind, NamespacedName name, string? subresource, Func<Resource?, Resource> change, RequestContext context)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var isNew = subresource is null && store.Get(new ObjectId(kind, name)) is null;
            try
            {
                return (isNew ? Create(change(null), context) : Modify(kind, name, subresource, change, context), isNew);
            }
            catch (ApiException e) when (isNew ? e.IsAlreadyExists : subresource is null && store.Get(new ObjectId(kind, name)) is null && e.IsNotFound)
            {
                // Somebody else was faster, in making it or in deleting it.
            }
        }
        throw MetadataRules.Modified(kind, name.Name);
    }

    // Of what exists, only a Service can come to need more of what quotas limit.
    private Written? WriteWithin(Resource present, Resource wanted, RequestContext context) =>
        wanted is Service ? limits.Within(wanted, present, () => Write(present, wanted, null, context)) : Write(present, wanted, null, context);

    public Written? Remove(Resource present) => store.TryWrite(present, null, null, []);

    /// <summary>Stores the object, or only says that it could be. Null when something else is stored now.</summary>
    /// <exception cref="ApiException">It is too large (413).</exception>
    public Written? Write(Resource? present, Resource wanted, Resource? space, RequestContext context)
    {
        var unversioned = wanted with { Metadata = wanted.Metadata with { ResourceVersion = null } };
        var json = StoredJson.Write(unversioned);
        if (json.Length > options.MaxObjectBytes)
            throw ApiException.Of(413, StatusReason.RequestEntityTooLarge,
                $"{wanted.GetDefinition().QualifiedPlural} \"{wanted.Metadata.Name}\" is too large: {json.Length} bytes, "
                + $"the limit is {options.MaxObjectBytes}");
        return context.DryRun ? new Written(wanted, 0) : store.TryWrite(present, unversioned, space, json);
    }

    /// <summary>The object as it would be stored, not yet checked: what webhooks are asked about first.</summary>
    /// <param name="present">Null: it is created.</param>
    /// <exception cref="ApiException">It is for another version or object than the present one (409).</exception>
    public Resource Defaulted(Resource? present, Resource said, string? subresource, RequestContext context)
    {
        if (present is null) return DefaultNew(said, context).Object;
        MetadataRules.CheckPreconditions(present.GetDefinition(), present.Metadata, said.Metadata.ResourceVersion, said.Metadata.Uid);
        return DefaultChanged(present, said, subresource, context).Defaulted.Object;
    }

    private AdmissionRequest DefaultNew(Resource said, RequestContext context)
    {
        var meta = MetadataRules.ForCreate(said.GetDefinition(), said.Metadata, time.GetUtcNow(), context.Uid ?? options.NewUid(), options.NameSuffix);
        var prepared = FieldTracking.OnCreate(KindRules.PrepareCreate(said with { Metadata = meta }), said, context.Writer, time.GetUtcNow());
        var request = new AdmissionRequest(prepared, null, context.User.Name, null, admission.Config) { Requester = context.User };
        return request with { Object = limits.WithDefaults(custom.Default(request with { Object = AdmissionRules.Default(request) })) };
    }

    private (Resource Merged, AdmissionRequest Defaulted) DefaultChanged(Resource present, Resource said, string? subresource, RequestContext context)
    {
        var merged = subresource switch
        {
            "status" => WithStatus(present, said),
            "approval" => WithApproval(present, said),
            _ => WithoutStatus(present, said, subresource),
        };
        var request = new AdmissionRequest(merged, present, context.User.Name, subresource, admission.Config) { Requester = context.User };
        return (merged, request with { Object = custom.Default(request with { Object = AdmissionRules.Default(request) }) });
    }

    private Resource PrepareNew(Resource said, RequestContext context)
    {
        var request = DefaultNew(said, context);
        limits.CheckRanges(request.Object);
        AdmissionGate.Refuse(request,
        [
            .. MetadataValidation.Validate(said.GetDefinition(), request.Object.Metadata),
            .. KindRules.Validate(null, request.Object),
            .. CustomAdmission.Validate(request),
        ]);
        escalation.Check(request);
        context.Warn?.Invoke(AdmissionRules.Warnings(request).Concat(custom.Warnings(request)));
        return request.Object;
    }

    /// <summary>The object as the change makes it; equal to the present one when it changes nothing that the client may change.</summary>
    private Resource PrepareChanged(Resource present, Resource said, string? subresource, RequestContext context)
    {
        var (merged, request) = DefaultChanged(present, said, subresource, context);
        var wanted = WithSharedParts(present, request.Object);
        var entries = FieldTracking.OnUpdate(present, said, merged, subresource, context.Writer, time.GetUtcNow());
        if (wanted == present && FieldTracking.SameButForTimes(entries, present.Metadata.ManagedFields)) return present;
        wanted = FieldTracking.With(wanted, entries);
        AdmissionGate.Refuse(request with { Object = wanted },
        [
            .. subresource is "status" or "approval" ? [] : MetadataRules.ValidateUpdate(present.Metadata, said.Metadata),
            .. MetadataValidation.Validate(wanted.GetDefinition(), wanted.Metadata),
            .. KindRules.Validate(present, wanted),
            .. CustomAdmission.Validate(request with { Object = wanted }),
        ]);
        request = request with { Object = wanted };
        escalation.Check(request);
        context.Warn?.Invoke(AdmissionRules.Warnings(request).Concat(custom.Warnings(request)));
        return wanted;
    }

    // The status subresource changes nothing else, labels and annotations included: what custom resources do.
    private static Resource WithStatus(Resource present, Resource said) => present is IHasStatus parts
        ? parts.WithStatusOf(said)
        : throw ApiException.Of(404, StatusReason.NotFound, "the server could not find the requested resource");

    private CertificateSigningRequest WithApproval(Resource present, Resource said) =>
        SigningRequestAdmission.Decided((CertificateSigningRequest)present, (CertificateSigningRequest)said, time.GetUtcNow())
        ?? throw ApiException.Invalid(present.GetDefinition(), present.Metadata.Name,
            [new StatusCause { Field = "status.conditions", Message = "Forbidden: a request is approved or denied, once and for good" }]);

    private static Resource WithoutStatus(Resource present, Resource said, string? subresource)
    {
        var meta = MetadataRules.ForUpdate(present.Metadata, said.Metadata);
        var prepared = KindRules.PrepareUpdate(present, said with { Metadata = meta }, subresource);
        return prepared is IHasStatus parts ? parts.WithStatusOf(present) : prepared;
    }

    /// <summary>
    /// Takes the present object's instances where nothing differs, so that versions of an object share memory; counts a changed spec.
    /// </summary>
    private static Resource WithSharedParts(Resource present, Resource wanted)
    {
        var meta = wanted.Metadata == present.Metadata ? present.Metadata : wanted.Metadata;
        if (wanted is not IHasStatus parts) return WithSharedData(present, wanted) with { Metadata = meta };
        if (parts.SpecEquals(present))
        {
            var kept = present with { Metadata = meta };
            return parts.StatusEquals(present) ? kept : ((IHasStatus)kept).WithStatusOf(wanted);
        }
        return wanted with { Metadata = meta with { Generation = present.Metadata.Generation + 1 } };
    }

    // Most of what such objects weigh, and most of it stays when one of their texts changes.
    private static Resource WithSharedData(Resource present, Resource wanted) => (present, wanted) switch
    {
        (ConfigMap before, ConfigMap after) =>
            after with { Data = after.Data.SharedWith(before.Data), BinaryData = after.BinaryData.SharedWith(before.BinaryData) },
        (Secret before, Secret after) => after with { Data = after.Data.SharedWith(before.Data) },
        _ => wanted,
    };

    private Namespace? SpaceFor(KindDefinition kind, ObjectMeta meta)
    {
        if (!kind.Namespaced || meta.Namespace.Length == 0) return null;
        var space = (Namespace?)store.Get(new ObjectId(Namespace.Definition, new("", meta.Namespace)))
            ?? throw ApiException.NotFound(Namespace.Definition, meta.Namespace);
        return space.Metadata.DeletionTimestamp is null ? space : throw Terminating(kind, meta);
    }

    private static ApiException Terminating(KindDefinition kind, ObjectMeta meta) => new(new Status
    {
        State = "Failure", Code = 403, Reason = StatusReason.Forbidden,
        Message = $"{kind.QualifiedPlural} \"{meta.Name}\" is forbidden: unable to create new content in namespace {meta.Namespace} "
            + "because it is being terminated",
        Details = new StatusDetails
        {
            Name = meta.Name, Kind = kind.Plural, Group = kind.Group.Length == 0 ? null : kind.Group,
            Causes =
            [
                new StatusCause
                {
                    Reason = "NamespaceTerminating", Field = "metadata.namespace", Message = $"namespace {meta.Namespace} is being terminated",
                },
            ],
        },
    });
}
