using System.Text;

namespace Kip.Conformance.Registry;

/// <summary>Content management: deleting tags, manifests and blobs.</summary>
internal static class ManagementCases
{
    private const string Source = "OCI distribution-spec v1.1, Content Management";

    public static IReadOnlyList<RegistryCase> All { get; } =
    [
        new("registry/management/delete-tag", "A tag is deleted and the manifest stays", Source, DeleteTagAsync),
        new("registry/management/delete-manifest", "A manifest is deleted with its tags", Source, DeleteManifestAsync),
        new("registry/management/delete-blob", "A blob is deleted from one repository and stays in another", Source, DeleteBlobAsync),
        new("registry/management/delete-unknown", "Deleting what is not there is 404", Source, DeleteUnknownAsync),
    ];

    private static async Task DeleteTagAsync(RegistryDoor door)
    {
        var manifest = await door.PushImageAsync("v1", "hello");
        Expect.Equal(202, await door.StatusAsync(HttpMethod.Delete, $"{door.Repository}/manifests/v1"));
        Expect.Equal(404, await door.StatusAsync(HttpMethod.Get, $"{door.Repository}/manifests/v1"));
        Expect.Equal(200, await door.StatusAsync(HttpMethod.Get, $"{door.Repository}/manifests/{RegistryDoor.DigestOf(manifest)}"));
    }

    private static async Task DeleteManifestAsync(RegistryDoor door)
    {
        var manifest = await door.PushImageAsync("v1", "hello");
        Expect.Equal(202, await door.StatusAsync(HttpMethod.Delete, $"{door.Repository}/manifests/{RegistryDoor.DigestOf(manifest)}"));
        Expect.Equal(404, await door.StatusAsync(HttpMethod.Get, $"{door.Repository}/manifests/{RegistryDoor.DigestOf(manifest)}"));
        Expect.Equal(404, await door.StatusAsync(HttpMethod.Get, $"{door.Repository}/manifests/v1"));
    }

    private static async Task DeleteBlobAsync(RegistryDoor door)
    {
        var content = Encoding.UTF8.GetBytes("in two places");
        var digest = await door.PushBlobAsync(content);
        await door.PushBlobAsync(content, door.OtherRepository);
        Expect.Equal(202, await door.StatusAsync(HttpMethod.Delete, $"{door.Repository}/blobs/{digest}"));
        Expect.Equal(404, await door.StatusAsync(HttpMethod.Get, $"{door.Repository}/blobs/{digest}"));
        Expect.Equal(200, await door.StatusAsync(HttpMethod.Get, $"{door.OtherRepository}/blobs/{digest}"));
    }

    private static async Task DeleteUnknownAsync(RegistryDoor door)
    {
        await door.PushImageAsync("v1", "hello");
        Expect.Equal(404, await door.StatusAsync(HttpMethod.Delete, $"{door.Repository}/manifests/none"));
        Expect.Equal(404, await door.StatusAsync(HttpMethod.Delete, $"{door.Repository}/manifests/sha256:{new string('f', 64)}"));
        Expect.Equal(404, await door.StatusAsync(HttpMethod.Delete, $"{door.Repository}/blobs/sha256:{new string('f', 64)}"));
    }
}
