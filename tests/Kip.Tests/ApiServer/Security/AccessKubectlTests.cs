using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Kip.Client;
using Kip.Resources.Rbac;
using Kip.Testing.Kubectl;
using Shouldly;

namespace Kip.Tests.ApiServer.Security;

/// <summary>kubectl's commands about users and rights, run as they are documented.</summary>
public sealed class AccessKubectlTests : IAsyncLifetime
{
    private ApiServerFixture _api = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _api = await ApiServerFixture.StartAsync();

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Roles_are_made_and_bound_and_can_i_says_what_they_allow()
    {
        await Run("create", "role", "reader", "--verb=get,list,watch", "--resource=pods,deployments.apps");
        await Run("create", "clusterrole", "looker", "--verb=get", "--non-resource-url=/kip/metrics");
        await Run("create", "clusterrole", "watchers", "--aggregation-rule=example.com/watch=true");
        await Run("create", "rolebinding", "ann-reads", "--role=reader", "--user=ann");
        await Run("create", "clusterrolebinding", "ann-looks", "--clusterrole=looker", "--user=ann", "--serviceaccount=default:default", "--group=dev");

        (await CanI("ann", "list", "pods")).ShouldBe("yes");
        (await CanI("ann", "list", "deployments.apps")).ShouldBe("yes");
        (await CanI("ann", "list", "secrets")).ShouldBe("no");
        (await CanI("ann", "list", "pods", "-n", "kube-system")).ShouldBe("no");
        (await CanI("ann", "get", "/kip/metrics")).ShouldBe("yes");
        (await CanI("system:serviceaccount:default:default", "get", "/kip/metrics")).ShouldBe("yes");
        (await CanI("ann", "delete", "pods")).ShouldBe("no");
        (await Run("auth", "can-i", "*", "*")).Trim().ShouldBe("yes");
        (await Run("auth", "can-i", "--list", "--as=ann")).ShouldContain("pods");
        var me = await Run("auth", "whoami");
        me.ShouldContain("kubernetes-admin");
        me.ShouldContain("system:masters");
        (await Run("auth", "whoami", "--as=ann", "--as-group=dev")).ShouldContain("dev");
        (await Run("get", "clusterrole", "admin", "-o", "jsonpath={.aggregationRule.clusterRoleSelectors[0].matchLabels}")).ShouldContain("aggregate-to-admin");
    }

    [Fact]
    public async Task Nobody_gives_what_he_does_not_have()
    {
        await Run("create", "rolebinding", "ann-admin", "--clusterrole=admin", "--user=ann");
        await Gathered("admin", "secrets");

        var tooMuch = await Try("create", "role", "nodes", "--verb=get", "--resource=leases.coordination.k8s.io,certificatesigningrequests", "--as=ann");
        tooMuch.Error.ShouldContain("roles.rbac.authorization.k8s.io \"nodes\" is forbidden: user \"ann\" (groups=[\"system:authenticated\"]) is "
            + "attempting to grant RBAC permissions not currently held:");
        tooMuch.Error.ShouldContain("{APIGroups:[\"certificates.k8s.io\"], Resources:[\"certificatesigningrequests\"], Verbs:[\"get\"]}");
        (await Try("create", "rolebinding", "all", "--clusterrole=cluster-admin", "--user=ann", "--as=ann")).Error.ShouldContain("not currently held");
        await Run("create", "role", "fewer", "--verb=get", "--resource=secrets", "--as=ann");
        await Run("create", "rolebinding", "bob-views", "--clusterrole=view", "--user=bob", "--as=ann");
        (await Try(
            "create", "clusterrolebinding", "bob-views", "--clusterrole=view", "--user=bob",
            "--as=ann")).Error.ShouldContain("cannot create resource \"clusterrolebindings\"");

        // The verbs escalate and bind are how it is allowed on purpose.
        await Run("create", "role", "binder", "--verb=bind", "--resource=clusterroles.rbac.authorization.k8s.io", "--resource-name=cluster-admin");
        await Run("create", "rolebinding", "ann-binds", "--role=binder", "--user=ann");
        await Run("create", "rolebinding", "all", "--clusterrole=cluster-admin", "--user=carl", "--as=ann");
    }

