using System.Text.Json;
using Kip.Images.Manifests;
using Kip.Images.References;
using Kip.Images.Storage;
using Microsoft.AspNetCore.Http;

namespace Kip.Images.Registry;

/// <summary>Pulling, pushing and deleting manifests, and finding what refers to one.</summary>
internal sealed class ManifestEndpoints(LocalImages images)
{
    private const int MaxReferrers = 1000;

    /// <summary><c>GET</c> and <c>HEAD</c> by tag or digest.</summary>
    public async Task ReadAsync(HttpContext http, RegistryPath path)
    {
        var digest = Find(path) ?? throw RegistryError.ManifestUnknown(path.Reference);
        var mediaType = images.Repositories.ManifestType(path.StoredName, digest);
        var bytes = mediaType is null ? null : await images.Content.ReadAsync(digest, ManifestDocument.MaxBytes, http.RequestAborted);
        if (bytes is null) throw RegistryError.ManifestUnknown(path.Reference);
        http.Response.Headers["Docker-Content-Digest"] = digest.ToString();
        http.Response.Headers.ETag = $"\"{digest}\"";
        http.Response.ContentType = mediaType;
        http.Response.ContentLength = bytes.Length;
        if (HttpMethods.IsGet(http.Request.Method)) await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    /// <summary><c>PUT</c>: by tag, or by the digest that it must have.</summary>
    public async Task PutAsync(HttpContext http, RegistryPath path)
    {
        var document = await ReadBodyAsync(http);
        // The body's last piece came on a socket's thread, which must not wait for files.
        await Task.Yield();
        var byDigest = path.Reference.Contains(':');
        if (byDigest && path.Digest != document.Digest) throw RegistryError.DigestInvalid($"the manifest's digest is {document.Digest}, not {path.Reference}");
        if (!byDigest && !ImageReference.IsTag(path.Reference)) throw new RegistryError(400, "TAG_INVALID", $"\"{path.Reference}\" cannot be a tag");
        Check(path, document);
        await images.Content.PutAsync(document.Bytes, http.RequestAborted);
        images.Repositories.AddManifest(path.StoredName, document.Digest, document.MediaType);
        if (document.Subject is { } subject)
        {
            images.Repositories.AddReferrer(path.StoredName, subject.Content, document.Digest);
            http.Response.Headers["OCI-Subject"] = subject.Digest;
        }
        if (!byDigest) images.Repositories.SetTag(path.StoredName, path.Reference, document.Digest, TagOrigin.Pushed);
        http.Response.StatusCode = 201;
        http.Response.Headers.Location = $"/v2/{path.Repository}/manifests/{document.Digest}";
        http.Response.Headers["Docker-Content-Digest"] = document.Digest.ToString();
    }

    /// <summary><c>DELETE</c>: a tag alone, or a manifest with all its tags.</summary>
    public async Task DeleteAsync(HttpContext http, RegistryPath path)
    {
        http.Response.StatusCode = 202;
        if (!path.Reference.Contains(':'))
        {
            if (!images.Repositories.RemoveTag(path.StoredName, path.Reference)) throw RegistryError.ManifestUnknown(path.Reference);
            return;
        }
        var subject = (await images.ManifestAsync(path.Digest, http.RequestAborted))?.Subject;
        if (!images.Repositories.RemoveManifest(path.StoredName, path.Digest)) throw RegistryError.ManifestUnknown(path.Reference);
        if (subject is not null) images.Repositories.RemoveReferrer(path.StoredName, subject.Content, path.Digest);
    }

    /// <summary><c>GET /v2/NAME/referrers/DIGEST</c>: an index of what says something about a manifest, perhaps of one type only.</summary>
    public async Task ReferrersAsync(HttpContext http, RegistryPath path)
    {
        var type = http.Request.Query["artifactType"] is [{ Length: > 0 } asked] ? asked : null;
        var found = new List<Descriptor>();
        foreach (var digest in images.Repositories.Referrers(path.StoredName, path.Digest).OrderBy(static d => d.Hex, StringComparer.Ordinal))
        {
            if (found.Count == MaxReferrers) break;
            if (images.Repositories.ManifestType(path.StoredName, digest) is null
                || await images.ManifestAsync(digest, http.RequestAborted) is not { } document)
                continue;
            if (type is not null && document.ArtifactType != type) continue;
            found.Add(new Descriptor
            {
                MediaType = document.MediaType, Digest = digest.ToString(), Size = document.Bytes.Length, ArtifactType = document.ArtifactType,
                Annotations = document.Annotations,
            });
        }
        if (type is not null) http.Response.Headers["OCI-Filters-Applied"] = "artifactType";
        http.Response.ContentType = MediaTypes.OciIndex;
        var index = new ManifestContent { SchemaVersion = 2, MediaType = MediaTypes.OciIndex, Manifests = [.. found] };
        await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(index, ManifestJson.Default.ManifestContent), http.RequestAborted);
    }

    private Digest? Find(RegistryPath path)
    {
        if (path.Reference.Contains(':')) return path.Digest;
        return ImageReference.IsTag(path.Reference) ? images.Repositories.Tag(path.StoredName, path.Reference)?.Digest : null;
    }

    private static async Task<ManifestDocument> ReadBodyAsync(HttpContext http)
    {
        var body = new MemoryStream();
        var buffer = new byte[16 << 10];
        for (int read; (read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0; body.Write(buffer, 0, read))
            if (body.Length + read > ManifestDocument.MaxBytes)
                throw new RegistryError(413, "SIZE_INVALID", $"a manifest may have {ManifestDocument.MaxBytes} bytes at most");
        try
        {
            return ManifestDocument.Read(body.ToArray(), http.Request.ContentType);
        }
        catch (ManifestException wrong)
        {
            throw new RegistryError(400, "MANIFEST_INVALID", wrong.Message);
        }
    }

    // The images of an index may be left out: a sparse index names platforms that nobody here needs.
    private void Check(RegistryPath path, ManifestDocument document)
    {
        foreach (var blob in document.Blobs)
        {
            if (!images.Repositories.HasBlob(path.StoredName, blob.Content) || images.Content.SizeOf(blob.Content) is not { } size)
                throw new RegistryError(
                    404, "MANIFEST_BLOB_UNKNOWN", $"the manifest names the blob {blob.Digest}, which the repository does not have; push it first");
            if (size != blob.Size)
                throw new RegistryError(400, "MANIFEST_INVALID", $"the manifest says that {blob.Digest} has {blob.Size} bytes; it has {size}");
        }
    }
}
