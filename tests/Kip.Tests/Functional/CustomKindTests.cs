using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional;

/// <summary>Kinds that a definition makes: kip's own verbs know them as the server does, and a service of Kip's judges what is stored.</summary>
[Collection(KipCollection.Name)]
public sealed class CustomKindTests(KipFixture fixture)
{
    private const string Definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: gadgets.example.com}
        spec:
          group: example.com
          scope: Namespaced
          names: {plural: gadgets, kind: Gadget, shortNames: [gad]}
          versions:
          - name: v1
            served: true
            storage: true
            additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    properties: {size: {type: integer}}
                    x-kubernetes-validations: [{rule: "self.size < 10", message: too big}]
        """;

    private static readonly string Hook = """
        import json, os
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

        class Hook(BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_POST(self):
                request = json.loads(self.rfile.read(int(self.headers['Content-Length'])))['request']
                allowed = 'password' not in (request['object'].get('data') or {})
                response = {'uid': request['uid'], 'allowed': allowed}
                if not allowed:
                    response['status'] = {'code': 403, 'message': 'no passwords here'}
                body = json.dumps({'apiVersion': 'admission.k8s.io/v1', 'kind': 'AdmissionReview', 'response': response}).encode()
                self.send_response(200)
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        ThreadingHTTPServer(('', int(os.environ['PORT'])), Hook).serve_forever()
        """;

    private KipProgram Kip => fixture.Kip;

    [Fact]
    public async Task Kips_verbs_know_the_kinds_that_are_defined()
    {
        (await ApplyAsync(Definition)).Succeeded().Output.ShouldBe("customresourcedefinition.apiextensions.k8s.io/gadgets.example.com created\n");

        (await ApplyAsync(Gadget("size: 3"))).Succeeded().Output.ShouldBe("gadget.example.com/one created\n");
        (await ApplyAsync(Gadget("size: 3"))).Succeeded().Output.ShouldBe("gadget.example.com/one unchanged\n");
        (await ApplyAsync(Gadget("size: 4"))).Succeeded().Output.ShouldBe("gadget.example.com/one configured\n");
        (await ApplyAsync(Gadget("size: 12"))).Error.ShouldContain("spec: Invalid value: \"object\": too big");
        (await ApplyAsync(Gadget("sice: 4"))).Error.ShouldContain("unknown field \"spec.sice\"");
        (await KipAsync("get", "gad")).ShouldBe("NAME   SIZE\none    4\n");
        (await KipAsync("get", "gadgets", "-A")).ShouldBe("NAMESPACE   NAME   SIZE\ndefault     one    4\n");
        (await KipAsync("get", "gadget.example.com", "one", "-o", "name")).ShouldBe("gadget.example.com/one\n");
        var described = await KipAsync("describe", "gadget", "one");
        described.ShouldContain("Gadget  one\n");
        described.ShouldContain("spec:\n  size: 4\n");
        (await Kip.KipAsync("get", "gizmos")).Error.ShouldContain("the server has no kind called \"gizmos\"; see them with: kubectl api-resources");
        (await KipAsync("delete", "gad", "one")).ShouldBe("gadget.example.com/one deleted\n");
        (await Kip.KipAsync("get", "gad", "one")).Error.ShouldContain("gadgets.example.com \"one\" not found");
        (await KipAsync("delete", "crd", "gadgets.example.com")).ShouldContain("deleted");
    }

    [Fact]
    public async Task A_service_judges_what_is_stored()
    {
        var folder = Directory.CreateTempSubdirectory("kip-hook-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "main.py"), Hook);
        (await Kip.KipAsync("deploy", folder, "--name", "judge", "-a", "autoscaling.knative.dev/min-scale=1")).Succeeded();
        Directory.Delete(folder, recursive: true);
        (await ApplyAsync("""
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingWebhookConfiguration
            metadata: {name: judge}
            webhooks:
            - name: judge.example.com
              clientConfig: {service: {namespace: default, name: judge, path: /, port: 443}}
              rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
              objectSelector: {matchLabels: {judged: "yes"}}
              matchConditions: [{name: not-ours, expression: "!object.metadata.name.startsWith('trusted')"}]
              failurePolicy: Fail
              timeoutSeconds: 30
              sideEffects: None
              admissionReviewVersions: [v1]
            """)).Succeeded();

        (await CreateAsync("harmless", "colour")).Succeeded();
        (await CreateAsync("harmful", "password")).Error.ShouldContain("admission webhook \"judge.example.com\" denied the request: no passwords here");
        (await CreateAsync("trusted", "password")).Succeeded();
        (await Kip.KubectlAsync("get", "configmaps", "-l", "judged=yes", "-o", "name")).Output.ShouldBe("configmap/harmless\nconfigmap/trusted\n");

        await KipAsync("delete", "validatingwebhookconfiguration", "judge");
        await KipAsync("delete", "configmap", "harmless", "trusted");
        await KipAsync("delete", "judge");
    }

    private static string Gadget(string spec) => $$"""
        apiVersion: example.com/v1
        kind: Gadget
        metadata: {name: one}
        spec: { {{spec}} }
        """;

    private Task<CommandResult> CreateAsync(string name, string key) => Kip.KubectlWithInputAsync(
        $$"""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: {{name}}, labels: {judged: "yes"} }
        data: { {{key}}: value }
        """, "create", "-f", "-");

    private Task<CommandResult> ApplyAsync(string manifest) => Kip.KipWithInputAsync(manifest, "apply", "-f", "-");

    private async Task<string> KipAsync(params string[] arguments) => (await Kip.KipAsync(arguments)).Succeeded().Output;
}