    [Fact]
    public async Task A_binding_keeps_its_role_and_reconcile_mends_it()
    {
        await Run("create", "rolebinding", "b", "--clusterrole=view", "--user=ann");
        var changed = await Try(
            "patch", "rolebinding", "b", "--type=merge", "-p",
            """{"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"edit"}}""");
        changed.Error.ShouldContain("cannot change roleRef");

        var file = Path.Combine(_api.Folder, "rbac.yaml");
        await File.WriteAllTextAsync(file, """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: r, namespace: default}
            rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: b, namespace: default}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
            subjects: [{kind: User, name: ann}, {kind: ServiceAccount, name: robot, namespace: default}]
            """, Cancel);
        await Run("auth", "reconcile", "-f", file);
        (await Run("get", "rolebinding", "b", "-o", "jsonpath={.roleRef.name} {.subjects[*].name}")).ShouldBe("edit ann robot");
        (await Run("get", "role", "r", "-o", "jsonpath={.rules[0].verbs[0]}")).ShouldBe("get");
    }

    [Fact]
    public async Task A_token_of_a_service_account_does_what_its_roles_allow()
    {
        await Run("create", "serviceaccount", "robot");
        var token = (await Run("create", "token", "robot", "--duration=20m")).Trim();
        using var robot = _api.NewClient(token);

        (await robot.GetAsync("/api/v1/namespaces/default/pods", Cancel)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await Run("create", "rolebinding", "robot-views", "--clusterrole=view", "--serviceaccount=default:robot");
        await Gathered("view", "pods");
        (await robot.GetAsync("/api/v1/namespaces/default/pods", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await robot.GetAsync("/api/v1/namespaces/default/secrets", Cancel)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var who = await Run("auth", "whoami", $"--token={token}", "-o", "jsonpath={.status.userInfo.username} {.status.userInfo.groups}");
        who.ShouldContain("system:serviceaccount:default:robot");

        await Run("delete", "serviceaccount", "robot");
        (await robot.GetAsync("/api/v1/namespaces/default/pods", Cancel)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await Try("create", "token", "robot", "--duration=1m")).Error.ShouldContain("not found");
        (await Try("create", "token", "default", "--duration=1m")).Error.ShouldContain("may not specify a duration less than 10 minutes");
    }

    [Fact]
    public async Task Others_can_check_tokens_by_the_published_keys()
    {
        var token = (await Run("create", "token", "default")).Trim();
        var configuration = await Json("/.well-known/openid-configuration");
        configuration["issuer"]!.GetValue<string>().ShouldBe("https://kubernetes.default.svc.cluster.local");
        var key = (await Json("/openid/v1/jwks"))["keys"]![0]!;

        using var published = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Part("x"), Y = Part("y") } });
        var parts = token.Split('.');
        published.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Bytes(parts[2]), HashAlgorithmName.SHA256).ShouldBeTrue();
        JsonNode.Parse(Bytes(parts[0]))!["kid"]!.GetValue<string>().ShouldBe(key["kid"]!.GetValue<string>());

