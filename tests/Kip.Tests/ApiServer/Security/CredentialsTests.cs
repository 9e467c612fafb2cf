using System.Net;
using System.Security.Cryptography.X509Certificates;
using Kip.ApiServer.Security;
using Kip.Testing.Kubectl;
using Kip.Testing.Time;
using Shouldly;

namespace Kip.Tests.ApiServer.Security;

public sealed class CredentialsTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder = Directory.CreateTempSubdirectory("kip-credentials-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_second_start_keeps_CA_and_token_and_the_kubeconfig_follows_the_address()
    {
        string token, authority, address;
        await using (var first = await ApiServerFixture.StartAsync(dataDirectory: _folder))
        {
            token = first.Token;
            address = first.Server.Address.ToString().TrimEnd('/');
            authority = await File.ReadAllTextAsync(Path.Combine(_folder, "ca.crt"), Cancel);
            (await File.ReadAllTextAsync(first.Server.KubeconfigPath, Cancel)).ShouldContain(address);
        }

        await using var second = await ApiServerFixture.StartAsync(dataDirectory: _folder);

        second.Token.ShouldBe(token);
        (await File.ReadAllTextAsync(Path.Combine(_folder, "ca.crt"), Cancel)).ShouldBe(authority);
        (await File.ReadAllTextAsync(second.Server.KubeconfigPath, Cancel)).ShouldContain(second.Server.Address.ToString().TrimEnd('/'));
        (await second.Http.GetAsync("/version", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await second.Kubectl.RunAsync("get", "namespaces", "-o", "name")).ShouldContain("namespace/default");
    }

    [Fact]
    public async Task Keys_and_tokens_are_for_their_owner_only_and_the_token_is_not_kept_in_the_clear()
    {
        await using var api = await ApiServerFixture.StartAsync(dataDirectory: _folder);

        if (OperatingSystem.IsWindows()) return;
        foreach (var file in Directory.GetFiles(_folder)) File.GetUnixFileMode(file).ShouldBe(OwnerOnly, file);
        foreach (var file in Directory.GetFiles(_folder).Where(static f => !f.EndsWith("kubeconfig", StringComparison.Ordinal)))
            (await File.ReadAllTextAsync(file, Cancel)).ShouldNotContain(api.Token);
    }

    [Fact]
    public void A_lost_kubeconfig_means_a_new_token_and_the_end_of_the_old_one()
    {
        var first = AdminToken.Open(_folder, null, out var old);
        first.Admits($"Bearer {old}").ShouldBeTrue();

        var second = AdminToken.Open(_folder, null, out var fresh);

        second.Admits($"Bearer {fresh}").ShouldBeTrue();
        second.Admits($"Bearer {old}").ShouldBeFalse();
        AdminToken.Open(_folder, fresh, out var same).Admits($"bearer {same}").ShouldBeTrue();
        same.ShouldBe(fresh);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Basic a2lwOmtpcA==")]
    public void Anything_but_the_token_is_refused(string? authorization)
    {
        var token = AdminToken.Open(_folder, null, out var text);

        token.Admits(authorization).ShouldBeFalse();
        token.Admits(text).ShouldBeFalse();
    }

    [Fact]
    public void The_server_certificate_is_the_CAs_and_names_every_way_to_reach_it()
    {
        var time = new ManualTimeProvider();
        using var authority = CertificateAuthority.Open(_folder, time);

        using var issued = authority.IssueServerCertificate(["localhost", "kubernetes"], [IPAddress.Loopback], time.GetUtcNow());

        issued.MatchesHostname("localhost").ShouldBeTrue();
        issued.MatchesHostname("127.0.0.1").ShouldBeTrue();
        issued.MatchesHostname("example.com").ShouldBeFalse();
        issued.HasPrivateKey.ShouldBeTrue();
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(authority.CertificatePem));
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        chain.Build(issued).ShouldBeTrue();
    }

    [Fact]
    public void A_damaged_CA_is_reported_with_what_to_do_about_it()
    {
        CertificateAuthority.Open(_folder, TimeProvider.System).Dispose();
        File.WriteAllText(Path.Combine(_folder, "ca.key"), "rubbish");

        Should.Throw<InvalidDataException>(() => CertificateAuthority.Open(_folder, TimeProvider.System)).Message.ShouldContain("delete both");
    }

    [Fact]
    public void A_kubeconfig_that_says_the_same_is_left_as_its_user_changed_it()
    {
        var path = Path.Combine(_folder, "kubeconfig");
        var server = new Uri("https://127.0.0.1:6443");
        KubeconfigWriter.Write(path, server, "PEM", "kip-token");
        File.AppendAllText(path, "# mine\n");

        KubeconfigWriter.Write(path, server, "PEM", "kip-token");
        File.ReadAllText(path).ShouldEndWith("# mine\n");
        KubeconfigWriter.ReadToken(path).ShouldBe("kip-token");
        KubeconfigWriter.Write(path, new Uri("https://127.0.0.1:7443"), "PEM", "kip-token");
        File.ReadAllText(path).ShouldNotContain("# mine");
    }
}
