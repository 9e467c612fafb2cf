using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kip.Testing.Eventing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Brokers;

/// <summary>Events for subscribers that listen with TLS.</summary>
public sealed class SecureDeliveryTests : IAsyncLifetime
{
    private readonly TaskCompletionSource<string> _came = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly X509Certificate2 _certificate = SelfSigned();
    private BrokerBed _bed = null!;
    private EventSink _dead = null!;
    private WebApplication _subscriber = null!;

    private int Port => new Uri(_subscriber.Urls.First()).Port;

    public async ValueTask InitializeAsync()
    {
        _bed = await BrokerBed.StartAsync();
        _dead = await EventSink.StartAsync();
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate)));
        _subscriber = builder.Build();
        _subscriber.Run(context =>
        {
            _came.TrySetResult(context.Request.Headers["ce-id"].ToString());
            return Task.CompletedTask;
        });
        await _subscriber.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _bed.DisposeAsync();
        await _subscriber.DisposeAsync();
        await _dead.DisposeAsync();
        _certificate.Dispose();
    }

    [Fact]
    public async Task A_certificate_that_the_destinations_CACerts_vouch_for_is_trusted()
    {
        await SendAsync("localhost", _certificate.ExportCertificatePem());
        (await _came.Task.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBe("1");
    }

    [Fact]
    public async Task One_of_somebody_else_is_refused_with_what_is_missing()
    {
        using var other = SelfSigned();
        await SendAsync("localhost", other.ExportCertificatePem());
        (await FailureAsync()).ShouldBe(
            "dispatch error: the certificate is signed neither by the destination's CACerts nor by an authority that this system trusts");
    }

    [Fact]
    public async Task One_for_another_name_is_refused_with_that_name()
    {
        await SendAsync("127.0.0.1", _certificate.ExportCertificatePem());
        (await FailureAsync()).ShouldBe("dispatch error: the certificate is not for \"127.0.0.1\"");
    }

    private async Task SendAsync(string host, string authorities)
    {
        var trigger = EventingObjects.Trigger("t", null);
        await _bed.PutAsync(EventingObjects.Broker(deadLetterSink: _dead.Url.ToString()), trigger with
        {
            Status = new() { SubscriberUri = $"https://{host}:{Port}/", SubscriberCACerts = authorities },
        });
        (await _bed.SendAsync("1")).Dispose();
    }

    private async Task<string> FailureAsync() =>
        Encoding.UTF8.GetString(Convert.FromBase64String((await _dead.NextAsync()).Extension("knativeerrordata")!));

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
