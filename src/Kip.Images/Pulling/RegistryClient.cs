using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Kip.Images.Manifests;
using Kip.Images.References;
using Kip.Images.Storage;

namespace Kip.Images.Pulling;

/// <summary>Asks registries for manifests and blobs: mirrors first, with the credentials that fit, again after failures that pass.</summary>
public sealed class RegistryClient : IDisposable
{
    private const int Attempts = 5;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SilenceTime = TimeSpan.FromSeconds(60);

    private readonly HttpMessageInvoker _http;
    private readonly RegistryAuth _auth;
    private readonly RegistrySettingsFile _settings;
    private readonly TimeProvider _time;
    private readonly Func<double> _random;

    /// <param name="settings">Mirrors and insecure registries.</param>
    /// <param name="time">For waits between attempts and the life of tokens.</param>
    /// <param name="random">0 to 1; spreads the attempts of many.</param>
    public RegistryClient(RegistrySettingsFile settings, TimeProvider time, Func<double> random)
    {
        (_settings, _time, _random) = (settings, time, random);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTime, MaxAutomaticRedirections = 5, AutomaticDecompression = DecompressionMethods.None, UseCookies = false,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30), MaxResponseHeadersLength = 64,
        });
        _auth = new RegistryAuth(_http, time);
    }

    /// <summary>What a reference stands for at its registry now.</summary>
    /// <exception cref="ImageException">It cannot be told.</exception>
    public async Task<Digest> ResolveAsync(ImageReference image, IReadOnlyList<RegistryCredential> credentials, CancellationToken cancel)
    {
        if (image.Digest is { } known) return known;
        using (var head = await AskAsync(image, credentials, at => Manifest(HttpMethod.Head, at, image), cancel))
            if (Digest.TryParse(head.Headers.TryGetValues("Docker-Content-Digest", out var stated) ? stated.First() : null, out var digest)) return digest;
        // Not every registry states it on HEAD; the manifest itself always tells.
        return (await ManifestAsync(image, credentials, cancel)).Digest;
    }

    /// <summary>Fetches a manifest or index, checked against its digest where one is known.</summary>
    /// <exception cref="ImageException">It cannot be had.</exception>
    /// <exception cref="ManifestException">It is no manifest.</exception>
    public async Task<ManifestDocument> ManifestAsync(ImageReference image, IReadOnlyList<RegistryCredential> credentials, CancellationToken cancel)
    {
        using var answer = await AskAsync(image, credentials, at => Manifest(HttpMethod.Get, at, image), cancel);
        var bytes = await LimitedBody.ReadAsync(answer.Content, ManifestDocument.MaxBytes, cancel);
        if (image.Digest is { } wanted && Digest.Of(bytes) != wanted)
            throw new ImageException(ImageFailure.ErrImagePull, $"the registry answered for {image} with something else: its digest is {Digest.Of(bytes)}");
        return ManifestDocument.Read(bytes, answer.Content.Headers.ContentType?.ToString());
    }

    /// <summary>Fetches a blob into a writer; what came before a broken connection is not fetched again.</summary>
    /// <param name="received">Told the bytes that came, as they come.</param>
    /// <exception cref="ImageException">It cannot be had.</exception>
    /// <exception cref="BlobTooLargeException">More comes than the descriptor says.</exception>
    public async Task DownloadAsync(
        ImageReference image, Descriptor blob, IReadOnlyList<RegistryCredential> credentials, BlobWriter writer, Action<int> received, CancellationToken cancel)
    {
        for (var failures = 0; ;)
        {
            var before = writer.Length;
            try
            {
                await DownloadOnceAsync(image, blob, credentials, writer, received, cancel);
                return;
            }
            catch (Exception broken) when (broken is IOException or HttpRequestException or TimeoutException)
            {
                // As long as something comes each time it gets on.
                failures = writer.Length > before ? 1 : failures + 1;
                if (failures >= Attempts)
                    throw new ImageException(
                        ImageFailure.ErrImagePull,
                        $"the download of {blob.Digest} of {image} broke off after {writer.Length} of {blob.Size} bytes: {broken.Message}", broken);
                await Task.Delay(Wait(failures, null), _time, cancel);
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task DownloadOnceAsync(
        ImageReference image, Descriptor blob, IReadOnlyList<RegistryCredential> credentials, BlobWriter writer, Action<int> received, CancellationToken cancel)
    {
        if (writer.Length == blob.Size && blob.Size > 0) return;
        var from = writer.Length;
        using var answer = await AskAsync(image, credentials, at =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, new Uri(at, $"v2/{image.Repository}/blobs/{blob.Digest}"));
            if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
            return request;
        }, cancel);
        await using var body = await answer.Content.ReadAsStreamAsync(cancel);
        // Who does not know ranges sends all of it again.
        var skip = answer.StatusCode == HttpStatusCode.PartialContent ? 0 : from;
        var buffer = new byte[128 << 10];
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        while (true)
        {
            int read;
            silence.CancelAfter(SilenceTime);
            try
            {
                read = await body.ReadAsync(buffer, silence.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                throw new TimeoutException($"nothing came for {SilenceTime.TotalSeconds:0} s");
            }
            if (read == 0) break;
            var skipped = (int)Math.Min(skip, read);
            skip -= skipped;
            if (writer.Length + read - skipped > blob.Size) throw new BlobTooLargeException(blob.Size);
            await writer.AppendAsync(buffer.AsMemory(skipped, read - skipped), cancel);
            received(read - skipped);
        }
        if (writer.Length < blob.Size) throw new IOException("the connection ended early");
    }

    // The first endpoint that answers well; a mirror that does not is passed over.
    private async Task<HttpResponseMessage> AskAsync(
        ImageReference image, IReadOnlyList<RegistryCredential> credentials, Func<Uri, HttpRequestMessage> make, CancellationToken cancel)
    {
        foreach (var endpoint in _settings.Current.EndpointsOf(image.Registry))
        {
            try
            {
                var answer = await AuthorizedAsync(image, endpoint, credentials, make, cancel);
                if (answer.IsSuccessStatusCode) return answer;
                using (answer)
                    if (!endpoint.IsMirror) throw Refused(image, answer);
            }
            catch (HttpRequestException unreachable) when (!endpoint.IsMirror)
            {
                throw new ImageException(ImageFailure.ErrImagePull, Unreachable(image, endpoint, unreachable), unreachable);
            }
            catch (Exception failed) when (endpoint.IsMirror && failed is HttpRequestException or ImageException)
            {
                // The next one may do.
            }
        }
        throw new ImageException(ImageFailure.ErrImagePull, $"no registry answers for {image}");
    }

    // Tries each credential in turn, nobody's last, until one is let in.
    private async Task<HttpResponseMessage> AuthorizedAsync(
        ImageReference image, RegistryEndpoint endpoint, IReadOnlyList<RegistryCredential> credentials, Func<Uri, HttpRequestMessage> make,
        CancellationToken cancel)
    {
        HttpResponseMessage? last = null;
        foreach (var who in endpoint.IsMirror ? [null] : (RegistryCredential?[])[.. credentials, null])
        {
            last?.Dispose();
            last = await PersistentAsync(endpoint.Base, make, _auth.Known(endpoint.Base, image.Repository, who), cancel);
            if (last.StatusCode == HttpStatusCode.Unauthorized
                && await _auth.AnswerAsync(endpoint.Base, image.Repository, who, AuthChallenge.From(last.Headers), cancel) is { } answer)
            {
                last.Dispose();
                last = await PersistentAsync(endpoint.Base, make, answer, cancel);
            }
            if (last.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)) return last;
        }
        return last!;
    }

    // Again after "too many", "not now" and broken connections, for as long as they said or a growing time.
    private async Task<HttpResponseMessage> PersistentAsync(
        Uri at, Func<Uri, HttpRequestMessage> make, AuthenticationHeaderValue? authorization, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? asked = null;
            try
            {
                using var request = make(at);
                request.Headers.Authorization = authorization;
                request.Headers.UserAgent.ParseAdd("kip");
                var answer = await _http.SendAsync(request, cancel);
                if (attempt == Attempts || (answer.StatusCode != HttpStatusCode.TooManyRequests && (int)answer.StatusCode < 500)) return answer;
                asked = answer.Headers.RetryAfter?.Delta;
                answer.Dispose();
            }
            catch (HttpRequestException failed) when (
                attempt < Attempts && failed.InnerException is IOException or SocketException { SocketErrorCode: SocketError.ConnectionReset })
            {
                // A kept connection that the other side had closed, or one that broke: another may hold.
            }
            await Task.Delay(Wait(attempt, asked), _time, cancel);
        }
    }

    private TimeSpan Wait(int attempt, TimeSpan? asked)
    {
        var growing = FirstWait * Math.Pow(2, attempt - 1) * (0.5 + (_random() / 2));
        var wait = asked > growing ? asked.Value : growing;
        return wait < LongestWait ? wait : LongestWait;
    }

    private static HttpRequestMessage Manifest(HttpMethod method, Uri at, ImageReference image)
    {
        var request = new HttpRequestMessage(method, new Uri(at, $"v2/{image.Repository}/manifests/{image.Digest?.ToString() ?? image.Tag}"));
        foreach (var type in MediaTypes.Manifests) request.Headers.Accept.Add(new(type));
        return request;
    }

    private static ImageException Refused(ImageReference image, HttpResponseMessage answer) => new(ImageFailure.ErrImagePull, answer.StatusCode switch
    {
        HttpStatusCode.NotFound => $"{image.Registry} has no {image}",
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
            $"{image.Registry} does not let us pull {image}: {(int)answer.StatusCode} {answer.StatusCode}; name a Secret of type "
            + "kubernetes.io/dockerconfigjson in imagePullSecrets, or log in with docker login",
        HttpStatusCode.TooManyRequests => $"{image.Registry} says that we ask too often for {image}; try later, or with credentials",
        _ => $"{image.Registry} answers {(int)answer.StatusCode} {answer.StatusCode} for {image}",
    });

    private static string Unreachable(ImageReference image, RegistryEndpoint endpoint, HttpRequestException failure) =>
        failure.HttpRequestError == HttpRequestError.SecureConnectionError && endpoint.Base.Scheme == "https"
            ? $"{image.Registry} cannot be reached by HTTPS: {failure.Message}; if it speaks plain HTTP, say so with \"insecure: true\" in registries.yaml"
            : $"{image.Registry} cannot be reached for {image}: {failure.Message}";
}
