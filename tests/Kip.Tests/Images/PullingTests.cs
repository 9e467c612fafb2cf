using System.Text;
using System.Text.Json.Nodes;
using Kip.Images;
using Kip.Images.Pulling;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Images;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Images;

public sealed class PullingTests : IAsyncLifetime
{
    private readonly ImageBed _bed = new();
    private readonly BuiltImage _image = new ImageBuild().Layer(new ImageLayer().File("a", new string('a', 300_000)), LayerCompression.None)
        .Layer(new ImageLayer().File("b", "b"), LayerCompression.Zstd).Cmd("/b").Build();

    private ScriptedRegistry _registry = null!;

    private string Name => $"{_registry.Host}/team/app";

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

    [Fact]
    public async Task An_image_is_pulled_once_and_then_found_here()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _bed.EnsureAsync(Name + ":v1")));

        all.ShouldAllBe(i => i.Digest.ToString() == _image.Digest && i.LayerDirectories.Count == 2);
        _registry.Requests.Count(static r => r.Contains("/blobs/", StringComparison.Ordinal)).ShouldBe(3);
        var before = _registry.Requests.Count;
        (await _bed.EnsureAsync(Name + ":v1")).Config.Cmd.ShouldBe(["/b"]);
        (await _bed.EnsureAsync($"{Name}@{_image.Digest}", "Never")).LayerDirectories.ShouldBe(all[0].LayerDirectories);
        _registry.Requests.Count.ShouldBe(before);
    }

    [Fact]
    public async Task Always_follows_a_tag_that_moved_and_IfNotPresent_does_not()
    {
        await _bed.EnsureAsync(Name + ":v1");
        var other = new ImageBuild().Layer(new ImageLayer().File("c", "c")).Build();
        _registry.Serve(other, "v1");

        (await _bed.EnsureAsync(Name + ":v1")).Digest.ToString().ShouldBe(_image.Digest);
        (await _bed.EnsureAsync(Name + ":v1", "Always")).Digest.ToString().ShouldBe(other.Digest);
        (await _bed.EnsureAsync(Name + ":v1")).Digest.ToString().ShouldBe(other.Digest);
    }

    [Fact]
    public async Task The_image_for_this_machine_is_chosen_from_an_index()
    {
        var machine = Kip.Images.Manifests.Platform.Current;
        var index = new JsonObject
        {
            ["schemaVersion"] = 2, ["mediaType"] = "application/vnd.oci.image.index.v1+json",
            ["manifests"] = new JsonArray(Entry("unknown", "unknown"), Entry("linux", "s390x"), Entry("linux", machine.Architecture, _image)),
        };
        var bytes = Encoding.UTF8.GetBytes(index.ToJsonString());
        var digest = Kip.Images.References.Digest.Of(bytes).ToString();
        _registry.Put(digest, bytes);
        _registry.Tag("multi", digest, "application/vnd.oci.image.index.v1+json");
        _registry.Tag(_image.Digest, _image.Digest, "application/vnd.oci.image.manifest.v1+json");

        var ready = await _bed.EnsureAsync(Name + ":multi");

        ready.Digest.ToString().ShouldBe(digest);
        ready.LayerDirectories.Count.ShouldBe(2);
        (await _bed.EnsureAsync(ready.Id, "Never")).LayerDirectories.ShouldBe(ready.LayerDirectories);

        JsonObject Entry(string os, string architecture, BuiltImage? image = null) => new()
        {
            ["mediaType"] = "application/vnd.oci.image.manifest.v1+json", ["digest"] = image?.Digest ?? $"sha256:{new string('0', 64)}",
            ["size"] = image?.Manifest.Length ?? 1,
            ["platform"] = new JsonObject { ["os"] = os, ["architecture"] = architecture },
        };
    }

    [Fact]
    public async Task A_token_is_bought_with_the_password_and_used_until_it_expires()
    {
        var bought = 0;
        _registry.Before = async http =>
        {
            if (http.Request.Path == "/token")
            {
                Interlocked.Increment(ref bought);
                http.Request.Query["scope"].ToString().ShouldBe("repository:team/app:pull");
                http.Request.Query["service"].ToString().ShouldBe("tests");
                var known = http.Request.Headers.Authorization == "Basic " + Convert.ToBase64String("me:secret"u8);
                http.Response.StatusCode = known ? 200 : 401;
                if (known) await http.Response.WriteAsync("""{"token":"t0k","expires_in":300}""");
                return true;
            }
            if (http.Request.Headers.Authorization == "Bearer t0k") return false;
            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate = $"Bearer realm=\"http://{_registry.Host}/token\",service=\"tests\",scope=\"repository:team/app:pull\"";
            return true;
        };

        (await Should.ThrowAsync<ImageException>(_bed.EnsureAsync(Name + ":v1"))).Reason.ShouldBe(ImageFailure.ErrImagePull);
        var secret = PullSecret(Auths("/team", """{"username":"me","password":"secret"}"""));
        (await _bed.Source.EnsureAsync(Name + ":v1", "Always", [secret], null, TestContext.Current.CancellationToken)).LayerDirectories.Count.ShouldBe(2);
        bought.ShouldBe(2);
    }

    [Fact]
    public async Task The_credentials_file_is_used_and_a_wrong_password_is_said_to_be_wrong()
    {
        _registry.Before = http =>
        {
            if (http.Request.Headers.Authorization == "Basic " + Convert.ToBase64String("me:right"u8)) return Task.FromResult(false);
            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"x\"";
            return Task.FromResult(true);
        };
        _bed.DockerConfig(Auths("", $$"""{"auth":"{{Convert.ToBase64String("me:wrong"u8)}}"}"""));
        var refused = await Should.ThrowAsync<ImageException>(_bed.EnsureAsync(Name + ":v1"));
        refused.Message.ShouldContain("does not let us pull");
        refused.ToString().ShouldNotContain("wrong\"");

        _bed.DockerConfig(Auths("", $$"""{"auth":"{{Convert.ToBase64String("me:right"u8)}}"}"""));
        (await _bed.EnsureAsync(Name + ":v1")).Digest.ToString().ShouldBe(_image.Digest);
    }

    [Fact]
    public async Task A_download_that_breaks_off_is_taken_up_where_it_broke()
    {
        var large = _image.Blobs.Single(static b => b.Value.Length > 300_000);
        var ranges = new List<string>();
        _registry.Before = async http =>
        {
            if (!http.Request.Path.Value!.EndsWith(large.Key, StringComparison.Ordinal)) return false;
            ranges.Add(http.Request.Headers.Range.ToString());
            if (ranges.Count > 2) return false;
            var from = ranges.Count == 1 ? 0 : 100_000;
            http.Response.StatusCode = from == 0 ? 200 : 206;
            http.Response.ContentLength = large.Value.Length - from;
            await http.Response.Body.WriteAsync(large.Value.AsMemory(from, 100_000));
            await http.Response.Body.FlushAsync();
            http.Abort();
            return true;
        };

        (await _bed.EnsureAsync(Name + ":v1")).LayerDirectories.Count.ShouldBe(2);
        ranges[0].ShouldBe("");
        ranges.Count.ShouldBeGreaterThanOrEqualTo(3);
        ranges[^1].ShouldStartWith("bytes=");
    }

    [Fact]
    public async Task Too_many_requests_and_passing_failures_are_waited_out()
    {
        var failures = new Queue<int>([429, 503, 500]);
        _registry.Before = http =>
        {
            lock (failures)
                if (failures.TryDequeue(out var status)) http.Response.StatusCode = status;
                else return Task.FromResult(false);
            return Task.FromResult(true);
        };
        (await _bed.EnsureAsync(Name + ":v1")).Digest.ToString().ShouldBe(_image.Digest);
    }

    [Fact]
    public async Task A_mirror_is_asked_first_without_credentials_and_passed_over_when_it_fails()
    {
        await using var mirror = (await ScriptedRegistry.StartAsync()).Serve(_image, "v1");
        _bed.DockerConfig(Auths("", $$"""{"auth":"{{Convert.ToBase64String("me:secret"u8)}}"}"""));
        _bed.Settings($"registries:\n- name: {_registry.Host}\n  insecure: true\n  mirrors: [http://127.0.0.1:1, http://{mirror.Host}]\n");
        mirror.Before = http =>
        {
            http.Request.Headers.Authorization.ToString().ShouldBe("");
            return Task.FromResult(false);
        };

        (await _bed.EnsureAsync(Name + ":v1")).Digest.ToString().ShouldBe(_image.Digest);
        _registry.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("layer")]
    [InlineData("longer")]
    [InlineData("config")]
    [InlineData("manifest")]
    [InlineData("artifact")]
    [InlineData("nothing")]
    public async Task What_is_not_what_it_says_is_refused(string what)
    {
        var layer = _image.Blobs.Single(static b => b.Value.Length > 300_000);
        if (what == "layer") _registry.Put(layer.Key, [.. layer.Value[..^1], (byte)'X']);
        if (what == "longer") _registry.Put(layer.Key, [.. layer.Value, .. new byte[1000]]);
        if (what == "config")
            _registry.Put(Kip.Images.References.Digest.Of(_image.Config).ToString(), Encoding.UTF8.GetBytes(new string(' ', _image.Config.Length)));
        if (what == "manifest") _registry.Put(_image.Digest, "{}"u8.ToArray());
        if (what == "artifact")
            _registry.Put(_image.Digest, Encoding.UTF8.GetBytes(
                Encoding.UTF8.GetString(_image.Manifest).Replace("vnd.oci.image.config.v1", "vnd.example.v1", StringComparison.Ordinal)));
        var reference = what switch { "nothing" => Name + ":none", "manifest" => $"{Name}@{_image.Digest}", _ => Name + ":v1" };

        var refused = await Should.ThrowAsync<ImageException>(_bed.EnsureAsync(reference));

        refused.Reason.ShouldBe(ImageFailure.ErrImagePull);
        _bed.Images.Repositories.All().ShouldBeEmpty();
        Directory.CreateDirectory(_bed.Folders.Ingest).EnumerateFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_credential_helper_is_asked()
    {
        var helper = Path.Combine(_bed.Folder, "docker-credential-kiptest");
        File.WriteAllText(
            helper,
            "#!/bin/sh\nread host\n[ \"$1 $host\" = \"get registry.example.com\" ] && echo '{\"Username\":\"u\",\"Secret\":\"s\"}' || exit 1\n");
        File.SetUnixFileMode(helper, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Environment.SetEnvironmentVariable("PATH", $"{Environment.GetEnvironmentVariable("PATH")}:{_bed.Folder}");

        (await CredentialHelper.AskAsync("kiptest", "registry.example.com", TimeProvider.System, TestContext.Current.CancellationToken))
            .ShouldBe(new RegistryCredential("u", "s"));
        (await CredentialHelper.AskAsync("kiptest", "other.example.com", TimeProvider.System, TestContext.Current.CancellationToken)).ShouldBeNull();
        await Should.ThrowAsync<ImageException>(CredentialHelper.AskAsync("../evil", "x", TimeProvider.System, TestContext.Current.CancellationToken));
        await Should.ThrowAsync<ImageException>(CredentialHelper.AskAsync("no-such-helper", "x", TimeProvider.System, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("anonymous: everything", "line 1")]
    [InlineData("registrys: []", "registrys")]
    [InlineData("registries:\n- insecure: true", "no name")]
    [InlineData("registries:\n- name: x\n  mirrors: [ftp://x]", "ftp://x")]
    [InlineData("registries: [", "line")]
    public void Settings_that_would_have_no_effect_are_refused(string yaml, string what) =>
        Should.Throw<FormatException>(() => RegistrySettingsReader.Read(yaml)).Message.ShouldContain(what);

    private string Auths(string path, string entry) => "{\"auths\":{\"" + _registry.Host + path + "\":" + entry + "}}";

    private static Secret PullSecret(string json) => new()
    {
        Metadata = new() { Namespace = "default", Name = "pull" }, Type = "kubernetes.io/dockerconfigjson",
        Data = StringMap.Of((".dockerconfigjson", Convert.ToBase64String(Encoding.UTF8.GetBytes(json)))),
    };
}
