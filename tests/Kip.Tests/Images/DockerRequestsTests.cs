using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Kip.Testing.Images;
using Shouldly;

namespace Kip.Tests.Images;

/// <summary>
/// What docker (20.10) was seen to send when it logs in, pushes two images that share a layer, and pulls; its daemon needs more than tests have.
/// </summary>
public sealed class DockerRequestsTests
{
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";

    private static readonly string[] Accepts =
    [
        ManifestType, "application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.v1+prettyjws", "application/json", "application/vnd.oci.image.manifest.v1+json",
    ];

    [Fact]
    public async Task Docker_pushes_mounts_and_pulls()
    {
        await using var registry = await RegistryBed.StartAsync();
        using var nobody = registry.Client(anonymous: true);
        using var docker = registry.Client();
        docker.DefaultRequestHeaders.ConnectionClose = true;
        var image = new ImageBuild().Layer(new ImageLayer().File("f", new string('x', 100_000))).Cmd("/f").Build();
        var (layer, config) = (image.Blobs.First(b => b.Value != image.Config && b.Value != image.Manifest), image.Blobs.First(b => b.Value == image.Config));
        var manifest = DockerManifest(image);

        // It asks who wants a password before it sends one.
        using (var challenge = await nobody.GetAsync("v2/"))
        {
            challenge.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            challenge.Headers.WwwAuthenticate.Single().Scheme.ShouldBe("Basic");
        }
        foreach (var (digest, content) in (KeyValuePair<string, byte[]>[])[layer, config]) await UploadAsync(docker, "rec", digest, content);
        using (var put = await PutManifestAsync(docker, "rec", manifest)) put.StatusCode.ShouldBe(HttpStatusCode.Created);

        (await docker.SendAsync(new(HttpMethod.Head, $"v2/rec2/blobs/{layer.Key}"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using (var mount = await docker.PostAsync($"v2/rec2/blobs/uploads/?from=rec&mount={Uri.EscapeDataString(layer.Key)}", new ByteArrayContent([])))
            mount.StatusCode.ShouldBe(HttpStatusCode.Created);
        await UploadAsync(docker, "rec2", config.Key, config.Value);
        using (var put = await PutManifestAsync(docker, "rec2", manifest)) put.StatusCode.ShouldBe(HttpStatusCode.Created);

        using var head = await AskAsync(docker, HttpMethod.Head, "v2/rec2/manifests/v1");
        head.Content.Headers.ContentType!.MediaType.ShouldBe(ManifestType);
        var pinned = head.Headers.GetValues("Docker-Content-Digest").Single();
        using var pulled = await AskAsync(docker, HttpMethod.Get, $"v2/rec2/manifests/{pinned}");
        (await pulled.Content.ReadAsByteArrayAsync()).ShouldBe(manifest);
        (await docker.GetByteArrayAsync($"v2/rec2/blobs/{layer.Key}")).ShouldBe(layer.Value);
        (await registry.Bed.EnsureAsync("kip.local/rec2:v1")).Config.Cmd.ShouldBe(["/f"]);
    }

    // One piece of unknown length, named only at the end.
    private static async Task UploadAsync(HttpClient docker, string repository, string digest, byte[] content)
    {
        (await docker.SendAsync(new(HttpMethod.Head, $"v2/{repository}/blobs/{digest}"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var begun = await docker.PostAsync($"v2/{repository}/blobs/uploads/", new ByteArrayContent([]));
        begun.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        begun.Headers.Contains("Docker-Upload-UUID").ShouldBeTrue();
        using var patch = new HttpRequestMessage(HttpMethod.Patch, begun.Headers.Location) { Content = new ByteArrayContent(content) };
        patch.Headers.TransferEncodingChunked = true;
        using var patched = await docker.SendAsync(patch);
        patched.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        patched.Headers.GetValues("Range").Single().ShouldBe($"0-{content.Length - 1}");
        using var done = await docker.PutAsync($"{patched.Headers.Location}?digest={Uri.EscapeDataString(digest)}", new ByteArrayContent([]));
        done.StatusCode.ShouldBe(HttpStatusCode.Created);
        using var seen = await docker.SendAsync(new(HttpMethod.Head, $"v2/{repository}/blobs/{digest}"));
        seen.Content.Headers.ContentLength.ShouldBe(content.Length);
    }

    private static Task<HttpResponseMessage> PutManifestAsync(HttpClient docker, string repository, byte[] manifest) =>
        docker.PutAsync($"v2/{repository}/manifests/v1", new ByteArrayContent(manifest) { Headers = { ContentType = new MediaTypeHeaderValue(ManifestType) } });

    private static async Task<HttpResponseMessage> AskAsync(HttpClient docker, HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var type in Accepts) request.Headers.TryAddWithoutValidation("Accept", type);
        var answer = await docker.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return answer;
    }

    // The same image in docker's older words.
    private static byte[] DockerManifest(BuiltImage image)
    {
        var manifest = JsonNode.Parse(image.Manifest)!;
        manifest["mediaType"] = ManifestType;
        manifest["config"]!["mediaType"] = "application/vnd.docker.container.image.v1+json";
        foreach (var layer in manifest["layers"]!.AsArray()) layer!["mediaType"] = "application/vnd.docker.image.rootfs.diff.tar.gzip";
        return Encoding.UTF8.GetBytes(manifest.ToJsonString());
    }
}
