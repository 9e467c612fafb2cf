using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Shouldly;

namespace Kip.Tests.Functional.Kubectl;

/// <summary>Every generator of <c>kubectl create</c>, and <c>run</c> and <c>expose</c>.</summary>
public sealed class KubectlCreateTests(KubectlBed bed)
{
    [Theory, EveryKubectl]
    public async Task Namespaces_configmaps_and_accounts(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        kubectl.File("made/settings.properties", "x=1\n");
        kubectl.File("made/env.txt", "A=1\nB=2\n");

        (await kubectl.DoAsync($"create namespace made-{kubectl.Namespace}")).ShouldEndWith(" created\n");
        await kubectl.DoAsync("create configmap made-file --from-file=made/settings.properties --from-literal=y=2");
        (await kubectl.DoAsync("get cm made-file -o jsonpath={.data}")).ShouldBe("""{"settings.properties":"x=1\n","y":"2"}""");
        await kubectl.DoAsync("create configmap made-env --from-env-file=made/env.txt --append-hash");
        await kubectl.DoAsync("create serviceaccount made");
        (await kubectl.DoAsync("create cm made-dry --dry-run=client -o yaml")).ShouldContain("name: made-dry");
        (await kubectl.DoAsync("create cm made-dry --dry-run=server -o name")).ShouldBe("configmap/made-dry\n");
        (await kubectl.RefusedAsync("get cm made-dry")).ShouldContain("not found");
        (await kubectl.RefusedAsync("create cm made-file")).ShouldContain("already exists");
        (await kubectl.RefusedAsync("create cm UPPER")).ShouldContain("a lowercase RFC 1123 subdomain must consist of");
    }

    [Theory, EveryKubectl]
    public async Task Secrets_of_every_type(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        Certificate(kubectl.File);

        await kubectl.DoAsync("create secret generic made-generic --from-literal=password=hush");
        (await kubectl.DoAsync("get secret made-generic -o jsonpath={.type}:{.data.password}")).ShouldBe("Opaque:aHVzaA==");
        await kubectl.DoAsync("create secret tls made-tls --cert=tls/tls.crt --key=tls/tls.key");
        (await kubectl.DoAsync("get secret made-tls -o jsonpath={.type}")).ShouldBe("kubernetes.io/tls");
        await kubectl.DoAsync("create secret docker-registry made-pull --docker-server=r.example.com --docker-username=me --docker-password=hush");
        (await kubectl.DoAsync("get secret made-pull -o jsonpath={.type}")).ShouldBe("kubernetes.io/dockerconfigjson");
        (await kubectl.DoAsync("get secrets --field-selector type=kubernetes.io/tls -o name")).ShouldBe("secret/made-tls\n");
        (await kubectl.DoAsync("describe secret made-generic")).ShouldNotContain("hush");
    }

    [Theory, EveryKubectl]
    public async Task Deployments_and_services(string version)
    {
        var kubectl = await bed.SessionAsync(version);

        await kubectl.DoAsync("create deployment made-web --image=kip.local/helloworld --replicas=0 --port=8080");
        (await kubectl.DoAsync("get deployment made-web -o jsonpath={.spec.replicas}:{.spec.template.spec.containers[0].ports[0].containerPort}"))
            .ShouldBe("0:8080");
        await kubectl.DoAsync("expose deployment made-web --port=80 --target-port=8080");
        (await kubectl.DoAsync("get service made-web -o jsonpath={.spec.ports[0].targetPort}:{.spec.selector.app}")).ShouldBe("8080:made-web");
        await kubectl.DoAsync("create service clusterip made-ip --tcp=5678:8080");
        await kubectl.DoAsync("create service externalname made-name --external-name=example.com");
        (await kubectl.DoAsync("get svc made-ip made-name -o name")).ShouldBe("service/made-ip\nservice/made-name\n");
    }

    [Theory, EveryKubectl]
    public async Task Run_makes_a_pod(string version)
    {
        var kubectl = await bed.SessionAsync(version);

        await kubectl.DoAsync($"run made-pod --image={KubectlBed.Box} --labels=made=run --env=A=1 --restart=Never --command -- sh -c 'echo $A; exit 0'");
        await kubectl.DoAsync("wait pod/made-pod --for=jsonpath={.status.phase}=Succeeded --timeout=120s");

        (await kubectl.DoAsync("logs made-pod")).ShouldBe("1\n");
        (await kubectl.DoAsync("get pods -l made=run --field-selector status.phase=Succeeded -o name")).ShouldBe("pod/made-pod\n");
        await kubectl.DoAsync("delete pod made-pod --now");
    }

