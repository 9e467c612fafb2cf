using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Kip.ApiServer.Protobuf;
using Kip.Testing.Golden;
using Shouldly;

namespace Kip.Tests.ApiServer.Protobuf;

public sealed class ProtobufBodyTests : ApiServerTest
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task An_object_sent_as_protobuf_is_stored_like_one_sent_as_JSON()
    {
        var (code, stored) = await SendAsync(HttpMethod.Post, Maps, Envelope("v1", "ConfigMap", ConfigMap));

        code.ShouldBe(HttpStatusCode.Created, stored);
        var json = JsonNode.Parse(stored)!;
        json["metadata"]!["name"]!.GetValue<string>().ShouldBe("a");
        json["metadata"]!["labels"]!.ToJsonString().ShouldBe("""{"tier":"gold"}""");
        json["metadata"]!["finalizers"]!.ToJsonString().ShouldBe("""["example.com/one","example.com/two"]""");
        json["data"]!.ToJsonString().ShouldBe("""{"k":"1"}""");
        json["binaryData"]!.ToJsonString().ShouldBe("""{"b":"aGk="}""");
    }

    [Fact]
    public async Task Options_of_a_deletion_are_heeded()
    {
        await SendAsync(HttpMethod.Post, Maps, Envelope("v1", "ConfigMap", static map => map.Message(1, static meta => meta.Text(1, "a"))));

        var options = Envelope("v1", "DeleteOptions", static o => o.Message(2, static p => p.Text(1, "another uid")));

        (await SendAsync(HttpMethod.Delete, $"{Maps}/a", options)).Code.ShouldBe(HttpStatusCode.Conflict);
        (await SendAsync(
            HttpMethod.Delete, $"{Maps}/a", Envelope("v1", "DeleteOptions", static o => o.Text(4, "Background")))).Code.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_kind_that_is_not_understood_is_415_and_says_what_to_do()
    {
        var (code, said) = await SendAsync(HttpMethod.Post, Maps, Envelope("networking.k8s.io/v1", "IngressClass", static _ => { }));

        code.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        JsonNode.Parse(said)!["message"]!.GetValue<string>()
            .ShouldStartWith("networking.k8s.io/v1 IngressClass is not understood as protobuf: send it as application/json");
    }

    [Theory]
    [InlineData("configmap", Maps)]
    [InlineData("secret", "/api/v1/namespaces/default/secrets")]
    [InlineData("serviceaccount", "/api/v1/namespaces/default/serviceaccounts")]
    [InlineData("namespace", "/api/v1/namespaces")]
    [InlineData("service", "/api/v1/namespaces/default/services")]
    [InlineData("resourcequota", "/api/v1/namespaces/default/resourcequotas")]
    [InlineData("deployment", "/apis/apps/v1/namespaces/default/deployments")]
    [InlineData("role", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles")]
    [InlineData("rolebinding", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings")]
    [InlineData("clusterrole", "/apis/rbac.authorization.k8s.io/v1/clusterroles")]
    [InlineData("selfsubjectaccessreview", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")]
    public async Task What_kubectl_sends_is_taken(string recorded, string path)
    {
        var goldens = Goldens.Beside("Goldens");
        var body = await File.ReadAllBytesAsync(Path.Combine(goldens.Folder, recorded, "body.pb"), Cancel);

        var (code, said) = await SendAsync(HttpMethod.Post, $"{path}?fieldManager=kubectl-create&fieldValidation=Strict", body);

        code.ShouldBe(HttpStatusCode.Created, said);
    }

    [Theory]
    [InlineData("Strict", HttpStatusCode.BadRequest)]
    [InlineData("Warn", HttpStatusCode.Created)]
    [InlineData("Ignore", HttpStatusCode.Created)]
    public async Task A_field_that_is_not_known_is_treated_as_one_in_JSON(string validation, HttpStatusCode expected)
    {
        var body = Envelope("v1", "ConfigMap", static map =>
        {
            ConfigMap(map);
            map.Text(77, "of a later version");
        });

        var (code, said) = await SendAsync(HttpMethod.Post, $"{Maps}?fieldValidation={validation}", body);

        code.ShouldBe(expected, said);
        if (expected == HttpStatusCode.BadRequest) said.ShouldContain("strict decoding error: unknown field \\\"#77\\\"");
    }

    [Fact]
    public async Task A_body_that_is_cut_or_changed_anywhere_is_refused_or_read_but_never_a_failure()
    {
        var body = Envelope("v1", "ConfigMap", ConfigMap);
        for (var at = 0; at < body.Length; at++)
        {
            var changed = body.ToArray();
            changed[at] ^= 0xff;
            foreach (var broken in new[] { body[..at], changed })
                ((int)(await SendAsync(HttpMethod.Post, $"{Maps}?dryRun=All", broken)).Code).ShouldBeLessThan(500);
        }
    }

    private static void ConfigMap(ProtobufWriter map)
    {
        map.Message(1, static meta =>
        {
            meta.Text(1, "a");
            meta.Message(8, static _ => { });
            meta.Message(11, static label => Entry(label, "tier", "gold"));
            meta.Text(14, "example.com/one");
            meta.Text(14, "example.com/two");
        });
        map.Message(2, static entry => Entry(entry, "k", "1"));
        map.Message(3, static entry => Entry(entry, "b", "hi"));
    }

    private static void Entry(ProtobufWriter entry, string key, string value)
    {
        entry.Text(1, key);
        entry.Text(2, value);
    }

    private static byte[] Envelope(string apiVersion, string kind, Action<ProtobufWriter> write)
    {
        var envelope = new ProtobufWriter();
        envelope.Message(1, type => Entry(type, apiVersion, kind));
        envelope.Message(2, write);
        return [0x6b, 0x38, 0x73, 0, .. envelope.ToArray()];
    }

    private async Task<(HttpStatusCode Code, string Body)> SendAsync(HttpMethod method, string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.kubernetes.protobuf");
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var answer = await Api.Http.SendAsync(request, Cancel);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }
}
