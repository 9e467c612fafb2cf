using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kip.Resources;
using Kip.Resources.Duck;

namespace Kip.Rules.Admission.Eventing;

/// <summary>Defaults and rules of destinations.</summary>
internal static class DestinationRules
{
    /// <summary>The destination with its reference's namespace filled in; null stays null.</summary>
    public static T? Default<T>(T? destination, string @namespace) where T : Destination
    {
        var reference = KReferenceRules.Default(destination?.Ref, @namespace);
        return ReferenceEquals(reference, destination?.Ref) ? destination : destination! with { Ref = reference };
    }

    /// <summary>Whether nothing is said.</summary>
    public static bool IsEmpty(Destination? destination) => destination is null or { Ref: null, Uri: null or "" };

    /// <summary>A reference, an absolute URI, or a reference and a relative URI.</summary>
    public static void Validate(Destination destination, FieldErrors errors, bool allowGroup = false)
    {
        var isAbsolute = Uri.TryCreate(destination.Uri, UriKind.Absolute, out var uri) && !IsPath(destination.Uri);
        if (IsEmpty(destination)) errors.Say("expected at least one, got none", "ref", "uri");
        else if (destination.Ref is not null && isAbsolute)
            errors.Say("Absolute URI is not allowed when Ref or [apiVersion, kind, name] is present", "[apiVersion, kind, name]", "ref", "uri");
        else if (destination.Ref is null && (!isAbsolute || uri!.Host.Length == 0))
            errors.Invalid("Relative URI is not allowed when Ref and [apiVersion, kind, name] is absent", "uri");
        else if (destination.Ref is null && uri!.Scheme is not ("http" or "https"))
            errors.Invalid(destination.Uri, "uri", "events are sent by http or https");

        if (destination.Ref is { } reference)
            using (errors.In("ref")) KReferenceRules.Validate(reference, "", errors, allowGroup);
        if (destination.CACerts is { Length: > 0 } certificates) ValidateCertificates(certificates, errors);
    }

    // On Unix an absolute path passes for a file URI.
    private static bool IsPath(string? uri) => uri is ['/', ..];

    private static void ValidateCertificates(string pem, FieldErrors errors)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPem(pem);
            if (found.Count > 0) return;
        }
        catch (CryptographicException)
        {
            // Told below, in the same words as a text without any certificate.
        }
        errors.Invalid("CA Cert provided is invalid", "CACerts", "it must be certificates in PEM");
    }
}
