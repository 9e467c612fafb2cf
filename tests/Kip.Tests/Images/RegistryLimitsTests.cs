using System.Net;
using System.Net.Sockets;
using System.Text;
using Kip.Images.Registry;
using Shouldly;

namespace Kip.Tests.Images;

/// <summary>Who is let in, and what is too much.</summary>
public sealed class RegistryLimitsTests
{
    [Theory]
    [InlineData("none", 401, 401, 401)]
    [InlineData("pull", 401, 404, 401)]
    [InlineData("push", 200, 404, 202)]
    public async Task Nobody_may_do_what_the_settings_allow_and_the_token_everything(string anonymous, int ping, int pull, int push)
    {
        await using var registry = await RegistryBed.StartAsync($"anonymous: {anonymous}");
        using var nobody = registry.Client(anonymous: true);
        using var known = registry.Client();

        ((int)(await nobody.GetAsync("v2/")).StatusCode).ShouldBe(ping);
        ((int)(await nobody.GetAsync("v2/a/manifests/v1")).StatusCode).ShouldBe(pull);
        ((int)(await nobody.PostAsync("v2/a/blobs/uploads/", null)).StatusCode).ShouldBe(push);
        (await known.GetAsync("v2/")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await known.PostAsync("v2/a/blobs/uploads/", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        using var wrong = registry.Client(anonymous: true);
        wrong.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("kip:guess"u8));
        var refused = await wrong.GetAsync("v2/");
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        refused.Headers.WwwAuthenticate.ToString().ShouldStartWith("Basic");
        (await refused.Content.ReadAsStringAsync()).ShouldContain("kip registry login");
    }

    [Fact]
    public async Task Too_large_too_many_and_unknown_are_answered_in_the_specifications_words()
    {
        await using var registry = await RegistryBed.StartAsync(options: static o => o with { MaxBlobBytes = 1000, MaxUploads = 3 });
        using var client = registry.Client();

        await ExpectAsync(await client.PutAsync("v2/a/manifests/v1", new ByteArrayContent(new byte[5 << 20])), 413, "SIZE_INVALID");
        var location = (await client.PostAsync("v2/a/blobs/uploads/", null)).Headers.Location!.ToString();
        await ExpectAsync(await client.PatchAsync(location, new ByteArrayContent(new byte[1500])), 413, null);
        await client.PostAsync("v2/a/blobs/uploads/", null);
        await client.PostAsync("v2/a/blobs/uploads/", null);
        await ExpectAsync(await client.PostAsync("v2/a/blobs/uploads/", null), 429, "TOOMANYREQUESTS");
        await client.DeleteAsync(location);
        (await client.PostAsync("v2/a/blobs/uploads/", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        await ExpectAsync(await client.GetAsync("v2/UPPER/manifests/v1"), 400, "NAME_INVALID");
        await ExpectAsync(await client.GetAsync("v2/a/%2e%2e/b/manifests/v1"), 404, null);
        await ExpectAsync(await client.GetAsync("v2/a/_tags/manifests/v1"), 400, "NAME_INVALID");
        await ExpectAsync(await client.GetAsync("v2/a/blobs/sha256:zz"), 400, "DIGEST_INVALID");
        await ExpectAsync(await client.GetAsync("elsewhere"), 404, "UNSUPPORTED");
        await ExpectAsync(await client.PutAsync("v2/a/tags/list", null), 405, "UNSUPPORTED");
        await ExpectAsync(await client.PutAsync("v2/a/manifests/-bad", new StringContent(
            "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[]}", Encoding.UTF8,
            "application/vnd.oci.image.index.v1+json")), 400, "TAG_INVALID");
    }

    [Fact]
    public async Task A_connection_that_was_accepted_before_the_registry_began_is_served_like_those_that_follow()
    {
        using var early = new TcpClient();
        await using var registry = await RegistryBed.StartAsync(first: listening =>
        {
            early.Connect((IPEndPoint)listening.LocalEndPoint!);
            return listening.Accept();
        });

        await early.GetStream().WriteAsync("GET /v2/ HTTP/1.1\r\nHost: kip\r\nConnection: close\r\n\r\n"u8.ToArray());
        using var answer = new StreamReader(early.GetStream());
        (await answer.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 401");

        using var client = registry.Client();
        (await client.GetAsync("v2/")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Who_asks_for_the_token_first_makes_it_for_all()
    {
        var folder = Directory.CreateTempSubdirectory("kip-token-").FullName;
        var tokens = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => RegistryToken.Open(folder).Value)));
        tokens.Distinct().ShouldHaveSingleItem();
        Directory.GetFiles(folder).ShouldHaveSingleItem();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_token_is_private_and_stays()
    {
        var folder = Directory.CreateTempSubdirectory("kip-token-").FullName;
        var token = RegistryToken.Open(folder);
        RegistryToken.Open(folder).Value.ShouldBe(token.Value);
        File.GetUnixFileMode(Path.Combine(folder, "registry-token")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        token.Admits(token.Value).ShouldBeTrue();
        token.Admits(token.Value + "x").ShouldBeFalse();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task ExpectAsync(HttpResponseMessage answer, int status, string? code)
    {
        var body = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, body);
        if (code is not null) body.ShouldContain($"\"code\":\"{code}\"");
    }
}
