using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.Resources;
using Kip.Resources.Certificates;
using Kip.Rules.Admission;

namespace Kip.Rules.Access;

/// <summary>Defaulting and validation of CertificateSigningRequests.</summary>
public static class SigningRequestAdmission
{
    /// <summary>The usages that a client certificate may have, and must have the last of.</summary>
    public static readonly IReadOnlyList<string> ClientUsages = ["digital signature", "key encipherment", "client auth"];

    private const int LeastSeconds = 600;

    /// <summary>The request with the name of whoever makes it; what it says of itself does not count, and its spec stays as it was made.</summary>
    public static CertificateSigningRequest Default(CertificateSigningRequest request, CertificateSigningRequest? old, UserInfo user) => request with
    {
        Spec = old?.Spec ?? request.Spec with
        {
            Username = user.Name, Uid = user.Uid.Length == 0 ? null : user.Uid, Groups = user.Groups, Extra = ExtraOf(user),
        },
    };

    public static void Validate(CertificateSigningRequest request, FieldErrors errors)
    {
        using var _ = errors.In("spec");
        if (!IsPem(request.Spec.Request)) errors.InvalidValue(request.Spec.Request ?? "", "request", "PEM block type must be CERTIFICATE REQUEST");
        if (string.IsNullOrEmpty(request.Spec.SignerName)) errors.RequiredValue("signerName");
        else if (!request.Spec.SignerName.Contains('/'))
            errors.InvalidValue(request.Spec.SignerName, "signerName", "must be a fully qualified domain and path of the form 'example.com/signer-name'");
        if (request.Spec.Usages.IsEmpty) errors.RequiredValue("usages", "usages are required");
        if (request.Spec.ExpirationSeconds is { } seconds and < LeastSeconds)
            errors.InvalidValue(seconds, "expirationSeconds", "may not specify a duration less than 600 seconds (10 minutes)");
    }

    /// <summary>What the approval subresource may change: conditions of approval, once and for good.</summary>
    /// <returns>The stored object with the conditions; null when they say both, or take back what was said.</returns>
    public static CertificateSigningRequest? Decided(CertificateSigningRequest stored, CertificateSigningRequest said, DateTimeOffset now)
    {
        static bool Decides(SigningCondition condition) => condition.Type is SigningCondition.Approved or SigningCondition.Denied;
        var conditions = stored.Status.Conditions.ToList();
        foreach (var condition in said.Status.Conditions.Where(Decides))
            if (conditions.All(known => known.Type != condition.Type))
                conditions.Add(condition with
                {
                    Status = condition.Status ?? "True", LastUpdateTime = condition.LastUpdateTime ?? now,
                    LastTransitionTime = condition.LastTransitionTime ?? now,
                });
        var takenBack = stored.Status.Conditions.Where(Decides).Any(known => said.Status.Conditions.All(condition => condition.Type != known.Type));
        if (takenBack || conditions.Count(Decides) > 1) return null;
        return stored with { Status = stored.Status with { Conditions = [.. conditions] } };
    }

    private static bool IsPem(string? base64)
    {
        if (string.IsNullOrEmpty(base64)) return false;
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var count)
            && System.Text.Encoding.UTF8.GetString(bytes, 0, count).TrimStart().StartsWith("-----BEGIN CERTIFICATE REQUEST-----", StringComparison.Ordinal);
    }

    private static RawJson? ExtraOf(UserInfo user)
    {
        if (user.Extra.Count == 0) return null;
        var json = new JsonObject();
        foreach (var (key, values) in user.Extra) json[key] = new JsonArray([.. values.Select(static value => (JsonNode)JsonValue.Create(value))]);
        return new RawJson(json.ToJsonString());
    }
}
