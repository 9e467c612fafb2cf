using Kip.ApiServer.Registry;
using Kip.ApiServer.Security.Authentication;
using Kip.ApiServer.Security.Authorization;
using Kip.ApiServer.Security.Signing;
using Kip.ApiServer.Security.Tokens;
using Kip.ApiServer.Security.Users;
using Kip.Client;
using Kip.Client.Pods;
using Kip.Resources.Core;

namespace Kip.ApiServer.Security;

/// <summary>By what the server knows who is who: its CA, the keys of tokens, and the loops that issue both.</summary>
public sealed class Identities : IDisposable
{
    // As the kubelet has it: no pod's token for longer than a day.
    private const long MostSeconds = 24 * 3600;

    private readonly ResourceRegistry _registry;
    private readonly TimeProvider _time;
    private readonly TokenKeys _keys;

    private Identities(string directory, ResourceRegistry registry, TimeProvider time)
    {
        (_registry, _time) = (registry, time);
        Authority = CertificateAuthority.Open(directory, time);
        _keys = new TokenKeys(directory);
        Tokens = new ServiceAccountTokens(registry, _keys, time);
    }

    /// <summary>The CA of this installation.</summary>
    public CertificateAuthority Authority { get; }

    /// <summary>Issues and knows tokens of ServiceAccounts.</summary>
    internal ServiceAccountTokens Tokens { get; }

    /// <summary>The documents by which others can check tokens.</summary>
    internal IssuerDocuments Documents => new(_keys);

    /// <summary>Reads the CA from a folder, or makes one there.</summary>
    /// <exception cref="InvalidDataException">The files are there but are no CA.</exception>
    public static Identities Open(string directory, ResourceRegistry registry, TimeProvider time) => new(directory, registry, time);

    /// <summary>A token of a pod's ServiceAccount that ends with the pod.</summary>
    /// <exception cref="ApiException">404: the ServiceAccount is not there.</exception>
    public PodToken IssueFor(Pod pod, string? audience, long seconds)
    {
        const int Least = 600;
        var name = string.IsNullOrEmpty(pod.Spec.ServiceAccountName) ? "default" : pod.Spec.ServiceAccountName;
        var account = _registry.Get(ServiceAccount.Definition, new(pod.Metadata.Namespace, name)) as ServiceAccount
            ?? throw ApiException.NotFound(ServiceAccount.Definition, name);
        var life = TimeSpan.FromSeconds(Math.Clamp(seconds, Least, MostSeconds));
        var bound = new BoundObject("Pod", pod.Metadata.Name, pod.Metadata.Uid ?? "");
        var (token, claims) = Tokens.Issue(account, string.IsNullOrEmpty(audience) ? [] : [audience], life, bound);
        return new PodToken(token, claims.IssuedAt + (life * 0.8));
    }

    /// <summary>The gate of an API server that these identities are known to, and the administrator.</summary>
    internal AccessGate GateFor(AdminToken admin)
    {
        var users = new UserRecords(_registry, _time);
        return new(new(new ClientCertificates(Authority, users, _time), [admin, Tokens, users]), _registry.Access);
    }

    /// <summary>Fills token Secrets and signs approved requests until cancelled.</summary>
    internal Task RunAsync(CancellationToken cancel) => Task.WhenAll(
        _registry.RunAsync((store, writer, remover) => new TokenSecretFiller(store, writer, remover, Tokens, Authority.CertificatePem), cancel),
        _registry.RunAsync((store, writer, _) => new ClientCertificateSigner(store, writer, Authority, _time), cancel));

    public void Dispose()
    {
        _keys.Dispose();
        Authority.Dispose();
    }
}
