using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Kip.ApiServer.Http.Bodies;
using Kip.Client;
using Shouldly;

namespace Kip.Tests.ApiServer.Http;

/// <summary>What clients say they take, and what they send: forms, versions, encodings, and parameters that contradict each other.</summary>
public sealed class NegotiationTests : ApiServerTest
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    [Theory]
    [InlineData("", AnswerForm.Object)]
    [InlineData("*/*", AnswerForm.Object)]
    [InlineData("application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json", AnswerForm.Table)]
    [InlineData("application/json;q=0.5,application/json;as=Table;v=v1;g=meta.k8s.io", AnswerForm.Table)]
    [InlineData("application/json;as=Table;v=v1;g=meta.k8s.io;q=0.1,application/json", AnswerForm.Object)]
    [InlineData("application/vnd.kubernetes.protobuf,application/json", AnswerForm.Object)]
    [InlineData("application/cbor,application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io", AnswerForm.Partial)]
    [InlineData("application/json;as=Table;v=v2;g=meta.k8s.io,application/json", AnswerForm.Object)]
    [InlineData("application/json;as=Chart;v=v1;g=meta.k8s.io,application/json", AnswerForm.Object)]
    public void The_best_form_that_can_be_served_is_chosen(string accept, AnswerForm form) => AcceptedForm.OfObjects(accept).ShouldBe(form);

    [Theory]
    [InlineData("application/vnd.kubernetes.protobuf")]
    [InlineData("application/cbor")]
    [InlineData("application/yaml")]
    [InlineData("text/html")]
    [InlineData("application/json;as=Table;v=v2;g=meta.k8s.io")]
    public void What_cannot_be_served_is_406(string accept) =>
        Should.Throw<ApiException>(() => AcceptedForm.OfObjects(accept)).Code.ShouldBe(406);

    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta1")]
    public async Task Tables_and_metadata_have_the_version_that_was_asked_for(string version)
    {
        await SendAsync(HttpMethod.Post, Maps, """{"metadata":{"name":"a"}}""", HttpStatusCode.Created);

        var table = await GetAsync(Maps, $"application/json;as=Table;v={version};g=meta.k8s.io");
        table["apiVersion"]!.GetValue<string>().ShouldBe($"meta.k8s.io/{version}");
        table["rows"]![0]!["object"]!["apiVersion"]!.GetValue<string>().ShouldBe($"meta.k8s.io/{version}");
        var list = await GetAsync(Maps, $"application/json;as=PartialObjectMetadataList;v={version};g=meta.k8s.io");
        list["apiVersion"]!.GetValue<string>().ShouldBe($"meta.k8s.io/{version}");
        (await GetAsync($"{Maps}/a", $"application/json;as=PartialObjectMetadata;v={version};g=meta.k8s.io"))["apiVersion"]!.GetValue<string>()
            .ShouldBe($"meta.k8s.io/{version}");
    }

    [Theory]
    [InlineData("resourceVersionMatch=Exact", "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided")]
    [InlineData(
        "resourceVersion=1&resourceVersionMatch=About",
        "resourceVersionMatch: Unsupported value: \"About\": supported values: \"\", \"Exact\", \"NotOlderThan\"")]
    [InlineData(
        "resourceVersion=0&resourceVersionMatch=Exact",
        "resourceVersionMatch: Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")]
    [InlineData(
        "resourceVersion=1&resourceVersionMatch=Exact&continue=x",
        "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided")]
    [InlineData("sendInitialEvents=true", "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list")]
    [InlineData("watch=1&sendInitialEvents=true", "resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")]
    [InlineData(
        "watch=1&resourceVersionMatch=NotOlderThan",
        "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")]
    public async Task Parameters_that_contradict_each_other_are_refused_in_Kubernetes_words(string parameters, string why)
    {
        var status = await SendAsync(HttpMethod.Get, $"{Maps}?{parameters}", null, HttpStatusCode.UnprocessableEntity);

        status["message"]!.GetValue<string>().ShouldBe($"ListOptions.meta.k8s.io \"\" is invalid: {why}");
        status["details"]!["causes"]![0]!["field"]!.GetValue<string>().ShouldBe(why.Split(':')[0]);
    }

    [Fact]
    public async Task A_version_still_to_come_is_told_so_that_clients_come_again()
    {
        var status = await SendAsync(HttpMethod.Get, $"{Maps}?resourceVersion=99999999&resourceVersionMatch=NotOlderThan", null, HttpStatusCode.GatewayTimeout);

        status["message"]!.GetValue<string>().ShouldStartWith("Timeout: Too large resource version: 99999999, current: ");
        status["details"]!["causes"]![0]!["reason"]!.GetValue<string>().ShouldBe("ResourceVersionTooLarge");
        status["details"]!["retryAfterSeconds"]!.GetValue<int>().ShouldBe(1);
    }

    [Theory]
    [InlineData("metadata:\n  name: from-yaml\ndata:\n  k: \"1\"\n", HttpStatusCode.Created)]
    [InlineData("metadata: {name: a}\n---\nmetadata: {name: b}\n", HttpStatusCode.BadRequest)]
    [InlineData("metadata: [", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("- a\n", HttpStatusCode.BadRequest)]
    [InlineData("metadata: {name: y}\ndata: {x: 1}\n", HttpStatusCode.BadRequest)]
    public async Task An_object_may_come_as_YAML(string yaml, HttpStatusCode expected)
    {
        using var answer = await Api.Http.PostAsync(Maps, new StringContent(yaml, new MediaTypeHeaderValue("application/yaml")), Cancel);

        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync(Cancel));
    }

    [Theory]
    [InlineData("gzip", "application/json")]
    [InlineData(null, "application/cbor")]
    [InlineData(null, "text/plain")]
    public async Task Bodies_in_a_form_that_is_not_read_are_415(string? encoding, string type)
    {
        using var content = new ByteArrayContent([1, 2, 3]);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);

        (await Api.Http.PostAsync(Maps, content, Cancel)).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task A_schema_that_is_named_by_its_hash_may_be_kept_for_good_and_another_hash_leads_to_it()
    {
        var index = await SendAsync(HttpMethod.Get, "/openapi/v3", null, HttpStatusCode.OK);
        var url = index["paths"]!["api/v1"]!["serverRelativeURL"]!.GetValue<string>();

        using var answer = await Api.Http.GetAsync(url, Cancel);
        answer.Headers.CacheControl!.ToString().ShouldBe("public, immutable");
        using var redirected = await Api.Http.GetAsync("/openapi/v3/api/v1?hash=OF-AN-OLDER-SERVER", Cancel);
        // .NET's client follows, but leaves its token behind.
        redirected.RequestMessage!.RequestUri!.PathAndQuery.ShouldBe(url);
        using var plain = await Api.Http.GetAsync("/openapi/v3/api/v1", Cancel);
        plain.Headers.CacheControl.ShouldBeNull();
    }

    private async Task<JsonNode> GetAsync(string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await Api.Http.SendAsync(request, Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
    }

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, string? body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        using var answer = await Api.Http.SendAsync(request, Cancel);
        var said = await answer.Content.ReadAsStringAsync(Cancel);
        answer.StatusCode.ShouldBe(expected, said);
        return JsonNode.Parse(said)!;
    }
}
