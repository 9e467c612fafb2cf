using System.Text;

namespace Kip.Conformance.Registry;

/// <summary>Push: blobs in one piece, in pieces, by mount; manifests; and what is refused.</summary>
internal static class PushCases
{
    private const string Source = "OCI distribution-spec v1.1, Push";
    private static readonly byte[] Content = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(static i => $"{i},")));

    public static IReadOnlyList<RegistryCase> All { get; } =
    [
        new("registry/push/post-put", "A blob is pushed by POST, then PUT", Source, PostPutAsync),
        new("registry/push/single-post", "A blob is pushed by one POST", Source, SinglePostAsync),
        new("registry/push/streamed", "A blob is pushed by one PATCH without a range, then PUT", Source, StreamedAsync),
        new("registry/push/chunked", "A blob is pushed piece by piece, and the upload tells how far it is", Source, ChunkedAsync),
        new("registry/push/chunk-out-of-order", "A piece that does not follow is 416, and the upload goes on", Source, OutOfOrderAsync),
        new("registry/push/cancel", "An upload that is deleted is gone", Source, CancelAsync),
        new("registry/push/wrong-digest", "Content with another digest is refused", Source, WrongDigestAsync),
        new("registry/push/mount", "A blob of another repository is mounted without being sent; one that is not there begins an upload", Source, MountAsync),
        new("registry/push/manifest", "A manifest is pushed by tag and by digest", Source, ManifestAsync),
        new("registry/push/empty-layers", "A manifest without layers is accepted", Source, EmptyLayersAsync),
        new(
            "registry/push/manifest-refused", "A manifest that is malformed, names what is missing, or has another digest is refused", Source,
            ManifestRefusedAsync),
        new("registry/push/index", "An index of images is pushed and read", Source, IndexAsync),
    ];

    private static async Task PostPutAsync(RegistryDoor door)
    {
        var digest = await door.PushBlobAsync(Content);
        Expect.Equal(200, await door.StatusAsync(HttpMethod.Head, $"{door.Repository}/blobs/{digest}"));
    }

    private static async Task SinglePostAsync(RegistryDoor door)
    {
        var digest = RegistryDoor.DigestOf(Content);
        using var posted = await door.SendAsync(HttpMethod.Post, $"{door.Repository}/blobs/uploads/?digest={digest}", Content, "application/octet-stream");
        Expect.That((int)posted.StatusCode is 201 or 202, $"expected 201 or 202, got {(int)posted.StatusCode}");
        if ((int)posted.StatusCode == 202)
            Expect.Equal(201, await door.StatusAsync(
                HttpMethod.Put, RegistryDoor.With(RegistryDoor.Location(posted), $"digest={digest}"), Content, "application/octet-stream"));
        Expect.Equal(200, await door.StatusAsync(HttpMethod.Head, $"{door.Repository}/blobs/{digest}"));
    }

    private static async Task StreamedAsync(RegistryDoor door)
    {
        var digest = RegistryDoor.DigestOf(Content);
        using var patched = await door.SendAsync(HttpMethod.Patch, await door.BeginAsync(), Content, "application/octet-stream");
        Expect.Equal(202, (int)patched.StatusCode);
        using var put = await door.SendAsync(
            HttpMethod.Put, RegistryDoor.With(RegistryDoor.Location(patched), $"digest={digest}"), [], "application/octet-stream");
        Expect.Equal(201, (int)put.StatusCode);
        Expect.Equal(200, await door.StatusAsync(HttpMethod.Get, RegistryDoor.Location(put)));
    }

    private static async Task ChunkedAsync(RegistryDoor door)
    {
        var location = await door.BeginAsync();
        var half = Content.Length / 2;
        using var first = await door.SendAsync(
            HttpMethod.Patch, location, Content[..half], "application/octet-stream", headers: ("Content-Range", $"0-{half - 1}"));
        Expect.Equal(202, (int)first.StatusCode);
        Expect.Equal($"0-{half - 1}", first.Headers.GetValues("Range").Single());
        using var status = await door.SendAsync(HttpMethod.Get, RegistryDoor.Location(first));
        Expect.Equal(204, (int)status.StatusCode);
        Expect.Equal($"0-{half - 1}", status.Headers.GetValues("Range").Single());
        using var second = await door.SendAsync(
            HttpMethod.Patch, RegistryDoor.Location(status), Content[half..], "application/octet-stream",
            headers: ("Content-Range", $"{half}-{Content.Length - 1}"));
        Expect.Equal(202, (int)second.StatusCode);
        Expect.Equal(201, await door.StatusAsync(HttpMethod.Put, RegistryDoor.With(RegistryDoor.Location(second), $"digest={RegistryDoor.DigestOf(Content)}")));
    }

    private static async Task OutOfOrderAsync(RegistryDoor door)
    {
        var location = await door.BeginAsync();
        using var early = await door.SendAsync(
            HttpMethod.Patch, location, Content[100..], "application/octet-stream", headers: ("Content-Range", $"100-{Content.Length - 1}"));
        Expect.Equal(416, (int)early.StatusCode);
        using var right = await door.SendAsync(HttpMethod.Patch, location, Content[..100], "application/octet-stream", headers: ("Content-Range", "0-99"));
        Expect.Equal(202, (int)right.StatusCode);
        using var last = await door.SendAsync(
            HttpMethod.Put, RegistryDoor.With(RegistryDoor.Location(right), $"digest={RegistryDoor.DigestOf(Content)}"), Content[100..],
            "application/octet-stream", headers: ("Content-Range", $"100-{Content.Length - 1}"));
        Expect.Equal(201, (int)last.StatusCode);
    }

    private static async Task CancelAsync(RegistryDoor door)
    {
        var location = await door.BeginAsync();
        Expect.Equal(204, await door.StatusAsync(HttpMethod.Delete, location));
        using var after = await door.SendAsync(HttpMethod.Get, location);
        Expect.Equal(404, (int)after.StatusCode);
        Expect.Contains("BLOB_UPLOAD_UNKNOWN", await after.Content.ReadAsStringAsync());
    }

    private static async Task WrongDigestAsync(RegistryDoor door)
    {
        foreach (var digest in (string[])[$"sha256:{new string('b', 64)}", "sha256:short", "md5:abc"])
        {
            using var put = await door.SendAsync(
                HttpMethod.Put, RegistryDoor.With(await door.BeginAsync(), $"digest={digest}"), Content, "application/octet-stream");
            Expect.Equal(400, (int)put.StatusCode);
            Expect.Contains("DIGEST_INVALID", await put.Content.ReadAsStringAsync());
        }
        Expect.Equal(404, await door.StatusAsync(HttpMethod.Head, $"{door.Repository}/blobs/{RegistryDoor.DigestOf(Content)}"));
    }

    private static async Task MountAsync(RegistryDoor door)
    {
        var digest = await door.PushBlobAsync(Content, door.OtherRepository);
        Expect.Equal(404, await door.StatusAsync(HttpMethod.Head, $"{door.Repository}/blobs/{digest}"));
        Expect.Equal(201, await door.StatusAsync(HttpMethod.Post, $"{door.Repository}/blobs/uploads/?mount={digest}&from={door.OtherRepository}"));
        Expect.Equal(200, await door.StatusAsync(HttpMethod.Head, $"{door.Repository}/blobs/{digest}"));
        Expect.Equal(
            202,
            await door.StatusAsync(HttpMethod.Post, $"{door.Repository}/blobs/uploads/?mount=sha256:{new string('c', 64)}&from={door.OtherRepository}"));
    }

    private static async Task ManifestAsync(RegistryDoor door)
    {
        var manifest = await door.PushImageAsync("v1", "hello");
        Expect.Equal(
            201,
            await door.StatusAsync(HttpMethod.Put, $"{door.Repository}/manifests/{RegistryDoor.DigestOf(manifest)}", manifest, RegistryDoor.Manifest));
        using var put = await door.SendAsync(HttpMethod.Put, $"{door.Repository}/manifests/again", manifest, RegistryDoor.Manifest);
        Expect.Equal(RegistryDoor.DigestOf(manifest), put.Headers.GetValues("Docker-Content-Digest").Single());
        Expect.Equal(200, await door.StatusAsync(HttpMethod.Get, RegistryDoor.Location(put)));
    }

    private static async Task EmptyLayersAsync(RegistryDoor door)
    {
        var config = "{}"u8.ToArray();
        await door.PushBlobAsync(config);
        var manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{RegistryDoor.Manifest}}",
            "config":{{RegistryDoor.Describe(config, "application/vnd.oci.image.config.v1+json")}},"layers":[]}
            """);
        Expect.Equal(201, await door.StatusAsync(HttpMethod.Put, $"{door.Repository}/manifests/empty", manifest, RegistryDoor.Manifest));
    }

    private static async Task ManifestRefusedAsync(RegistryDoor door)
    {
        var missing = $$"""{"mediaType":"application/octet-stream","digest":"sha256:{{new string('d', 64)}}","size":1}""";
        foreach (var (text, code) in ((string, string)[])
        [
            ("not json", "MANIFEST_INVALID"), ("{}", "MANIFEST_INVALID"),
            ($$"""{"schemaVersion":2,"mediaType":"{{RegistryDoor.Manifest}}","manifests":[]}""", "MANIFEST_INVALID"),
            ($$"""{"schemaVersion":2,"mediaType":"{{RegistryDoor.Manifest}}","config":{{missing}},"layers":[]}""", "MANIFEST_BLOB_UNKNOWN"),
        ])
        {
            using var put = await door.SendAsync(HttpMethod.Put, $"{door.Repository}/manifests/bad", Encoding.UTF8.GetBytes(text), RegistryDoor.Manifest);
            Expect.That((int)put.StatusCode is 400 or 404, $"expected 400 or 404, got {(int)put.StatusCode}");
            Expect.Contains(code, await put.Content.ReadAsStringAsync());
        }
        var manifest = await door.PushImageAsync("v1", "hello");
        using var other = await door.SendAsync(HttpMethod.Put, $"{door.Repository}/manifests/sha256:{new string('e', 64)}", manifest, RegistryDoor.Manifest);
        Expect.Equal(400, (int)other.StatusCode);
        Expect.Equal(404, await door.StatusAsync(HttpMethod.Get, $"{door.Repository}/manifests/bad"));
    }

    private static async Task IndexAsync(RegistryDoor door)
    {
        var one = await door.PushImageAsync("", "one");
        var two = await door.PushImageAsync("", "two");
        var index = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{RegistryDoor.Index}}",
            "manifests":[{{RegistryDoor.Describe(one, RegistryDoor.Manifest)}},{{RegistryDoor.Describe(two, RegistryDoor.Manifest)}}]}
            """);
        Expect.Equal(201, await door.StatusAsync(HttpMethod.Put, $"{door.Repository}/manifests/multi", index, RegistryDoor.Index));
        using var read = await door.SendAsync(HttpMethod.Get, $"{door.Repository}/manifests/multi");
        Expect.Equal(RegistryDoor.Index, read.Content.Headers.ContentType?.ToString());
        Expect.Equal(RegistryDoor.DigestOf(index), RegistryDoor.DigestOf(await read.Content.ReadAsByteArrayAsync()));
    }
}
