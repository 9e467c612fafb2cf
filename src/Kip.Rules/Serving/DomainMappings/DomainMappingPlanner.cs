using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Conditions;
using Kip.Rules.Networking;
using Kip.Rules.Serving.Configs;
using Kip.Rules.Serving.Routes;

namespace Kip.Rules.Serving.DomainMappings;

/// <summary>DomainMapping → a claim to the domain, an Ingress for it, and a Certificate where names get certificates.</summary>
public static class DomainMappingPlanner
{
    public const string DomainClaimed = "DomainClaimed";
    public const string ReferenceResolved = "ReferenceResolved";
    public const string IngressReady = "IngressReady";
    public const string CertificateProvisioned = "CertificateProvisioned";

    /// <summary>Holds a mapping that is deleted until its claim is given back.</summary>
    public const string Finalizer = "domainmappings.serving.knative.dev";

    public static readonly ConditionSet Conditions =
        ConditionSet.Living(DomainClaimed, ReferenceResolved, IngressReady, CertificateProvisioned);

    /// <summary>Decides what there should be for a mapping, and what its status should say.</summary>
    public static Plan Plan(DomainMappingView seen)
    {
        if (seen.Mapping.Metadata.DeletionTimestamp is not null) return Finalize(seen);
        var mapping = seen.Mapping;
        var conditions = Conditions.Take(mapping.Status.Conditions, seen.Now);
        if (mapping.Metadata.Generation != mapping.Status.ObservedGeneration) conditions = NotConfigured(conditions);
        var edits = new List<Edit>();
        if (!mapping.Metadata.Finalizers.Contains(Finalizer))
            edits.Add(new Edit.Update(mapping with
            {
                Metadata = mapping.Metadata with { Finalizers = [.. mapping.Metadata.Finalizers, Finalizer] },
            }));
        var scheme = seen.Config.Network.DefaultExternalScheme;

        // 1. Nobody else may have the domain.
        if (!Claim(seen, edits, ref conditions)) return Conclude(seen, edits, scheme, conditions);

        // 2. A certificate: the user's own, one that is made, or none.
        var tls = Secure(seen, edits, ref scheme, ref conditions);

        // 3. Where it leads.
        if (DomainTarget.Of(mapping.Spec.Ref ?? new(), mapping.Metadata.Namespace, seen.Target, out var error) is not { } target)
            return Conclude(seen, edits, scheme, conditions.MarkFalse(ReferenceResolved, "ResolveFailed", error));
        conditions = conditions.MarkTrue(ReferenceResolved);

        // 4. The Ingress, and what the gateway says of it.
        conditions = PlanIngress(seen, target, tls, edits, conditions);
        return Conclude(seen, edits, scheme, conditions);
    }

    private static Plan Finalize(DomainMappingView seen)
    {
        var mapping = seen.Mapping;
        if (!mapping.Metadata.Finalizers.Contains(Finalizer)) return Resources.Planning.Plan.Nothing;
        var edits = new List<Edit>();
        // Claims that somebody made by hand stay; with the setting, nobody does.
        if (seen.Config.Network.AutocreateClusterDomainClaims && seen.Claim?.Spec.Namespace == mapping.Metadata.Namespace)
            edits.Add(new Edit.Delete(seen.Claim!));
        edits.Add(new Edit.Update(mapping with
        {
            Metadata = mapping.Metadata with { Finalizers = mapping.Metadata.Finalizers.Where(static f => f != Finalizer).ToValueList() },
        }));
        return new Plan([.. edits]);
    }

    private static bool Claim(DomainMappingView seen, List<Edit> edits, ref LivingConditions conditions)
    {
        var (domain, @namespace) = (seen.Mapping.Metadata.Name, seen.Mapping.Metadata.Namespace);
        if (seen.Claim is { } claim)
        {
            var isOurs = claim.Spec.Namespace == @namespace;
            conditions = isOurs ? conditions.MarkTrue(DomainClaimed)
                : conditions.MarkFalse(DomainClaimed, "DomainAlreadyClaimed", "The domain name is already in use by another DomainMapping");
            return isOurs;
        }
        if (!seen.Config.Network.AutocreateClusterDomainClaims)
        {
            conditions = conditions.MarkFalse(DomainClaimed, "DomainClaimFailed",
                $"no ClusterDomainClaim found for domain \"{domain}\"; create one with spec.namespace \"{@namespace}\", or set "
                + "autocreate-cluster-domain-claims in config-network to true");
            return false;
        }
        edits.Add(new Edit.Create(new ClusterDomainClaim
        {
            Metadata = new ObjectMeta { Name = domain }, Spec = new ClusterDomainClaimSpec { Namespace = @namespace },
        }));
        conditions = conditions.MarkTrue(DomainClaimed);
        return true;
    }

