using Kip.Client;
using Kip.Client.Http;
using Kip.Client.Kubeconfigs;
using Kip.Testing.Kubectl;
using Shouldly;

namespace Kip.Tests.Client.Contract;

/// <summary>The contract over HTTPS against the real API server, by way of the kubeconfig it writes.</summary>
public sealed class HttpResourcesTests : ResourcesContract
{
    private ApiServerFixture _server = null!;
    private HttpResources _http = null!;

    public override async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Wrong_credentials_are_refused_and_not_shown()
    {
        using var http = HttpResources.Connect(Context() with { Token = "wrong-token" });
        var failure = await Should.ThrowAsync<ApiException>(http.GetAsync(Kip.Resources.Core.ConfigMap.Definition, new("default", "a"), Cancel));

        failure.Code.ShouldBe(401);
        failure.ToString().ShouldContain(_server.Server.Address.Authority);
        failure.ToString().ShouldNotContain("wrong-token");
    }

    [Fact]
    public async Task A_server_whose_certificate_is_anothers_is_not_talked_to()
    {
        await using var other = await ApiServerFixture.StartAsync();
        var theirs = Kubeconfig.Load(other.Server.KubeconfigPath).Resolve();
        using var http = HttpResources.Connect(Context() with { CertificateAuthority = theirs.CertificateAuthority });
        var failure = await Should.ThrowAsync<ApiException>(http.ListAsync(Kip.Resources.Core.ConfigMap.Definition, ListOptions.All, Cancel));

        failure.Code.ShouldBe(503);
        failure.Message.ShouldContain("could not be trusted");
    }

    [Fact]
    public async Task A_token_file_is_used_and_read_again_when_it_was_renewed()
    {
        var file = Path.Combine(_server.Folder, "token");
        await File.WriteAllTextAsync(file, "not yet\n", Cancel);
        var time = new Kip.Testing.Time.ManualTimeProvider();
        using var http = HttpResources.Connect(Context() with { Token = null, TokenFile = file }, new() { Time = time });
        await Should.ThrowAsync<ApiException>(http.ListAsync(Kip.Resources.Core.ConfigMap.Definition, ListOptions.All, Cancel));

        await File.WriteAllTextAsync(file, _server.Token + "\n", Cancel);
        time.Advance(TimeSpan.FromMinutes(1));

        (await http.ListAsync(Kip.Resources.Core.ConfigMap.Definition, ListOptions.All, Cancel)).ResourceVersion.ShouldNotBeNullOrEmpty();
    }

    protected override async Task<IResources> OpenAsync()
    {
        _server = await ApiServerFixture.StartAsync();
        return _http = HttpResources.Connect(Context());
    }

    private KubeconfigContext Context() => Kubeconfig.Load(_server.Server.KubeconfigPath).Resolve();
}
