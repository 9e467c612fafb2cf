using System.Globalization;
using System.Text;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Networking;
using Kip.Resources.Planning;
using Kip.Rules.Conditions;

namespace Kip.Rules.Networking;

/// <summary>A certificate as it was issued.</summary>
/// <param name="KeyPem">Not to be logged.</param>
public sealed record IssuedPair(string CertificatePem, string KeyPem, DateTimeOffset NotAfter);

/// <summary>What the planner sees of one Certificate.</summary>
/// <param name="Certificate">It is of the class that the platform's own authority serves.</param>
/// <param name="Secret">The Secret that it names, whoever owns it; null when there is none.</param>
public sealed record CertificateView(Certificate Certificate, Secret? Secret, DateTimeOffset Now);

/// <summary>Certificate → a Secret of type <c>kubernetes.io/tls</c>, renewed in time.</summary>
public static class CertificatePlanner
{
    private const string SecretType = "kubernetes.io/tls";
    private const string UidLabel = "networking.internal.knative.dev/certificate-uid";
    private const string NamesAnnotation = "kip.dev/dns-names";
    private const string NotAfterAnnotation = "kip.dev/not-after";

    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(10);

    public static readonly ConditionSet Conditions = ConditionSet.Living();

    /// <summary>Decides what the Secret should hold, and what the status should say.</summary>
    /// <param name="issue">Makes a certificate for names; asked only when one is needed.</param>
    public static Plan Plan(CertificateView seen, Func<ValueList<string>, IssuedPair> issue)
    {
        var (certificate, secret) = (seen.Certificate, seen.Secret);
        var conditions = Conditions.Take(certificate.Status.Conditions, seen.Now);
        if (secret is not null && !secret.IsControlledBy(certificate))
            return Conclude(certificate, [], certificate.Status.NotAfter, conditions.MarkFalse(ConditionSet.Ready, "SecretNotOwned",
                $"There is an existing Secret \"{secret.Metadata.Name}\" that we do not own."), null);
        if (secret is not null && NotAfter(secret) is { } present && present - seen.Now > RenewBefore && IsFor(secret, certificate))
        {
            var renewal = present - RenewBefore - seen.Now;
            return Conclude(certificate, [], present, conditions.MarkTrue(ConditionSet.Ready), renewal < LongestWait ? renewal : LongestWait);
        }
        var issued = issue(certificate.Spec.DnsNames);
        var wanted = Make(certificate, secret, issued);
        return Conclude(certificate, [secret is null ? new Edit.Create(wanted) : new Edit.Update(wanted)], issued.NotAfter,
            conditions.MarkTrue(ConditionSet.Ready), LongestWait);
    }

    private static bool IsFor(Secret secret, Certificate certificate) =>
        secret.Metadata.Annotations.Get(NamesAnnotation) == string.Join(',', certificate.Spec.DnsNames)
        && secret.Data.ContainsKey("tls.crt") && secret.Data.ContainsKey("tls.key");

    private static DateTimeOffset? NotAfter(Secret secret) =>
        DateTimeOffset.TryParse(secret.Metadata.Annotations.Get(NotAfterAnnotation), CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    private static Secret Make(Certificate certificate, Secret? existing, IssuedPair issued)
    {
        var metadata = existing?.Metadata ?? new ObjectMeta
        {
            Name = certificate.Spec.SecretName!, Namespace = certificate.Metadata.Namespace, OwnerReferences = [certificate.ControllerReference()],
        };
        return (existing ?? new Secret { Type = SecretType }) with
        {
            Metadata = metadata with
            {
                Labels = metadata.Labels.With(UidLabel, certificate.Metadata.Uid ?? ""),
                Annotations = metadata.Annotations.With(NamesAnnotation, string.Join(',', certificate.Spec.DnsNames))
                    .With(NotAfterAnnotation, issued.NotAfter.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
            },
            Data = StringMap.Of(("tls.crt", Base64(issued.CertificatePem)), ("tls.key", Base64(issued.KeyPem))),
        };
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static Plan Conclude(Certificate certificate, ValueList<Edit> edits, DateTimeOffset? notAfter, LivingConditions conditions,
        TimeSpan? lookAgain)
    {
        return new(edits, certificate with
        {
            Status = certificate.Status with
            {
                ObservedGeneration = certificate.Metadata.Generation, NotAfter = notAfter?.WholeSeconds(), Conditions = conditions.ToList(),
            },
        }, lookAgain);
    }
}
