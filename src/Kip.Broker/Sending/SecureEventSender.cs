using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Collections.Concurrent;
using Kip.CloudEvents.Formats;
using Kip.CloudEvents.Http;
using Kip.Rules.Eventing.Delivery;
using System.Buffers;

namespace Kip.Brokers.Sending;

/// <summary>Sends events over https, trusting the system's authorities and those that the destination names.</summary>
internal sealed class SecureEventSender(int maxAnswerBytes) : IEventSender, IDisposable
{
    // One client per set of authorities: there are as many as destinations differ in them.
    private readonly ConcurrentDictionary<string, HttpMessageInvoker> _clients = new();

    public async ValueTask<EventAnswer> SendAsync(EventRequest request, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(request.Timeout);
        try
        {
            var client = _clients.GetOrAdd(request.Target.CaCerts ?? "", static certificates => new(Handler(certificates)));
            using var message = Message(request);
            using var response = await client.SendAsync(message, patience.Token);
            return await ReadAsync(response, patience.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return EventAnswer.None($"no answer within {request.Timeout.TotalSeconds:0.###} s");
        }
        catch (Exception error) when (error is HttpRequestException or IOException or ArgumentException or System.Security.Cryptography.CryptographicException)
        {
            return EventAnswer.None(error.GetBaseException().Message);
        }
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values) client.Dispose();
    }

    private static SocketsHttpHandler Handler(string certificates)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, UseProxy = false, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(4),
        };
        if (certificates.Length == 0) return handler;
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPem(certificates);
        handler.SslOptions.RemoteCertificateValidationCallback = (stream, presented, chain, errors) =>
        {
            // Thrown, for of a plain refusal the sender would only be told that this callback was it.
            if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
                throw new AuthenticationException($"the certificate is not for \"{(stream as SslStream)?.TargetHostName}\"");
            return errors == SslPolicyErrors.None || IsVouchedFor(presented, chain, trusted);
        };
        return handler;
    }

    private static bool IsVouchedFor(X509Certificate? presented, X509Chain? chain, X509Certificate2Collection trusted)
    {
        if (presented is not X509Certificate2 certificate || chain is null) return false;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate) ? true : throw new AuthenticationException(
            "the certificate is signed neither by the destination's CACerts nor by an authority that this system trusts");
    }

    private static HttpRequestMessage Message(in EventRequest request)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, request.Target.Uri);
        var headers = new MessageHeaders(message);
        foreach (var (name, value) in request.Headers) headers.Add(name, value);
        headers.Add(DeliveryHeaders.Namespace, request.Namespace);
        if (request.PreferReply) headers.Add("Prefer", "reply");
        var sent = RequestBytes.ToSend(request);
        if (request.Format == DeliveryFormat.Json)
        {
            var body = new ArrayBufferWriter<byte>();
            message.Content = new ByteArrayContent([]);
            CloudEventHttpWriter.WriteStructured(sent, EventFormat.Json, ref headers, body);
            var type = message.Content.Headers.ContentType;
            message.Content = new ReadOnlyMemoryContent(body.WrittenMemory) { Headers = { ContentType = type } };
        }
        else
        {
            message.Content = new ReadOnlyMemoryContent(sent.Data);
            CloudEventHttpWriter.WriteBinary(sent, ref headers);
        }
        return message;
    }

    private async Task<EventAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var body = await response.Content.ReadAsStreamAsync(cancel);
        using var whole = new MemoryStream();
        var buffer = new byte[8192];
        while (await body.ReadAsync(buffer, cancel) is > 0 and var read)
        {
            whole.Write(buffer, 0, read);
            if (whole.Length > maxAnswerBytes) return EventAnswer.None($"the answer's body is over {maxAnswerBytes} bytes");
        }
        return new()
        {
            Status = (int)response.StatusCode,
            RetryAfter = response.Headers.NonValidated.TryGetValues("Retry-After", out var wait) ? wait.ToString() : null,
            Body = whole.ToArray(),
            Headers = [.. Flat(response.Headers), .. Flat(response.Content.Headers)],
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> Flat(HttpHeaders headers) =>
        headers.NonValidated.Select(static header => new KeyValuePair<string, string>(header.Key, header.Value.ToString()));

    private readonly struct MessageHeaders(HttpRequestMessage message) : ICloudEventHeaders
    {
        public void Add(string name, string value)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value)) message.Content!.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
