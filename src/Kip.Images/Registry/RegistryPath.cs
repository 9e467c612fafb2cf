using System.Diagnostics.CodeAnalysis;
using Kip.Images.References;

namespace Kip.Images.Registry;

internal enum RegistryEndpointKind
{
    Base,
    Catalog,
    Tags,
    Manifest,
    Blob,
    Uploads,
    Upload,
    Referrers,
}

/// <summary>What a path below <c>/v2/</c> names. A repository's own parts may be called like endpoints, so the path is read from its end.</summary>
internal readonly record struct RegistryPath(RegistryEndpointKind Kind, string Repository, string Reference)
{
    /// <summary>False when the path is none of the distribution specification's.</summary>
    public static bool TryParse(string path, out RegistryPath parsed)
    {
        parsed = default;
        if (path is "/v2" or "/v2/") return Is(RegistryEndpointKind.Base, "", "", out parsed);
        if (path == "/v2/_catalog") return Is(RegistryEndpointKind.Catalog, "", "", out parsed);
        if (!path.StartsWith("/v2/", StringComparison.Ordinal)) return false;
        var rest = path["/v2/".Length..];
        if (Before(rest, "/tags/list") is { } listed) return Is(RegistryEndpointKind.Tags, listed, "", out parsed);
        if (Before(rest.TrimEnd('/'), "/blobs/uploads") is { } target) return Is(RegistryEndpointKind.Uploads, target, "", out parsed);
        var slash = rest.LastIndexOf('/');
        if (slash < 0) return false;
        var (head, reference) = (rest[..slash], rest[(slash + 1)..]);
        if (Before(head, "/blobs/uploads") is { } uploading) return Is(RegistryEndpointKind.Upload, uploading, reference, out parsed);
        if (Before(head, "/manifests") is { } holder) return Is(RegistryEndpointKind.Manifest, holder, reference, out parsed);
        if (Before(head, "/blobs") is { } keeper) return Is(RegistryEndpointKind.Blob, keeper, reference, out parsed);
        return Before(head, "/referrers") is { } subject && Is(RegistryEndpointKind.Referrers, subject, reference, out parsed);
    }

    /// <summary>The repository's name in the store.</summary>
    public string StoredName => $"{ImageReference.OwnRegistry}/{Repository}";

    /// <summary>The reference as a digest.</summary>
    /// <exception cref="RegistryError">It is none.</exception>
    public Digest Digest => References.Digest.TryParse(Reference, out var digest)
        ? digest
        : throw RegistryError.DigestInvalid($"\"{Reference}\" is no digest of the form sha256:… with 64 hexadecimal digits");

    private static string? Before(string path, string suffix) =>
        path.EndsWith(suffix, StringComparison.Ordinal) && path.Length > suffix.Length ? path[..^suffix.Length] : null;

    private static bool Is(RegistryEndpointKind kind, string repository, string reference, [NotNullWhen(true)] out RegistryPath parsed)
    {
        parsed = new(kind, repository, reference);
        return true;
    }
}