    private static ValueList<IngressTls> Secure(DomainMappingView seen, List<Edit> edits, ref string scheme, ref LivingConditions conditions)
    {
        var (mapping, network) = (seen.Mapping, seen.Config.Network);
        var wanted = MakeCertificate(mapping, network);
        var isMade = mapping.Spec.Tls?.SecretName is not { Length: > 0 } && CertificateRules.WantsExternal(mapping.Metadata, network);
        if (!isMade && seen.Certificate is { } orphan && orphan.IsControlledBy(mapping)) edits.Add(new Edit.Delete(orphan));
        if (mapping.Spec.Tls?.SecretName is { Length: > 0 } secret)
        {
            scheme = "https";
            conditions = conditions.MarkTrue(CertificateProvisioned, "CertificateExternallyProvided", "TLS certificate was provided externally");
            return [new IngressTls { Hosts = [mapping.Metadata.Name], SecretName = secret, SecretNamespace = mapping.Metadata.Namespace }];
        }
        if (!isMade)
        {
            conditions = conditions.MarkTrue(CertificateProvisioned, CertificateRules.NotEnabled, "external-domain-tls is not enabled");
            return [];
        }
        var state = CertificateRules.Ensure(wanted, seen.Certificate, mapping, edits);
        conditions = CertificateRules.Mark(conditions, CertificateProvisioned, state, wanted.Metadata.Name, seen.Certificate, network);
        scheme = state == CertificateState.Ready || network.HttpProtocol != NetworkConfig.HttpEnabled ? "https" : "http";
        return state == CertificateState.Ready ? [CertificateRules.TlsOf(wanted)] : [];
    }

    private static Certificate MakeCertificate(DomainMapping mapping, NetworkConfig network) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = mapping.Metadata.Name,
            Namespace = mapping.Metadata.Namespace,
            Labels = StringMap.Of((ServingLabels.DomainMappingUid, mapping.Metadata.Uid ?? ""),
                (ServingLabels.CertificateType, CertificateRules.ExternalType)),
            Annotations = StringMap.Of((ServingAnnotations.CertificateClass, CertificateRules.ClassOf(mapping.Metadata, network))),
            OwnerReferences = [mapping.ControllerReference()],
        },
        Spec = new CertificateSpec { DnsNames = [mapping.Metadata.Name], Domain = mapping.Metadata.Name, SecretName = mapping.Metadata.Name },
    };

    private static LivingConditions PlanIngress(DomainMappingView seen, DomainTarget target, ValueList<IngressTls> tls, List<Edit> edits,
        LivingConditions conditions)
    {
        var existing = seen.Ingress;
        if (existing is not null && !existing.IsControlledBy(seen.Mapping))
            return conditions.MarkFalse(IngressReady, "NotOwned",
                $"There is an existing Ingress \"{existing.Metadata.Name}\" that we do not own.");
        var wanted = DomainMappingIngress.Make(seen.Mapping, target, tls, existing, seen.Config.Network);
        if (existing is not null && IngressClasses.IsGivenAway(existing, wanted))
        {
            edits.Add(new Edit.Delete(existing));
            existing = null;
            wanted = DomainMappingIngress.Make(seen.Mapping, target, tls, existing, seen.Config.Network);
        }
        if (existing is null) edits.Add(new Edit.Create(wanted));
        else if (wanted != existing) edits.Add(new Edit.Update(wanted));
        var isCurrent = existing is not null && ReferenceEquals(wanted.Spec, existing.Spec)
            && existing.Metadata.Generation == existing.Status.ObservedGeneration;
        return isCurrent ? conditions.Copy(IngressReady, existing!.Status.Conditions.Find(ConditionSet.Ready)) : NotConfigured(conditions);
    }

    private static LivingConditions NotConfigured(LivingConditions conditions) =>
        conditions.MarkUnknown(IngressReady, "IngressNotConfigured", "Ingress has not yet been reconciled.");

    private static Plan Conclude(DomainMappingView seen, List<Edit> edits, string scheme, LivingConditions conditions)
    {
        var url = PublicUrls.Of(scheme, seen.Mapping.Metadata.Name, seen.Config.Network);
        var status = seen.Mapping.Status;
        return new Plan([.. edits], seen.Mapping with
        {
            Status = status with
            {
                ObservedGeneration = seen.Mapping.Metadata.Generation,
                Url = url,
                Address = status.Address?.Url == url ? status.Address : new Addressable { Url = url },
                Conditions = conditions.ToList(),
            },
        });
    }
}
