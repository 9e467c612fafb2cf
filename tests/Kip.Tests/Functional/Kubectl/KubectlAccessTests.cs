using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Shouldly;

namespace Kip.Tests.Functional.Kubectl;

/// <summary>auth, certificate, and acting as somebody else.</summary>
public sealed class KubectlAccessTests(KubectlBed bed)
{
    [Theory, EveryKubectl]
    public async Task Auth_says_who_one_is_and_what_one_may(string version)
    {
        var kubectl = await bed.SessionAsync(version);

        (await kubectl.DoAsync("auth can-i delete pods")).ShouldBe("yes\n");
        (await kubectl.DoAsync("auth can-i create ksvc/hello --subresource=status -A")).ShouldBe("yes\n");
        (await kubectl.DoAsync("auth can-i --list")).ShouldContain("*.*");
        (await kubectl.DoAsync("auth whoami")).ShouldContain("kubernetes-admin");
    }

    [Theory, EveryKubectl]
    public async Task Somebody_without_rights_is_refused_in_kubernetes_words(string version)
    {
        var kubectl = await bed.SessionAsync(version);

        (await kubectl.RefusedAsync("get secrets --as=nobody")).ShouldContain(
            $"secrets is forbidden: User \"nobody\" cannot list resource \"secrets\" in API group \"\" in the namespace \"{kubectl.Namespace}\"");
        (await kubectl.TryAsync("auth can-i get secrets --as=nobody")).Output.ShouldContain("no");
        (await kubectl.DoAsync("auth can-i get secrets --as=nobody --as-group=system:masters")).ShouldBe("yes\n");
    }

    [Theory, EveryKubectl]
    public async Task Reconcile_makes_roles_as_the_file_has_them(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        kubectl.File("role.yaml", $$"""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: reconciled, namespace: {{kubectl.Namespace}}}
            rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
            """);

        (await kubectl.DoAsync("auth reconcile -f role.yaml")).ShouldContain("role.rbac.authorization.k8s.io/reconciled reconciled");
        (await kubectl.DoAsync("get role reconciled -o jsonpath={.rules[0].verbs}")).ShouldBe("[\"get\"]");
    }

    [Theory, EveryKubectl]
    public async Task Certificates_are_signed_when_approved_and_not_when_denied(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        foreach (var verb in (string[])["approve", "deny"])
        {
            var name = $"{verb}-{kubectl.Namespace}";
            await kubectl.DoAsync("create -f -", $$"""
                apiVersion: certificates.k8s.io/v1
                kind: CertificateSigningRequest
                metadata: {name: {{name}}}
                spec: {request: {{Request("ann")}}, signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}
                """);

            (await kubectl.DoAsync($"certificate {verb} {name}")).ShouldContain(verb == "approve" ? "approved" : "denied");

            if (verb == "approve")
            {
                await kubectl.DoAsync($"wait csr/{name} --for=condition=Approved --timeout=60s");
                await kubectl.DoAsync($"wait csr/{name} --for=jsonpath={{.spec.signerName}}=kubernetes.io/kube-apiserver-client --timeout=60s");
            }
            (await kubectl.DoAsync($"get csr {name}")).ShouldContain(verb == "approve" ? "Approved" : "Denied");
            await kubectl.DoAsync($"delete csr {name}");
        }
    }

    private static string Request(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        return Convert.ToBase64String(Encoding.ASCII.GetBytes(pem));
    }
}
