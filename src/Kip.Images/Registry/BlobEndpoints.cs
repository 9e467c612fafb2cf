using Kip.Images.References;
using Kip.Images.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Kip.Images.Registry;

/// <summary>Pulling and deleting blobs.</summary>
internal sealed class BlobEndpoints(LocalImages images)
{
    /// <summary><c>GET</c> and <c>HEAD</c>, also of a part.</summary>
    public async Task ReadAsync(HttpContext http, RegistryPath path)
    {
        var digest = path.Digest;
        if (!images.Repositories.HasBlob(path.StoredName, digest) || images.Content.SizeOf(digest) is not { } size)
            throw RegistryError.BlobUnknown(path.Reference);
        // Who asks whether a blob is there will not send it: it must outlive the push.
        if (HttpMethods.IsHead(http.Request.Method) && images.Content.Touch(digest)) images.Repositories.AddBlob(path.StoredName, digest);
        var headers = http.Response.Headers;
        headers["Docker-Content-Digest"] = digest.ToString();
        headers.ContentType = "application/octet-stream";
        headers.AcceptRanges = "bytes";
        headers.ETag = $"\"{digest}\"";
        // Content never changes under its digest.
        headers.CacheControl = "max-age=31536000, immutable";
        var (from, length) = Part(http, size);
        headers.ContentLength = length;
        if (length < size) headers.ContentRange = $"bytes {from}-{from + length - 1}/{size}";
        http.Response.StatusCode = length < size ? 206 : 200;
        if (HttpMethods.IsHead(http.Request.Method) || length == 0) return;
        await http.Response.SendFileAsync(images.Content.PathOf(digest), from, length, http.RequestAborted);
    }

    /// <summary><c>DELETE</c>: the blob is the repository's no more. Its bytes go with the next collection, if nothing else has it.</summary>
    public void Delete(HttpContext http, RegistryPath path)
    {
        if (!images.Repositories.RemoveBlob(path.StoredName, path.Digest)) throw RegistryError.BlobUnknown(path.Reference);
        http.Response.StatusCode = 202;
    }

    // One range is answered in part; several, or none that can be understood, are answered with everything, as HTTP allows.
    private static (long From, long Length) Part(HttpContext http, long size)
    {
        if (!RangeHeaderValue.TryParse(http.Request.Headers.Range.ToString(), out var range)
            || range is not { Unit.Value: "bytes", Ranges: { Count: 1 } ranges })
            return (0, size);
        var only = ranges.First();
        var from = only.From ?? Math.Max(0, size - only.To!.Value);
        var to = only.From is null ? size - 1 : Math.Min(only.To ?? (size - 1), size - 1);
        if (from > to)
        {
            http.Response.Headers.ContentRange = $"bytes */{size}";
            throw new RegistryError(416, "SIZE_INVALID", $"the blob has {size} bytes");
        }
        return (from, to - from + 1);
    }
}
