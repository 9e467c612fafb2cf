using System.Text;
using System.Text.Json;

namespace Kip.Conformance.Registry;

/// <summary>Content discovery: tags, page by page, and referrers.</summary>
internal static class DiscoveryCases
{
    private const string Source = "OCI distribution-spec v1.1, Content Discovery";

    public static IReadOnlyList<RegistryCase> All { get; } =
    [
        new("registry/discovery/tags", "All tags are listed in order", Source, TagsAsync),
        new("registry/discovery/tags-pages", "Tags are listed page by page with n and last, and Link names the next", Source, PagesAsync),
        new("registry/discovery/referrers-none", "A manifest that nothing refers to has an empty index of referrers", Source, NoReferrersAsync),
        new(
            "registry/discovery/referrers", "What refers to a manifest is listed with its type and annotations, also before the manifest is there",
            Source, ReferrersAsync),
        new("registry/discovery/referrers-filter", "Referrers are filtered by artifactType, and the answer says so", Source, FilterAsync),
    ];

    private static async Task TagsAsync(RegistryDoor door)
    {
        foreach (var tag in (string[])["b", "a", "c", "B"]) await door.PushImageAsync(tag, "hello");
        Expect.Equal("B a b c", string.Join(' ', await NamesAsync(door, $"{door.Repository}/tags/list")));
        Expect.Equal(404, await door.StatusAsync(HttpMethod.Get, $"{door.OtherRepository}/tags/list"));
    }

    private static async Task PagesAsync(RegistryDoor door)
    {
        foreach (var tag in (string[])["t1", "t2", "t3", "t4", "t5"]) await door.PushImageAsync(tag, "hello");
        Expect.Equal("t3 t4", string.Join(' ', await NamesAsync(door, $"{door.Repository}/tags/list?n=2&last=t2")));
        Expect.Equal("", string.Join(' ', await NamesAsync(door, $"{door.Repository}/tags/list?n=0")));
        var seen = new List<string>();
        var next = $"/v2/{door.Repository}/tags/list?n=2";
        while (next is not null)
        {
            using var page = await door.SendAsync(HttpMethod.Get, next);
            using var read = JsonDocument.Parse(await page.Content.ReadAsStringAsync());
            seen.AddRange(read.RootElement.GetProperty("tags").EnumerateArray().Select(static t => t.GetString()!));
            next = page.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1] : null;
        }
        Expect.Equal("t1 t2 t3 t4 t5", string.Join(' ', seen));
    }

    private static async Task NoReferrersAsync(RegistryDoor door)
    {
        var manifest = await door.PushImageAsync("v1", "hello");
        using var read = await door.SendAsync(HttpMethod.Get, $"{door.Repository}/referrers/{RegistryDoor.DigestOf(manifest)}");
        Expect.Equal(200, (int)read.StatusCode);
        Expect.Equal(RegistryDoor.Index, read.Content.Headers.ContentType?.ToString());
        using var index = JsonDocument.Parse(await read.Content.ReadAsStringAsync());
        Expect.Equal(0, index.RootElement.GetProperty("manifests").GetArrayLength());
        Expect.Equal(400, await door.StatusAsync(HttpMethod.Get, $"{door.Repository}/referrers/not-a-digest"));
    }

    private static async Task ReferrersAsync(RegistryDoor door)
    {
        var absent = Encoding.UTF8.GetBytes("a manifest that comes later, or never");
        var signature = await door.PushImageAsync("", "signature", Subject(absent), "application/vnd.example.signature", ""","annotations":{"by":"me"}""");
        using var read = await door.SendAsync(HttpMethod.Get, $"{door.Repository}/referrers/{RegistryDoor.DigestOf(absent)}");
        using var index = JsonDocument.Parse(await read.Content.ReadAsStringAsync());
        var only = index.RootElement.GetProperty("manifests").EnumerateArray().Single();
        Expect.Equal(RegistryDoor.DigestOf(signature), only.GetProperty("digest").GetString());
        Expect.Equal(signature.Length, only.GetProperty("size").GetInt32());
        Expect.Equal("application/vnd.example.signature", only.GetProperty("artifactType").GetString());
        Expect.Equal("me", only.GetProperty("annotations").GetProperty("by").GetString());
        Expect.Equal(202, await door.StatusAsync(HttpMethod.Delete, $"{door.Repository}/manifests/{RegistryDoor.DigestOf(signature)}"));
        using var after = await door.SendAsync(HttpMethod.Get, $"{door.Repository}/referrers/{RegistryDoor.DigestOf(absent)}");
        Expect.Contains("\"manifests\":[]", await after.Content.ReadAsStringAsync());
    }

    private static async Task FilterAsync(RegistryDoor door)
    {
        var subject = Subject(await door.PushImageAsync("v1", "hello"));
        var one = await door.PushImageAsync("", "one", subject, "application/vnd.example.one");
        await door.PushImageAsync("", "two", subject, "application/vnd.example.two");
        using var read = await door.SendAsync(
            HttpMethod.Get, $"{door.Repository}/referrers/{await DigestAsync(door, "v1")}?artifactType=application/vnd.example.one");
        Expect.Equal("artifactType", read.Headers.GetValues("OCI-Filters-Applied").Single());
        using var index = JsonDocument.Parse(await read.Content.ReadAsStringAsync());
        Expect.Equal(RegistryDoor.DigestOf(one), index.RootElement.GetProperty("manifests").EnumerateArray().Single().GetProperty("digest").GetString());
    }

    private static string Subject(byte[] manifest) => $",\"subject\":{RegistryDoor.Describe(manifest, RegistryDoor.Manifest)}";

    private static async Task<string> DigestAsync(RegistryDoor door, string tag)
    {
        using var head = await door.SendAsync(HttpMethod.Head, $"{door.Repository}/manifests/{tag}");
        return head.Headers.GetValues("Docker-Content-Digest").Single();
    }

    private static async Task<string[]> NamesAsync(RegistryDoor door, string path)
    {
        using var read = await door.SendAsync(HttpMethod.Get, path);
        Expect.Equal(200, (int)read.StatusCode);
        using var list = JsonDocument.Parse(await read.Content.ReadAsStringAsync());
        Expect.Equal(door.Repository, list.RootElement.GetProperty("name").GetString());
        return [.. list.RootElement.GetProperty("tags").EnumerateArray().Select(static t => t.GetString()!)];
    }
}
