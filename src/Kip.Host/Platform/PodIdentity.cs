using System.Net;
using Kip.ApiServer.Security;
using Kip.Client.Pods;
using Kip.Resources.Core;

namespace Kip.Host.Platform;

/// <summary>Ties pods to the API: their tokens are the identities' to issue, and the API listens where they reach it once it is up.</summary>
internal sealed class PodIdentity(Identities identities) : IPodIdentity, IDisposable
{
    private readonly TaskCompletionSource<ApiServer.Http.ApiServer> _api = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string AuthorityPem => identities.Authority.CertificatePem;

    public PodToken Issue(Pod pod, string? audience, long seconds) => identities.IssueFor(pod, audience, seconds);

    // Pods may be started before the API is up, which is the last of all.
    public async Task<IPEndPoint> ListenAsync(IPAddress address, CancellationToken cancel) =>
        await (await _api.Task.WaitAsync(cancel)).ListenAsync(address, cancel);

    /// <summary>The API is up.</summary>
    public void Opened(ApiServer.Http.ApiServer api) => _api.TrySetResult(api);

    public void Dispose() => _api.TrySetCanceled();
}
