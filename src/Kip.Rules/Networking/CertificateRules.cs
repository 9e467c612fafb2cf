using System.Globalization;
using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Resources.Planning;
using Kip.Resources.Serving;
using Kip.Rules.Conditions;
using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Networking;

/// <summary>How far a Certificate is, the least first.</summary>
public enum CertificateState
{
    /// <summary>An object of that name is somebody else's.</summary>
    NotOwned,

    /// <summary>The issuer said no.</summary>
    Failed,

    /// <summary>Asked for, not there yet.</summary>
    Pending,
    Ready,
}

/// <summary>What Routes and DomainMappings have in common about certificates.</summary>
public static class CertificateRules
{
    public const string NotEnabled = "TLSNotEnabled";
    public const string ExternalType = "external-domain";
    public const string LocalType = "cluster-local-domain";

    private const uint AdlerModulus = 65521;

    /// <summary>Whether public names of this object get certificates.</summary>
    public static bool WantsExternal(ObjectMeta metadata, NetworkConfig config) => config.ExternalDomainTls
        && GoBool.Parse(
            metadata.Annotations.Get(ServingAnnotations.DisableAutoTls) ?? metadata.Annotations.Get(ServingAnnotations.DisableAutoTlsAlias)
                ?? metadata.Annotations.Get(ServingAnnotations.DisableExternalDomainTls)) is not true;

    /// <summary>Who is to issue: the annotation, else the platform's default.</summary>
    public static string ClassOf(ObjectMeta metadata, NetworkConfig config) =>
        metadata.Annotations.Get(ServingAnnotations.CertificateClass) ?? metadata.Annotations.Get(ServingAnnotations.CertificateClassAlias)
        ?? config.CertificateClass;

    /// <summary><c>route-UID</c>, and for a tag <c>route-UID-N</c> with the Adler-32 sum of the tag.</summary>
    public static string NameFor(Route route, string tag) =>
        tag.Length == 0 ? $"route-{route.Metadata.Uid}" : $"route-{route.Metadata.Uid}-{Adler32(tag).ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The entry of an Ingress for a certificate that is there.</summary>
    public static IngressTls TlsOf(Certificate certificate) => new()
    {
        Hosts = certificate.Spec.DnsNames, SecretName = certificate.Spec.SecretName, SecretNamespace = certificate.Metadata.Namespace,
    };

    /// <summary>Whether plain HTTP is served beside HTTPS for this object: the annotation, else the platform's default.</summary>
    public static string HttpOption(ObjectMeta metadata, NetworkConfig config)
    {
        var stated = metadata.Annotations.Get(ServingAnnotations.HttpOption) ?? metadata.Annotations.Get(ServingAnnotations.HttpProtocol);
        return stated is null ? config.HttpProtocol
            : stated.Equals(NetworkConfig.HttpRedirected, StringComparison.OrdinalIgnoreCase) ? NetworkConfig.HttpRedirected
            : NetworkConfig.HttpEnabled;
    }

    /// <summary>Asks for the certificate if it is not there as wanted, and says how far it is.</summary>
    public static CertificateState Ensure(Certificate wanted, Certificate? existing, Resource owner, List<Edit> edits)
    {
        if (existing is null)
        {
            edits.Add(new Edit.Create(wanted));
            return CertificateState.Pending;
        }
        if (!existing.IsControlledBy(owner)) return CertificateState.NotOwned;
        if (existing.Spec != wanted.Spec || existing.Metadata.Annotations != wanted.Metadata.Annotations)
        {
            edits.Add(new Edit.Update(existing with
            {
                Spec = wanted.Spec, Metadata = existing.Metadata with { Annotations = wanted.Metadata.Annotations, Labels = wanted.Metadata.Labels },
            }));
            return CertificateState.Pending;
        }
        if (existing.Status.ObservedGeneration != existing.Metadata.Generation) return CertificateState.Pending;
        return existing.Status.Conditions.IsTrue(ConditionSet.Ready) ? CertificateState.Ready
            : existing.Status.Conditions.IsFalse(ConditionSet.Ready) ? CertificateState.Failed
            : CertificateState.Pending;
    }

    /// <summary>Says in a condition how far the certificate is, in Knative's words.</summary>
    public static LivingConditions Mark(LivingConditions conditions, string type, CertificateState state, string name, Certificate? existing,
        NetworkConfig config)
    {
        var reason = existing?.Status.Conditions.Find(ConditionSet.Ready)?.Reason ?? "";
        return state switch
        {
            CertificateState.Ready => conditions.MarkTrue(type),
            CertificateState.NotOwned =>
                conditions.MarkFalse(type, "CertificateNotOwned", $"There is an existing certificate {name} that we don't own."),
            _ when config.HttpProtocol == NetworkConfig.HttpEnabled =>
                conditions.MarkTrue(type, "HTTPDowngrade", $"Certificate {name} is not ready downgrade HTTP."),
            CertificateState.Failed =>
                conditions.MarkFalse(type, "CertificateProvisionFailed", $"Certificate {name} fails to be provisioned: {reason}"),
            _ => conditions.MarkUnknown(type, "CertificateNotReady", $"Certificate {name} is not ready: {reason}"),
        };
    }

    private static uint Adler32(string text)
    {
        var (low, high) = (1u, 0u);
        foreach (var b in System.Text.Encoding.UTF8.GetBytes(text))
        {
            low = (low + b) % AdlerModulus;
            high = (high + low) % AdlerModulus;
        }
        return (high << 16) | low;
    }
}
