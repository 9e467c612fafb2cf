using System.Text;
using System.Text.Json.Nodes;
using Kip.Images;
using Kip.Images.References;
using Kip.Images.Storage;
using Kip.Testing.Images;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Images;

/// <summary>Registries and images that mean ill: each is refused with a reason before it has taken memory, disk or time, and nothing of it is kept.</summary>
public sealed class HostileImageTests : IAsyncLifetime
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private const string IndexType = "application/vnd.oci.image.index.v1+json";

    private readonly ImageBed _bed = new();
    private readonly BuiltImage _image = new ImageBuild().Layer(new ImageLayer().File("a", "a")).Cmd("/a").Build();
    private ScriptedRegistry _registry = null!;

    private string Name => $"{_registry.Host}/team/app:v1";

    public async ValueTask InitializeAsync()
    {
        _registry = (await ScriptedRegistry.StartAsync()).Serve(_image, "v1");
        _bed.Settings($"registries:\n- name: {_registry.Host}\n  insecure: true\n");
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        _bed.Dispose();
    }

    [Theory]
    [InlineData(5 << 20, "longer than the 4194304 bytes")]
    [InlineData(int.MaxValue, "longer than the 4194304 bytes")]
    public async Task A_manifest_without_end_is_not_read_to_it(int length, string why)
    {
        _registry.Before = http =>
            http.Request.Path.Value!.Contains("/manifests/", StringComparison.Ordinal) ? SendAsync(http, length) : Task.FromResult(false);

        await RefusedAsync(why);
    }

    [Fact]
    public async Task A_layer_without_end_is_not_read_to_it()
    {
        var layer = Json(_image.Manifest)["layers"]![0]!["digest"]!.GetValue<string>();
        _registry.Before = http => http.Request.Path.Value!.EndsWith(layer, StringComparison.Ordinal) ? SendAsync(http, int.MaxValue) : Task.FromResult(false);

        await RefusedAsync("is not what its manifest says");
    }

    [Fact]
    public async Task A_config_that_is_huge_is_not_fetched()
    {
        var config = Json(_image.Config);
        config["padding"] = new string('x', 5 << 20);
        var bytes = Encoding.UTF8.GetBytes(config.ToJsonString());
        _registry.Put(Digest.Of(bytes).ToString(), bytes);
        var manifest = Json(_image.Manifest);
        manifest["config"]!["digest"] = Digest.Of(bytes).ToString();
        manifest["config"]!["size"] = bytes.Length;
        Serve(manifest, ManifestType);

        await RefusedAsync("4194304 are allowed");
        _registry.Requests.ShouldNotContain(static r => r.Contains("/blobs/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(17L << 30, "are allowed")]
    [InlineData(-1, "is not valid")]
    public async Task A_layer_that_says_it_is_huge_is_not_fetched(long size, string why)
    {
        var manifest = Json(_image.Manifest);
        manifest["layers"]![0]!["size"] = size;
        Serve(manifest, ManifestType);

        await RefusedAsync(why);
        _registry.Requests.ShouldNotContain(r => r.EndsWith(Json(_image.Manifest)["layers"]![0]!["digest"]!.GetValue<string>(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("layers", ManifestType, 513, "512 layers at most")]
    [InlineData("manifests", IndexType, 10_001, "10000 manifests at most")]
    public async Task More_parts_than_any_image_has_are_refused(string list, string type, int count, string why)
    {
        var document = Json(_image.Manifest);
        var part = document["layers"]![0]!;
        if (type == IndexType) document = new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = type };
        document[list] = new JsonArray([.. Enumerable.Range(0, count).Select(_ => part.DeepClone())]);
        Serve(document, type);

        await RefusedAsync(why);
    }

    [Fact]
    public async Task Indexes_within_indexes_are_not_followed()
    {
        // Each names the next; the last names the first, as far as a digest lets it.
        var below = Encoding.UTF8.GetBytes(Index(_image.Digest, ManifestType).ToJsonString());
        var digest = Digest.Of(below).ToString();
        _registry.Put(digest, below);
        _registry.Tag(digest, digest, IndexType);
        Serve(Index(digest, IndexType), IndexType);

        await RefusedAsync("its index names an index");
    }

    [Fact]
    public async Task Indexes_within_indexes_as_deep_as_somebody_likes_are_collected_all_the_same()
    {
        var digest = await _bed.Images.Content.PutAsync(_image.Manifest, TestContext.Current.CancellationToken);
        for (var level = 0; level < 300; level++)
            digest = await _bed.Images.Content.PutAsync(
                Encoding.UTF8.GetBytes(Index(digest.ToString(), IndexType).ToJsonString()), TestContext.Current.CancellationToken);
        _bed.Images.Repositories.AddManifest("kip.local/deep", digest, IndexType);
        _bed.Images.Repositories.SetTag("kip.local/deep", "v1", digest, TagOrigin.Pushed);

        var all = new PruneOptions { Grace = TimeSpan.Zero, MaxPulledBytes = 0 };
        var pruner = new ImagePruner(_bed.Folders, _bed.Images, _bed.Layers, TimeProvider.System);
        (await pruner.PruneAsync([], all, TestContext.Current.CancellationToken)).Blobs.ShouldBe(0);
        _bed.Images.Repositories.RemoveTag("kip.local/deep", "v1");
        (await pruner.PruneAsync([], all, TestContext.Current.CancellationToken)).Blobs.ShouldBe(301);
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("config")]
    public async Task JSON_within_JSON_without_end_is_refused(string where)
    {
        var deep = Encoding.UTF8.GetBytes(new string('[', 200_000) + new string(']', 200_000));
        if (where == "manifest")
        {
            _registry.Put(Digest.Of(deep).ToString(), deep);
            _registry.Tag("v1", Digest.Of(deep).ToString(), ManifestType);
        }
        else
        {
            _registry.Put(Digest.Of(deep).ToString(), deep);
            var manifest = Json(_image.Manifest);
            manifest["config"]!["digest"] = Digest.Of(deep).ToString();
            manifest["config"]!["size"] = deep.Length;
            Serve(manifest, ManifestType);
        }

        await RefusedAsync("is not valid JSON");
    }

    private static JsonObject Json(byte[] bytes) => JsonNode.Parse(bytes)!.AsObject();

    private static JsonObject Index(string digest, string type) => new()
    {
        ["schemaVersion"] = 2, ["mediaType"] = IndexType,
        ["manifests"] = new JsonArray(new JsonObject { ["mediaType"] = type, ["digest"] = digest, ["size"] = 100 }),
    };

    private void Serve(JsonObject document, string type)
    {
        var bytes = Encoding.UTF8.GetBytes(document.ToJsonString());
        _registry.Put(Digest.Of(bytes).ToString(), bytes);
        _registry.Tag("v1", Digest.Of(bytes).ToString(), type);
    }

    private static async Task<bool> SendAsync(HttpContext http, long length)
    {
        http.Response.ContentType = ManifestType;
        var piece = new byte[64 << 10];
        try
        {
            for (var sent = 0L; sent < length; sent += piece.Length) await http.Response.Body.WriteAsync(piece, http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The client has had enough.
        }
        return true;
    }

    private async Task RefusedAsync(string why)
    {
        var refused = await Should.ThrowAsync<ImageException>(_bed.EnsureAsync(Name));

        refused.Reason.ShouldBe(ImageFailure.ErrImagePull);
        refused.Message.ShouldContain(why);
        _bed.Images.Repositories.All().ShouldBeEmpty();
        Directory.CreateDirectory(_bed.Folders.Ingest).EnumerateFiles().ShouldBeEmpty();
    }
}
