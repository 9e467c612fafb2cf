using Kip.ApiServer.Registry;
using Kip.Client.Pods;
using Microsoft.Extensions.Logging;

namespace Kip.ApiServer.Http;

/// <summary>The Kubernetes-shaped HTTPS face of the registry: what kubectl, kn and client libraries talk to.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    private ApiServer(Uri address, string kubeconfig) => (Address, KubeconfigPath) = (address, kubeconfig);

    /// <summary>Where the server is reached, with the port it really has.</summary>
    public Uri Address { get; }

    /// <summary>The kubeconfig that leads to it, with its CA and an administrator's token.</summary>
    public string KubeconfigPath { get; }

    /// <summary>Makes what is missing of CA, token and kubeconfig, and begins to listen.</summary>
    /// <param name="logs">What the containers wrote; null where no pods run: then logs are answered 501.</param>
    /// <exception cref="IOException">The address is in use or the folder cannot be written.</exception>
    public static Task<ApiServer> StartAsync(
        ApiServerOptions options, ResourceRegistry registry, IPodLogs? logs, TimeProvider time, ILoggerFactory loggers, CancellationToken cancel) =>
        throw new NotSupportedException("not landed yet");

    /// <summary>Ends watches, lets requests under way finish, and stops listening.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
