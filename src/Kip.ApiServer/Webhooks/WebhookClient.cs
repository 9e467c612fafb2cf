using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.AdmissionRegistration;

namespace Kip.ApiServer.Webhooks;

/// <summary>Asks a webhook: at its URL over HTTPS, or behind its Service through the gateway.</summary>
/// <param name="services">The gateway that leads to Services; null while there is none.</param>
internal sealed class WebhookClient(Func<Uri?> services, TimeProvider time) : IDisposable
{
    private const int MaxAnswerBytes = 3 * 1024 * 1024;
    private const int MaxCalls = 100;

    // Webhooks trust few authorities; more than this are begun anew.
    private const int MaxAuthorities = 16;

    private readonly SemaphoreSlim _places = new(MaxCalls);
    private readonly Dictionary<string, HttpClient> _clients = [];
    private readonly Lock _gate = new();

    /// <summary>The webhook's answer.</summary>
    /// <exception cref="FormatException">It is no answer to the question.</exception>
    /// <exception cref="HttpRequestException">The webhook cannot be reached, or answers something else than 200.</exception>
    /// <exception cref="TimeoutException">It does not answer in its time.</exception>
    /// <exception cref="ApiException">Too many webhooks are being asked (429).</exception>
    public async Task<AdmissionAnswer> AskAsync(Webhook webhook, string uid, ReadOnlyMemory<byte> review, CancellationToken cancel)
    {
        if (!_places.Wait(0, CancellationToken.None))
            throw ApiException.Of(429, StatusReason.TooManyRequests, $"{MaxCalls} webhooks are being asked: try again in a second");
        var limit = TimeSpan.FromSeconds(webhook.TimeoutSeconds ?? 10);
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            return AdmissionAnswer.Read(await SendAsync(webhook, review, limit, either.Token), uid);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"context deadline exceeded: no answer in {limit.TotalSeconds:0} s");
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose()
    {
        _places.Dispose();
        lock (_gate)
            foreach (var client in _clients.Values) client.Dispose();
    }

    private async Task<byte[]> SendAsync(Webhook webhook, ReadOnlyMemory<byte> review, TimeSpan limit, CancellationToken cancel)
    {
        using var request = RequestTo(webhook, limit);
        request.Content = new ReadOnlyMemoryContent(review) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        request.Headers.Accept.Add(new("application/json"));
        using var response = await ClientFor(webhook.ClientConfig).SendAsync(request, cancel);
        if ((int)response.StatusCode != 200)
            throw new HttpRequestException($"the server answered {(int)response.StatusCode} {response.ReasonPhrase}");
        return await response.Content.ReadAsByteArrayAsync(cancel);
    }

    private HttpRequestMessage RequestTo(Webhook webhook, TimeSpan limit)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"?timeout={limit.TotalSeconds:0}s");
        if (webhook.ClientConfig.Service is not { } service) return new(HttpMethod.Post, webhook.ClientConfig.Url + query);
        var door = services() ?? throw new HttpRequestException("no gateway leads to Services here");
        return new(
            HttpMethod.Post,
            new Uri(door, (service.Path ?? "/") + query)) { Headers = { Host = $"{service.Name}.{service.Namespace}.svc.cluster.local" } };
    }

    private HttpClient ClientFor(WebhookClientConfig config)
    {
        var bundle = config.Service is null ? config.CaBundle ?? "" : "";
        lock (_gate)
        {
            if (_clients.TryGetValue(bundle, out var known)) return known;
            // Whoever still uses an old one keeps it; it is collected afterwards.
            if (_clients.Count >= MaxAuthorities) _clients.Clear();
            return _clients[bundle] = Make(bundle);
        }
    }

    private static HttpClient Make(string bundle)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) };
        if (bundle.Length > 0) handler.SslOptions = Trusting(bundle);
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxAnswerBytes };
    }

    private static SslClientAuthenticationOptions Trusting(string bundle)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(bundle)));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            throw new HttpRequestException($"the caBundle holds no certificates: {e.Message}", e);
        }
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return new() { CertificateChainPolicy = policy };
    }
}
