using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kip.ApiServer.Security;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Networking;
using Kip.Testing.Traffic;
using Kip.Traffic;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>HTTPS: which certificate a client sees, both protocols, and the way from HTTP there.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private const string Host = "app.default.localhost";

    private readonly string _folder = Directory.CreateTempSubdirectory("kip-tls").FullName;
    private CertificateAuthority _authority = null!;
    private GatewayBed _bed = null!;
    private FakePod _pod = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _authority = CertificateAuthority.Open(_folder, TimeProvider.System);
        _bed = await GatewayBed.StartAsync(new() { Https = new(IPAddress.Loopback, 0) }, issuer: _authority);
        _pod = await FakePod.StartAsync(static c => c.Response.WriteAsync($"{c.Request.Host.Value} {c.Request.Headers["X-Forwarded-Proto"]}"));
        await _bed.PutAsync(
            TrafficObjects.Revision("app-1"), TrafficObjects.Pod("app-1", "a", _pod.Port), TrafficObjects.Ingress("app", Host, ("app-1", 100)));
    }

    public async ValueTask DisposeAsync()
    {
        await _bed.DisposeAsync();
        await _pod.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_served_host_has_a_certificate_that_Kips_CA_vouches_for(string version)
    {
        using var response = await GetAsync(Host, Trusting(_authority.CertificatePem), Version.Parse(version));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Version.ShouldBe(Version.Parse(version));
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldBe($"{Host}:{_bed.Gateway.HttpsEndPoint!.Port} https");
    }

    [Theory]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("0.0.0.0", HttpStatusCode.NotFound)]
    public async Task Only_a_port_on_loopback_shows_what_is_ClusterLocal(string address, HttpStatusCode status)
    {
        const string Inside = "app.default.svc.cluster.local";
        await _bed.DisposeAsync();
        _bed = await GatewayBed.StartAsync(new() { Https = new(IPAddress.Parse(address), 0) }, issuer: _authority);
        var rule = TrafficObjects.Rule(Inside, TrafficObjects.Path("", ("app-1", 100))) with { Visibility = "ClusterLocal" };
        await _bed.PutAsync(TrafficObjects.Revision("app-1"), TrafficObjects.Pod("app-1", "a", _pod.Port), TrafficObjects.Ingress("app", [rule]));

        using var response = await GetAsync(Inside, static _ => true);

        response.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task Two_connections_see_the_same_certificate_and_a_host_that_nobody_serves_gets_an_answer()
    {
        var seen = new List<string>();
        Func<X509Certificate2, bool> note = certificate =>
        {
            seen.Add(certificate.Thumbprint);
            return true;
        };
        (await GetAsync(Host, note)).Dispose();
        (await GetAsync(Host, note)).Dispose();
        seen.Distinct().Count().ShouldBe(1);

        using var unknown = await GetAsync("nobody.example", static _ => true);
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_Secrets_certificate_comes_before_Kips_own_and_a_renewed_one_takes_effect()
    {
        var other = Directory.CreateDirectory(Path.Combine(_folder, "other")).FullName;
        using var theirs = CertificateAuthority.Open(other, TimeProvider.System);
        await _bed.PutAsync(Secret(theirs, "1"), WithTls(httpOption: null));

        (await GetAsync(Host, Trusting(theirs.CertificatePem))).Dispose();
        await Should.ThrowAsync<HttpRequestException>(() => GetAsync(Host, Trusting(_authority.CertificatePem)));

        await _bed.PutAsync(Secret(_authority, "2"));
        (await GetAsync(Host, Trusting(_authority.CertificatePem))).Dispose();
    }

    [Fact]
    public async Task Plain_HTTP_is_sent_to_HTTPS_where_the_ingress_says_so_but_not_certificate_challenges()
    {
        await _bed.PutAsync(Secret(_authority, "1"), WithTls(httpOption: "Redirected"));
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

        using var redirected = await client.SendAsync(Plain("/a?b=c"), Cancel);
        using var challenge = await client.SendAsync(Plain("/.well-known/acme-challenge/x"), Cancel);

        var behindProxy = Plain("/");
        behindProxy.Headers.Add("X-Forwarded-Proto", "https");
        using var ended = await client.SendAsync(behindProxy, Cancel);

        ended.StatusCode.ShouldBe(HttpStatusCode.OK, "a proxy before has taken the encryption off");
        redirected.StatusCode.ShouldBe(HttpStatusCode.MovedPermanently);
        redirected.Headers.Location!.ToString().ShouldBe($"https://{Host}:{_bed.Gateway.HttpsEndPoint!.Port}/a?b=c");
        challenge.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_client_that_speaks_no_TLS_is_cut_off_and_others_go_on()
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });

        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync($"http://{_bed.Gateway.HttpsEndPoint}/", Cancel));

        (await GetAsync(Host, Trusting(_authority.CertificatePem))).Dispose();
    }

    private HttpRequestMessage Plain(string path) => new(HttpMethod.Get, new Uri(_bed.Url, path)) { Headers = { Host = Host } };

    private static Secret Secret(CertificateAuthority authority, string version)
    {
        var issued = authority.Issue([Host], TimeProvider.System.GetUtcNow());
        return new()
        {
            Metadata = new() { Name = "tls", Namespace = "default", Uid = "secret-tls", ResourceVersion = version }, Type = "kubernetes.io/tls",
            Data = StringMap.Of(("tls.crt", Base64(issued.CertificatePem)), ("tls.key", Base64(issued.KeyPem))),
        };

        static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
    }

    private static Ingress WithTls(string? httpOption)
    {
        var ingress = TrafficObjects.Ingress("app", Host, ("app-1", 100));
        return ingress with
        {
            Metadata = ingress.Metadata with { Generation = 2 },
            Spec = ingress.Spec with { HttpOption = httpOption, Tls = [new() { Hosts = [Host], SecretName = "tls", SecretNamespace = "default" }] },
        };
    }

    private async Task<HttpResponseMessage> GetAsync(string host, Func<X509Certificate2, bool> trusts, Version? version = null)
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                await socket.ConnectAsync(_bed.Gateway.HttpsEndPoint!, cancel);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                    !errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) && trusts((X509Certificate2)certificate!),
                EnabledSslProtocols = SslProtocols.None,
            },
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://{host}:{_bed.Gateway.HttpsEndPoint!.Port}/")
        {
            Version = version ?? HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        return await client.SendAsync(request, Cancel);
    }

    private static Func<X509Certificate2, bool> Trusting(string caPem) => certificate =>
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(caPem);
        return chain.Build(certificate) && certificate.MatchesHostname(Host);
    };
}
