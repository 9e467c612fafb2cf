using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kip.Client;
using Kip.Client.Kubeconfigs;
using Kip.Host.CommandLine;
using Kip.Resources;
using Kip.Resources.Certificates;
using Kip.Resources.Rbac;
using Kip.Rules.Access;

namespace Kip.Host.Commands.Users;

/// <summary>Makes a user: the binding, the credential, and last the record by which the credential counts. What fails is undone.</summary>
/// <param name="space">Where the role counts; null: everywhere.</param>
internal sealed class Enrolment(Connection connection, string name, string role, string? space, TimeProvider time)
{
    private static readonly TimeSpan CertificateLifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IResources _resources = connection.Resources;

    /// <summary>When the credential ends; null: not by itself.</summary>
    public DateTimeOffset? Ends { get; private set; }

    public Task<KubeconfigContext> WithTokenAsync(TimeSpan? lifetime, CancellationToken cancel) => EnrolAsync(async () =>
    {
        var token = UserRecord.TokenOf(name, RandomNumberGenerator.GetHexString(64, lowercase: true));
        Ends = time.GetUtcNow() + lifetime;
        await RecordAsync(UserRecord.Token, Encoding.UTF8.GetBytes(token), cancel);
        return Context() with { Token = token };
    }, cancel);

    public Task<KubeconfigContext> WithCertificateAsync(TimeSpan? lifetime, CancellationToken cancel) => EnrolAsync(async () =>
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var wanted = lifetime < CertificateLifetime ? lifetime.Value : CertificateLifetime;
        var pem = await SignedAsync(key, wanted, cancel);
        using var certificate = X509Certificate2.CreateFromPem(pem);
        Ends = certificate.NotAfter.ToUniversalTime();
        await RecordAsync(UserRecord.Certificate, certificate.RawData, cancel);
        return Context() with { ClientCertificate = pem, ClientKey = key.ExportPkcs8PrivateKeyPem() };
    }, cancel);

    private async Task<KubeconfigContext> EnrolAsync(Func<Task<KubeconfigContext>> issue, CancellationToken cancel)
    {
        if (await _resources.GetAsync<Kip.Resources.Core.Secret>(new(UserRecord.Namespace, UserRecord.ObjectName(name)), cancel) is not null)
            throw new CommandFailure($"there is a user \"{name}\" already; to begin anew: kip user remove {name}");
        var binding = await BindingAsync(cancel);
        await _resources.CreateAsync(binding, cancel);
        try
        {
            return await issue();
        }
        catch
        {
            await _resources.DeleteAsync(binding.GetDefinition(), binding.Key, DeleteOptions.Default, CancellationToken.None);
            throw;
        }
    }

    private async Task<Resource> BindingAsync(CancellationToken cancel)
    {
        var kind = await RoleKindAsync(cancel);
        var reference = new RoleRef { ApiGroup = RbacNames.Group, Kind = kind.Kind, Name = role };
        var meta = new ObjectMeta { Namespace = space ?? "", Name = UserRecord.ObjectName(name), Labels = StringMap.Of((UserRecord.Label, name)) };
        ValueList<Subject> subjects = [new Subject { Kind = RbacNames.User, ApiGroup = RbacNames.Group, Name = name }];
        return space is null
            ? new ClusterRoleBinding { Metadata = meta, RoleRef = reference, Subjects = subjects }
            : new RoleBinding { Metadata = meta, RoleRef = reference, Subjects = subjects };
    }

    private async Task<KindDefinition> RoleKindAsync(CancellationToken cancel)
    {
        if (space is not null) await connection.RequireNamespaceAsync(cancel);
        if (space is not null && await _resources.GetAsync<Role>(new(space, role), cancel) is not null) return Role.Definition;
        if (await _resources.GetAsync<ClusterRole>(new("", role), cancel) is not null) return ClusterRole.Definition;
        throw new CommandFailure(
            $"there is no role \"{role}\"; see them with: kubectl get clusterroles{(space is null ? "" : $" && kubectl get roles -n {space}")}");
    }

    private async Task RecordAsync(string sort, byte[] credential, CancellationToken cancel) =>
        await _resources.CreateAsync(new UserRecord(name, sort, Convert.ToHexStringLower(SHA256.HashData(credential)), Ends).ToSecret(), cancel);

    private KubeconfigContext Context() => new()
    {
        Name = $"kip-{name}", Source = "", Server = connection.Context.Server, CertificateAuthority = connection.Context.CertificateAuthority,
        TlsServerName = connection.Context.TlsServerName, Namespace = space ?? "default",
    };

    /// <summary>Has the platform's CA sign a request for the user's key.</summary>
    private async Task<string> SignedAsync(ECDsa key, TimeSpan lifetime, CancellationToken cancel)
    {
        var request = new CertificateRequest($"CN={name},O={UserRecord.Group}", key, HashAlgorithmName.SHA256);
        var asked = await _resources.CreateAsync(new CertificateSigningRequest
        {
            Metadata = new() { GenerateName = UserRecord.ObjectName(name) + "-" },
            Spec = new()
            {
                Request = Convert.ToBase64String(Encoding.ASCII.GetBytes(request.CreateSigningRequestPem())),
                SignerName = CertificateSigningRequest.ApiClientSigner, ExpirationSeconds = (int)lifetime.TotalSeconds, Usages = ["client auth"],
            },
        }, cancel);
        try
        {
            return await IssuedAsync(asked, cancel);
        }
        finally
        {
            await _resources.DeleteAsync(asked.GetDefinition(), asked.Key, DeleteOptions.Default, CancellationToken.None);
        }
    }

    private async Task<string> IssuedAsync(Resource asked, CancellationToken cancel)
    {
        const string Approval = """{"status":{"conditions":[{"type":"Approved","status":"True","reason":"KipUserAdd","message":"kip user add"}]}}""";
        var approved = await _resources.PatchAsync(
            asked.GetDefinition(), asked.Key, new Patch(PatchContentType.Merge, Encoding.UTF8.GetBytes(Approval), "approval"), cancel);
        if (CertificateOf(approved) is { } already) return already;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        var which = new ListOptions { FieldSelector = $"metadata.name={asked.Metadata.Name}", ResourceVersion = approved.Metadata.ResourceVersion };
        await foreach (var change in _resources.WatchAsync(asked.GetDefinition(), which, patience.Token))
            if (change.Object is CertificateSigningRequest && CertificateOf(change.Object) is { } pem) return pem;
        throw new CommandFailure("the platform did not sign the certificate in time; try again, or give the user a token");
    }

    private static string? CertificateOf(Resource request) => request switch
    {
        CertificateSigningRequest { Status.Certificate: { } base64 } => Encoding.UTF8.GetString(Convert.FromBase64String(base64)),
        CertificateSigningRequest failed when failed.Condition(SigningCondition.Failed) is { } why =>
            throw new CommandFailure($"the platform refused to sign the certificate: {why.Message}"),
        _ => null,
    };
}
