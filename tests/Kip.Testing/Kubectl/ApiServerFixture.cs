using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Kip.ApiServer.Http;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Security;
using Kip.Client.Pods;
using Kip.Testing.Logging;
using Microsoft.Extensions.Logging;

namespace Kip.Testing.Kubectl;

/// <summary>The real API server over a store in memory, on a free port, with the real kubectl and an HTTP client to talk to it.</summary>
public sealed class ApiServerFixture : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loops;

    private ApiServerFixture(string folder, ResourceRegistry registry, ApiServer.Http.ApiServer server, RecordedLogs logs)
    {
        (Folder, Registry, Server, Logs) = (folder, registry, server, logs);
        _loops = registry.RunAsync(_stop.Token);
        Kubectl = new KubectlRunner(server.KubeconfigPath, folder);
        Token = KubeconfigWriter.ReadToken(server.KubeconfigPath)!;
        Http = NewClient(Token);
    }

    /// <summary>A folder of the fixture's own, deleted with it. kubectl runs in it.</summary>
    public string Folder { get; }

    public ResourceRegistry Registry { get; }

    public ApiServer.Http.ApiServer Server { get; }

    public KubectlRunner Kubectl { get; }

    /// <summary>A client that trusts the server's CA and carries the token.</summary>
    public HttpClient Http { get; }

    /// <summary>The administrator's token.</summary>
    public string Token { get; }

    /// <summary>What the server logged.</summary>
    public RecordedLogs Logs { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="change">Other options than the defaults.</param>
    /// <param name="podLogs">What containers wrote; none by default.</param>
    public static async Task<ApiServerFixture> StartAsync(
        Func<ApiServerOptions, ApiServerOptions>? change = null, IPodLogs? podLogs = null, TimeProvider? time = null, string? dataDirectory = null)
    {
        var folder = Directory.CreateTempSubdirectory("kip-api-").FullName;
        var clock = time ?? TimeProvider.System;
        var registry = ResourceRegistry.InMemory(clock);
        var logs = new RecordedLogs(LogLevel.Warning);
        var options = new ApiServerOptions
        {
            Endpoint = new IPEndPoint(IPAddress.Loopback, 0),
            DataDirectory = dataDirectory ?? Path.Combine(folder, "data"),
        };
        var server = await ApiServer.Http.ApiServer.StartAsync(
            change is null ? options : change(options), registry, podLogs, clock, logs, CancellationToken.None);
        return new ApiServerFixture(folder, registry, server, logs);
    }

    /// <summary>A client that trusts the server's CA, with another token or none.</summary>
    public HttpClient NewClient(string? token) => NewClient(Server.Address, Server.KubeconfigPath, token);

    /// <summary>A client of any server that trusts the CA beside its kubeconfig, with a token or none.</summary>
    public static HttpClient NewClient(Uri address, string kubeconfig, string? token)
    {
        var authority = X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(Path.GetDirectoryName(kubeconfig)!, "ca.crt")));
        var handler = new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.None,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        var client = new HttpClient(handler) { BaseAddress = address };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        await _stop.CancelAsync();
        try
        {
            await _loops;
        }
        catch (OperationCanceledException)
        {
            // The loops were told to stop.
        }
        await Registry.DisposeAsync();
        _stop.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
