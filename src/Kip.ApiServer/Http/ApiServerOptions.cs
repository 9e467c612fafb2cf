using Kip.ApiServer.Security;
using Kip.Client.Pods;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Http;

/// <summary>Where the API server listens, where it keeps its keys, and its limits.</summary>
public sealed record ApiServerOptions
{
    /// <summary>The address to listen on; port 0 picks a free one.</summary>
    /// <value><c>127.0.0.1:6443</c>.</value>
    public IPEndPoint Endpoint { get; init; } = new(IPAddress.Loopback, 6443);

    /// <summary>The folder for the CA, the token's hash and the kubeconfig. Made if it is not there.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The largest request body in bytes; a larger one is answered 413.</summary>
    /// <value>3 MiB, as in Kubernetes.</value>
    public int MaxBodyBytes { get; init; } = 3 * 1024 * 1024;

    /// <summary>How many reads may be under way; beyond that 429. One user gets three quarters of them, and of the other limits, at most.</summary>
    /// <value>400.</value>
    public int MaxReads { get; init; } = 400;

    /// <summary>How many writes may be under way; beyond that 429.</summary>
    /// <value>200.</value>
    public int MaxWrites { get; init; } = 200;

    /// <summary>How many watches and followed logs may be open; beyond that 429.</summary>
    /// <value>2,000.</value>
    public int MaxStreams { get; init; } = 2000;

    /// <summary>How long a watch lasts when the client does not say.</summary>
    /// <value>40 minutes.</value>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromMinutes(40);

    /// <summary>More names the server certificate is to be valid for, beside loopback and Kubernetes' own.</summary>
    public IReadOnlyList<string> ServerNames { get; init; } = [];

    /// <summary>What else is answered behind the same credentials, by the beginning of its path: <c>/kip/events</c> answers all below it.</summary>
    /// <remarks>
    /// An answer that takes long counts among <see cref="MaxStreams"/>. An <see cref="Client.ApiException"/> that is thrown becomes its Status. The
    /// request's <see cref="HttpContext.RequestAborted"/> is cancelled when the client goes; the endpoint itself ends when its owner is stopped.
    /// </remarks>
    public IReadOnlyDictionary<string, RequestDelegate> ExtraEndpoints { get; init; } = new Dictionary<string, RequestDelegate>();

    /// <summary>By what the server knows who is who, when others use it, too; whoever made it disposes it.</summary>
    /// <value>Null: the server makes its own in <see cref="DataDirectory"/>.</value>
    public Identities? Identities { get; init; }

    /// <summary>
    /// Takes a line for each request that was answered: who asked for what, and how it ended, as an <c>audit.k8s.io/v1</c> Event. It must not wait.
    /// </summary>
    /// <value>Null: nothing is noted.</value>
    public Action<string>? Audit { get; init; }

    /// <summary>Runs programs in pods, for <c>kubectl exec</c>.</summary>
    /// <value>Null: no pods run beside this server, and exec is answered 501.</value>
    public IPodExec? Exec { get; init; }

    /// <summary>Opens connections to pods' ports, for <c>kubectl port-forward</c>.</summary>
    /// <value>Null: no pods run beside this server, and it is answered 501.</value>
    public IPodForward? Forward { get; init; }

    /// <summary>Measures containers and the machine, for <c>kubectl top</c>.</summary>
    /// <value>Null: no pods run beside this server, and there is no metrics.k8s.io.</value>
    public IMachineUsage? Usage { get; init; }
}
