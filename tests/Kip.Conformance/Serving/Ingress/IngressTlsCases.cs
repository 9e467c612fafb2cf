using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kip.Resources;
using KIngress = Kip.Resources.Networking.Ingress;
using static Kip.Conformance.Serving.Ingress.IngressBed;

namespace Kip.Conformance.Serving.Ingress;

/// <summary>HTTPS with the user's own certificate, and what becomes of plain HTTP.</summary>
internal static class IngressTlsCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("serving/ingress/tls", "A host with a Secret is served by HTTPS with that certificate, and by HTTP too", "tls TestIngressTLS", TlsAsync),
        new(
            "serving/ingress/http-option", "httpOption Redirected sends HTTP to HTTPS with 301, for that Ingress alone", "httpoption TestHTTPOption",
            RedirectAsync) { Required = false },
    ];

    private static async Task TlsAsync(ConformanceTarget target)
    {
        await target.BackendsAsync("one");
        var (host, thumbprint) = (target.Host(), await SecretAsync(target, target.Host()));
        await IngressAsync(target, "mine", host, "Enabled");
        using var door = Secure(target);
        Expect.Equal("one", await door.Client.GetStringAsync($"https://{host}/", target.Deadline));
        Expect.Equal(thumbprint, door.Thumbprint);
        (await target.CallAsync($"http://{host}/")).Is(200);
    }

    private static async Task RedirectAsync(ConformanceTarget target)
    {
        await target.BackendsAsync("one");
        var (host, other) = (target.Host(), target.Host("other"));
        await SecretAsync(target, host);
        await IngressAsync(target, "mine", host, "Redirected");
        await target.IngressAsync("plain", Rule(other, Path(target.Split("one"))));
        var answer = (await target.CallAsync($"http://{host}/path?q=1")).Is(301);
        Expect.That(answer.Headers.GetValueOrDefault(
            "Location") is { } to && to.StartsWith($"https://{host}", StringComparison.Ordinal) && to.EndsWith("/path?q=1", StringComparison.Ordinal),
            $"Location is {answer.Headers.GetValueOrDefault("Location")}");
        (await target.CallAsync($"http://{other}/")).Is(200);
        using var door = Secure(target);
        Expect.Equal("one", await door.Client.GetStringAsync($"https://{host}/", target.Deadline));
    }

    private static SecureDoor Secure(ConformanceTarget target) =>
        new(target.SecureGateway ?? throw new CaseSkippedException("no HTTPS gateway was given: --gateway-https URL"));

    private static async Task IngressAsync(ConformanceTarget target, string name, string host, string option)
    {
        if (target.SecureGateway is null) throw new CaseSkippedException("no HTTPS gateway was given: --gateway-https URL");
        await target.IngressAsync(name, Rule(host, Path(target.Split("one"))));
        var changed = await target.PatchAsync<KIngress>(name,
            $$$"""{"spec":{"httpOption":"{{{option}}}","tls":[{"hosts":["{{{host}}}"],"secretName":"pair","secretNamespace":"{{{target.Namespace}}}"}]}}""");
        await target.WaitAsync<KIngress>(name, i => i.Status.ObservedGeneration >= changed.Metadata.Generation && i.Status.Conditions.IsTrue("Ready"), "Ready");
    }

    private static async Task<string> SecretAsync(ConformanceTarget target, string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var pair = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await target.ApplyAsync(
            $$"""
            apiVersion: v1
            kind: Secret
            metadata: { name: pair }
            type: kubernetes.io/tls
            data: { tls.crt: "{{Encoded(pair.ExportCertificatePem())}}", tls.key: "{{Encoded(key.ExportPkcs8PrivateKeyPem())}}" }
            """);
        return pair.Thumbprint;
    }

    private static string Encoded(string pem) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(pem));
}
