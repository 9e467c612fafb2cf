using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Kip.ApiServer.Security;

/// <summary>The certificate a server shows: issued at the start, and again in good time before it ends.</summary>
internal sealed class ServerCertificate(CertificateAuthority authority, IReadOnlyList<string> names, IReadOnlyList<IPAddress> addresses, TimeProvider time)
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    private readonly Lock _lock = new();
    private X509Certificate2? _current;

    /// <summary>The certificate to show now.</summary>
    public X509Certificate2 Current
    {
        get
        {
            var now = time.GetUtcNow();
            lock (_lock)
            {
                // The old one is left to the garbage collector: handshakes under way may still use it.
                if (_current is null || _current.NotAfter - RenewBefore < now)
                    _current = authority.IssueServerCertificate(names, addresses, now);
                return _current;
            }
        }
    }
}
