using System.Security.Cryptography.X509Certificates;

namespace Kip.Conformance.Serving.Ingress;

/// <summary>A client whose every connection goes to one gateway, and which keeps in mind what certificate was presented.</summary>
internal sealed class SecureDoor : IDisposable
{
    public SecureDoor(Uri gateway)
    {
        var handler = GatewayDoor.Handler(gateway);
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            Thumbprint = (certificate as X509Certificate2)?.Thumbprint;
            return certificate is not null;
        };
        Client = new HttpClient(handler);
    }

    public HttpClient Client { get; }

    /// <summary>Of the certificate that was presented last.</summary>
    public string? Thumbprint { get; private set; }

    public void Dispose() => Client.Dispose();
}