        byte[] Part(string name) => Bytes(key[name]!.GetValue<string>());
        static byte[] Bytes(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);
    }

    [Fact]
    public async Task A_token_secret_is_filled_and_ends_with_its_account()
    {
        await Run("create", "serviceaccount", "old");
        await _api.Kubectl.RunWithAsync("""
            apiVersion: v1
            kind: Secret
            metadata: {name: old-token, annotations: {kubernetes.io/service-account.name: old}}
            type: kubernetes.io/service-account-token
            """, "apply", "-f", "-");
        await Run("wait", "secret/old-token", "--for=jsonpath={.data.token}", "--timeout=60s");
        var token = Encoding.UTF8.GetString(Convert.FromBase64String(await Run("get", "secret", "old-token", "-o", "jsonpath={.data.token}")));
        (await Run("auth", "whoami", $"--token={token}", "-o", "jsonpath={.status.userInfo.username}")).ShouldBe("system:serviceaccount:default:old");

        await Run("delete", "serviceaccount", "old");
        await Run("wait", "secret/old-token", "--for=delete", "--timeout=60s");
        using var late = _api.NewClient(token);
        (await late.GetAsync("/version", Cancel)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_approved_request_becomes_a_certificate_that_signs_its_user_in()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await Request("ann", key, "CN=ann,O=dev");
        await Run("certificate", "approve", "ann");
        await Run("wait", "csr/ann", "--for=jsonpath={.status.certificate}", "--timeout=60s");
        var pem = Encoding.UTF8.GetString(Convert.FromBase64String(await Run("get", "csr", "ann", "-o", "jsonpath={.status.certificate}")));
        var files = (Certificate: Path.Combine(_api.Folder, "ann.crt"), Key: Path.Combine(_api.Folder, "ann.key"));
        await File.WriteAllTextAsync(files.Certificate, pem, Cancel);
        await File.WriteAllTextAsync(files.Key, key.ExportPkcs8PrivateKeyPem(), Cancel);
        var config = Path.Combine(_api.Folder, "ann.kubeconfig");
        var ann = new KubectlRunner(config, _api.Folder);
        await ann.RunAsync(
            "config", "set-cluster", "kip", $"--server={_api.Server.Address}",
            $"--certificate-authority={Path.Combine(Path.GetDirectoryName(_api.Server.KubeconfigPath)!, "ca.crt")}");
        await ann.RunAsync("config", "set-credentials", "ann", $"--client-certificate={files.Certificate}", $"--client-key={files.Key}");
        await ann.RunAsync("config", "set-context", "kip", "--cluster=kip", "--user=ann");
        await ann.RunAsync("config", "use-context", "kip");

        (await ann.RunAsync("auth", "whoami", "-o", "jsonpath={.status.userInfo.username} {.status.userInfo.groups}"))
            .ShouldBe("ann [\"dev\",\"system:authenticated\"]");
        (await ann.TryAsync(null, "get", "pods")).Error.ShouldContain("User \"ann\" cannot list resource \"pods\"");
        (await Run("get", "csr", "ann", "--no-headers")).ShouldContain("Approved,Issued");
    }

    [Fact]
    public async Task A_denied_request_and_one_for_the_masters_get_no_certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await Request("bob", key, "CN=bob");
        await Run("certificate", "deny", "bob");
        await Request("root", key, "CN=root,O=system:masters");
        await Run("certificate", "approve", "root");
        await Run("wait", "csr/root", "--for=condition=Failed", "--timeout=60s");

        (await Run("get", "csr", "bob", "root", "--no-headers", "-o", "custom-columns=C:.status.certificate")).ShouldBe("<none>\n<none>\n");
        (await Try("certificate", "approve", "bob")).ExitCode.ShouldNotBe(0);
        await Run("create", "clusterrole", "approver", "--verb=get,list,update", "--resource=certificatesigningrequests,certificatesigningrequests/approval");
        await Run("create", "clusterrolebinding", "ann-approves", "--clusterrole=approver", "--user=ann");
        await Request("carl", key, "CN=carl");
        (await Try("certificate", "approve", "carl", "--as=ann")).Error.ShouldContain("user not permitted to approve requests with signerName");
    }

    private async Task Request(string name, ECDsa key, string subject)
    {
        var request = new CertificateRequest(new X500DistinguishedName(subject), key, HashAlgorithmName.SHA256);
        await _api.Kubectl.RunWithAsync($$"""
            apiVersion: certificates.k8s.io/v1
            kind: CertificateSigningRequest
            metadata: {name: {{name}}}
            spec:
              request: {{Convert.ToBase64String(Encoding.ASCII.GetBytes(request.CreateSigningRequestPem()))}}
              signerName: kubernetes.io/kube-apiserver-client
              expirationSeconds: 3600
              usages: [client auth]
            """, "create", "-f", "-");
    }

    private async Task<string> CanI(string user, params string[] what) =>
        (await Try(["auth", "can-i", .. what, $"--as={user}"])).Output.Trim();

    // The rules of a gathered role come a moment after those that they are gathered from.
    private async Task Gathered(string role, string resource)
    {
        var watch = _api.Registry.Watch(ClusterRole.Definition, new ListOptions(), sendInitialEvents: true, Cancel);
        await foreach (var seen in watch)
            if (seen.Object is ClusterRole found && found.Metadata.Name == role && found.Rules.Any(rule => rule.Resources.Contains(resource))) return;
    }

    private async Task<JsonNode> Json(string path) => JsonNode.Parse(await _api.Http.GetStringAsync(path, Cancel))!;

    private Task<string> Run(params string[] arguments) => _api.Kubectl.RunAsync(arguments);

    private Task<KubectlResult> Try(params string[] arguments) => _api.Kubectl.TryAsync(null, arguments);
}