    [Theory, EveryKubectl]
    public async Task Roles_and_bindings(string version)
    {
        var kubectl = await bed.SessionAsync(version);

        await kubectl.DoAsync("create role made-reader --verb=get,list --resource=pods,services.serving.knative.dev --resource-name=a");
        await kubectl.DoAsync("create rolebinding made-reader --role=made-reader --serviceaccount=default:default --user=ann --group=devs");
        await kubectl.DoAsync($"create clusterrole made-{kubectl.Namespace} --verb=get --non-resource-url=/kip/metrics");
        await kubectl.DoAsync($"create clusterrolebinding made-{kubectl.Namespace} --clusterrole=view --user=ann");

        (await kubectl.DoAsync("get role made-reader -o jsonpath={.rules[*].resources}")).ShouldContain("services");
        (await kubectl.DoAsync("describe rolebinding made-reader")).ShouldContain("ann");
        await kubectl.DoAsync($"delete clusterrole,clusterrolebinding made-{kubectl.Namespace}");
    }

    [Theory, EveryKubectl]
    public async Task Jobs_and_cronjobs(string version)
    {
        var kubectl = await bed.SessionAsync(version);

        await kubectl.DoAsync($"create job made-job --image={KubectlBed.Box} -- sh -c 'echo done'");
        await kubectl.DoAsync("wait job/made-job --for=condition=Complete --timeout=120s");
        (await kubectl.DoAsync("logs job/made-job")).ShouldBe("done\n");
        await kubectl.DoAsync($"create cronjob made-cron --image={KubectlBed.Box} --schedule='0 0 1 1 *' -- sh -c 'echo from cron'");
        await kubectl.DoAsync("create job made-from --from=cronjob/made-cron");
        await kubectl.DoAsync("wait job/made-from --for=condition=Complete --timeout=120s");
        (await kubectl.DoAsync("get jobs,cronjobs -o name")).ShouldContain("cronjob.batch/made-cron");
        await kubectl.DoAsync("delete job,cronjob --all");
    }

    [Theory, EveryKubectl]
    public async Task Quotas(string version)
    {
        var kubectl = await bed.SessionAsync(version);
        var space = $"quota-{kubectl.Namespace}";
        await kubectl.DoAsync($"create namespace {space}");

        await kubectl.DoAsync($"create quota made -n {space} --hard=count/secrets=1,pods=0");
        await kubectl.DoAsync($"wait quota/made -n {space} --for=jsonpath={{.status.hard.pods}}=0 --timeout=60s");

        (await kubectl.RefusedAsync($"run over -n {space} --image={KubectlBed.Box}")).ShouldContain("exceeded quota: made");
        (await kubectl.DoAsync($"describe quota made -n {space}")).ShouldContain("count/secrets");
    }

    [Theory, EveryKubectl]
    public async Task Tokens(string version)
    {
        var kubectl = await bed.SessionAsync(version);

        var token = (await kubectl.DoAsync("create token default --duration=20m")).Trim();

        token.Split('.').Length.ShouldBe(3);
        (await kubectl.RefusedAsync("create token nobody")).ShouldContain("not found");
    }

    [Theory, EveryKubectl]
    public async Task What_is_not_served_is_refused_by_name(string version)
    {
        var kubectl = await bed.SessionAsync(version);

        (await kubectl.RefusedAsync("create ingress made --rule=example.com/=made:80")).ShouldContain("could not find the requested resource");
        (await kubectl.RefusedAsync("create poddisruptionbudget made --selector=a=b --min-available=1")).ShouldContain("could not find the requested resource");
        (await kubectl.RefusedAsync("create priorityclass made --value=7")).ShouldContain("could not find the requested resource");
    }

    private static void Certificate(Func<string, string, string> file)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=made.example.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(40), DateTimeOffset.UnixEpoch.AddYears(100));
        file("tls/tls.crt", certificate.ExportCertificatePem());
        file("tls/tls.key", key.ExportPkcs8PrivateKeyPem());
    }
}
