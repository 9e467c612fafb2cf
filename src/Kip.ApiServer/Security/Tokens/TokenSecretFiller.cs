using System.Text;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Registry.Deletion;
using Kip.ApiServer.Registry.Loops;
using Kip.ApiServer.Storage;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.ApiServer.Security.Tokens;

/// <summary>
/// Fills Secrets of type <c>kubernetes.io/service-account-token</c> with a token, the CA and the namespace, and deletes those whose account is gone.
/// </summary>
internal sealed class TokenSecretFiller(
    Store store, ResourceWriter writer, ResourceRemover remover, ServiceAccountTokens tokens, string authorityPem) : IStoreLoop
{
    public const string Type = "kubernetes.io/service-account-token";

    private const string NameKey = "kubernetes.io/service-account.name";
    private const string UidKey = "kubernetes.io/service-account.uid";

    private static readonly RequestContext Context = new("system:serviceaccount:kube-system:tokens-controller", Durable: false);

    public IReadOnlyList<KindDefinition> Follows { get; } = [Secret.Definition, ServiceAccount.Definition];

    public IEnumerable<ObjectId> First(Resource resource) => resource is Secret { Type: Type } ? [ObjectId.Of(resource)] : [];

    public IEnumerable<ObjectId> Concerned(Change change) => change switch
    {
        { New: Secret { Type: Type } secret } => [ObjectId.Of(secret)],
        { Either: ServiceAccount account } when change.New is null || change.Old is null =>
            store.Read(Secret.Definition).Table.In(account.Metadata.Namespace)
                .Where(secret => secret is Secret { Type: Type } && secret.Metadata.Annotations.Get(NameKey) == account.Metadata.Name).Select(ObjectId.Of),
        _ => [],
    };

    public void Process(ObjectId id)
    {
        if (store.Get(id) is not Secret { Type: Type, Metadata: { DeletionTimestamp: null } meta } secret) return;
        var account = store.Get(new(ServiceAccount.Definition, new(meta.Namespace, meta.Annotations.Get(NameKey) ?? ""))) as ServiceAccount;
        var uid = meta.Annotations.Get(UidKey);
        if (account is null || (uid is not null && uid != account.Metadata.Uid))
        {
            // One that waits for an account that is still to come has no uid yet.
            if (uid is not null) remover.Delete(id.Kind, id.Name, DeleteOptions.Default, Context);
            return;
        }
        if (uid is not null && secret.Data.ContainsKey("token")) return;
        writer.Modify(id.Kind, id.Name, null, present => Filled((Secret)present, account), Context);
    }

    private Secret Filled(Secret secret, ServiceAccount account)
    {
        var (token, _) = tokens.Issue(account, [], null, new BoundObject("Secret", secret.Metadata.Name, secret.Metadata.Uid ?? ""));
        return secret with
        {
            Metadata = secret.Metadata with { Annotations = secret.Metadata.Annotations.With(UidKey, account.Metadata.Uid ?? "") },
            Data = secret.Data.With(StringMap.Of(
                ("ca.crt", Base64(authorityPem)), ("namespace", Base64(account.Metadata.Namespace)), ("token", Base64(token)))),
        };
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
