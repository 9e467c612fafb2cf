using System.Security.Cryptography;
using System.Text;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Registry.Loops;
using Kip.ApiServer.Storage;
using Kip.Resources;
using Kip.Resources.Certificates;
using Kip.Rules.Access;

namespace Kip.ApiServer.Security.Signing;

/// <summary>Signs approved requests for client certificates with Kip's CA. Requests to other signers are left to those.</summary>
internal sealed class ClientCertificateSigner(Store store, ResourceWriter writer, CertificateAuthority authority, TimeProvider time) : IStoreLoop
{
    private static readonly TimeSpan Usual = TimeSpan.FromDays(365);
    private static readonly RequestContext Context = new("system:serviceaccount:kube-system:certificate-controller", Durable: false);

    public IReadOnlyList<KindDefinition> Follows { get; } = [CertificateSigningRequest.Definition];

    public IEnumerable<ObjectId> First(Resource resource) => IsDue(resource) ? [ObjectId.Of(resource)] : [];

    public IEnumerable<ObjectId> Concerned(Change change) => IsDue(change.New) ? [ObjectId.Of(change.New!)] : [];

    public void Process(ObjectId id)
    {
        if (store.Get(id) is not CertificateSigningRequest request || !IsDue(request)) return;
        var status = StatusOf(request);
        writer.Modify(id.Kind, id.Name, "status", present => (CertificateSigningRequest)present with { Status = status }, Context);
    }

    private static bool IsDue(Resource? resource) =>
        resource is CertificateSigningRequest { Spec.SignerName: CertificateSigningRequest.ApiClientSigner, Status.Certificate: null } request
        && request.Condition(SigningCondition.Approved) is not null && request.Condition(SigningCondition.Failed) is null
        && request.Condition(SigningCondition.Denied) is null;

    private CertificateSigningRequestStatus StatusOf(CertificateSigningRequest request)
    {
        var now = time.GetUtcNow();
        try
        {
            var spec = request.Spec;
            if (!spec.Usages.Contains("client auth") || spec.Usages.Any(static usage => !SigningRequestAdmission.ClientUsages.Contains(usage)))
                throw new CryptographicException(
                    $"usages must be client auth, and beside it only {string.Join(" and ", SigningRequestAdmission.ClientUsages.Take(2))}");
            var lifetime = spec.ExpirationSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Usual;
            var pem = authority.SignClient(Encoding.UTF8.GetString(Convert.FromBase64String(spec.Request!)), lifetime < Usual ? lifetime : Usual, now);
            return request.Status with { Certificate = Convert.ToBase64String(Encoding.UTF8.GetBytes(pem)) };
        }
        catch (Exception failure) when (failure is CryptographicException or FormatException or ArgumentException or NotSupportedException)
        {
            var failed = new SigningCondition
            {
                Type = SigningCondition.Failed, Status = "True", Reason = "SignerValidationFailure", Message = failure.Message, LastUpdateTime = now,
                LastTransitionTime = now,
            };
            return request.Status with { Conditions = [.. request.Status.Conditions, failed] };
        }
    }
}
