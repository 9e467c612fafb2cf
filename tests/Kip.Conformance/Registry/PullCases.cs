using System.Text;

namespace Kip.Conformance.Registry;

/// <summary>Pull: manifests by tag and digest, blobs, and what is not there.</summary>
internal static class PullCases
{
    private const string Source = "OCI distribution-spec v1.1, Pull";

    public static IReadOnlyList<RegistryCase> All { get; } =
    [
        new(
            "registry/pull/base", "GET /v2/ answers 200 to whoever is let in", Source,
            static async door => Expect.Equal(200, await door.StatusAsync(HttpMethod.Get, "/v2/"))),
        new("registry/pull/manifest", "A manifest is read by tag and by digest, byte for byte, with its type and digest", Source, ManifestAsync),
        new("registry/pull/manifest-head", "HEAD of a manifest tells its type, length and digest", Source, ManifestHeadAsync),
        new("registry/pull/blob", "A blob is read by digest, byte for byte; HEAD tells its length", Source, BlobAsync),
        new("registry/pull/blob-range", "A part of a blob is read by Range", Source, BlobRangeAsync),
        new("registry/pull/unknown", "What is not there is 404 with the specification's error", Source, UnknownAsync),
    ];

    private static async Task ManifestAsync(RegistryDoor door)
    {
        var manifest = await door.PushImageAsync("v1", "hello");
        foreach (var reference in (string[])["v1", RegistryDoor.DigestOf(manifest)])
        {
            using var read = await door.SendAsync(HttpMethod.Get, $"{door.Repository}/manifests/{reference}", headers: ("Accept", RegistryDoor.Manifest));
            Expect.Equal(200, (int)read.StatusCode);
            Expect.Equal(RegistryDoor.Manifest, read.Content.Headers.ContentType?.ToString());
            Expect.Equal(RegistryDoor.DigestOf(manifest), RegistryDoor.DigestOf(await read.Content.ReadAsByteArrayAsync()));
            Expect.Equal(RegistryDoor.DigestOf(manifest), read.Headers.GetValues("Docker-Content-Digest").Single());
        }
    }

    private static async Task ManifestHeadAsync(RegistryDoor door)
    {
        var manifest = await door.PushImageAsync("v1", "hello");
        using var head = await door.SendAsync(HttpMethod.Head, $"{door.Repository}/manifests/v1");
        Expect.Equal(200, (int)head.StatusCode);
        Expect.Equal(manifest.Length, head.Content.Headers.ContentLength ?? -1);
        Expect.Equal(RegistryDoor.DigestOf(manifest), head.Headers.GetValues("Docker-Content-Digest").Single());
    }

    private static async Task BlobAsync(RegistryDoor door)
    {
        var content = Encoding.UTF8.GetBytes(new string('b', 100_000));
        var digest = await door.PushBlobAsync(content);
        using var read = await door.SendAsync(HttpMethod.Get, $"{door.Repository}/blobs/{digest}");
        Expect.Equal(200, (int)read.StatusCode);
        Expect.Equal(digest, RegistryDoor.DigestOf(await read.Content.ReadAsByteArrayAsync()));
        using var head = await door.SendAsync(HttpMethod.Head, $"{door.Repository}/blobs/{digest}");
        Expect.Equal(200, (int)head.StatusCode);
        Expect.Equal(content.Length, head.Content.Headers.ContentLength ?? -1);
    }

    private static async Task BlobRangeAsync(RegistryDoor door)
    {
        var digest = await door.PushBlobAsync("0123456789"u8.ToArray());
        foreach (var (range, part, status) in ((string, string, int)[])[(
            "bytes=2-4", "234", 206), ("bytes=7-", "789", 206), ("bytes=-2", "89", 206), ("bytes=5-100", "56789", 206)])
        {
            using var read = await door.SendAsync(HttpMethod.Get, $"{door.Repository}/blobs/{digest}", headers: ("Range", range));
            Expect.Equal(status, (int)read.StatusCode);
            Expect.Equal(part, await read.Content.ReadAsStringAsync());
        }
        using var beyond = await door.SendAsync(HttpMethod.Get, $"{door.Repository}/blobs/{digest}", headers: ("Range", "bytes=10-"));
        Expect.Equal(416, (int)beyond.StatusCode);
    }

    private static async Task UnknownAsync(RegistryDoor door)
    {
        await door.PushImageAsync("v1", "hello");
        var absent = $"sha256:{new string('a', 64)}";
        foreach (var (path, code) in ((string, string)[])[(
            "manifests/none", "MANIFEST_UNKNOWN"), ($"manifests/{absent}", "MANIFEST_UNKNOWN"), ($"blobs/{absent}", "BLOB_UNKNOWN")])
        {
            using var read = await door.SendAsync(HttpMethod.Get, $"{door.Repository}/{path}");
            Expect.Equal(404, (int)read.StatusCode);
            Expect.Contains(code, await read.Content.ReadAsStringAsync());
            Expect.Equal(404, await door.StatusAsync(HttpMethod.Head, $"{door.Repository}/{path}"));
        }
    }
}
