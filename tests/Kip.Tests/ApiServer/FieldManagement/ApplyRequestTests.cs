using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Rbac;
using Kip.Tests.Access;
using Shouldly;

namespace Kip.Tests.ApiServer.FieldManagement;

/// <summary>What the server asks of a server-side apply, and how it notes other writes.</summary>
public sealed class ApplyRequestTests : ApiServerTest
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    private const string Services = "/apis/serving.knative.dev/v1/namespaces/default/services";

    private const string Hello = """
        {"apiVersion":"serving.knative.dev/v1","kind":"Service","metadata":{"name":"hello"},
         "spec":{"template":{"spec":{"containers":[{"image":"a"}]}}}}
        """;

    private const string Map = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{"a":"1"}}""";

    [Theory]
    [InlineData("", 422, "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch")]
    [InlineData(
        "?fieldManager=a%07b", 422,
        "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Invalid value: \"a\u0007b\": should only contain printable characters")]
    [InlineData("?fieldManager=x&fieldValidation=Sometimes", 422, null)]
    public async Task Who_applies_must_be_said(string query, int code, string? message)
    {
        var status = await ApplyAsync($"{Maps}/m{query}", Map, code);

        if (message is not null) status["message"]!.GetValue<string>().ShouldBe(message);
        Api.Registry.Get(ConfigMap.Definition, new("default", "m")).ShouldBeNull();
    }

    [Fact]
    public async Task A_name_of_a_manager_has_a_limit()
    {
        var status = await ApplyAsync($"{Maps}/m?fieldManager={new string('x', 129)}", Map, 422);

        status["message"]!.GetValue<string>().ShouldEndWith("fieldManager: Too long: may not be more than 128 bytes");
    }

    [Theory]
    [InlineData(
        """{"apiVersion":"v2","kind":"ConfigMap","metadata":{"name":"m"}}""", 400,
        "Incorrect version specified in apply patch. Specified patch version: v2, expected: v1")]
    [InlineData(
        """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"m"}}""", 400,
        "the kind in the data (Secret) does not match the expected kind (ConfigMap)")]
    [InlineData(
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"other"}}""", 400,
        "the name of the object (other) does not match the name on the URL (m)")]
    [InlineData(
        """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m","managedFields":[{"manager":"x"}]}}""", 400,
        "metadata.managedFields must be nil")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":3}""", 400, null)]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m","uid":"1"}}""", 409, null)]
    [InlineData("[]", 400, null)]
    [InlineData("", 400, null)]
    [InlineData("a: [", 400, null)]
    [InlineData("\ud800", 400, null)]
    public async Task A_configuration_that_does_not_fit_is_refused_and_nothing_is_made(string body, int code, string? message)
    {
        var status = await ApplyAsync($"{Maps}/m?fieldManager=x", body, code);

        if (message is not null) status["message"]!.GetValue<string>().ShouldBe(message);
        Api.Registry.Get(ConfigMap.Definition, new("default", "m")).ShouldBeNull();
    }

    [Fact]
    public async Task A_field_that_the_kind_does_not_have_is_refused_or_warned_about_as_asked()
    {
        const string body = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"date":{},"data":{"a":"1"}}""";

        var refused = await ApplyAsync($"{Maps}/m?fieldManager=x&fieldValidation=Strict", body, 400);
        refused["message"]!.GetValue<string>()
            .ShouldBe("failed to create typed patch object (default/m; v1, Kind=ConfigMap): .date: field not declared in schema");

        using var answer = await SendAsync($"{Maps}/m?fieldManager=x", body);
        ((int)answer.StatusCode).ShouldBe(201);
        answer.Headers.GetValues("Warning").Single().ShouldBe("299 - \"unknown field \\\"date\\\"\"");
        Fields(Api.Registry.Get(ConfigMap.Definition, new("default", "m"))!).ShouldBe("""x: {"f:data":{"f:a":{}}}""");
    }

    [Fact]
    public async Task Force_belongs_to_apply_alone()
    {
        await ApplyAsync($"{Maps}/m?fieldManager=x", Map, 201);

        using var content = new StringContent("{}");
        content.Headers.ContentType = new MediaTypeHeaderValue(PatchContentType.Merge);
        using var answer = await Api.Http.PatchAsync($"{Maps}/m?force=true", content, Cancel);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldContain("force: Forbidden: may not be specified for non-apply patch");
    }

    [Fact]
    public async Task A_dry_run_shows_what_would_be_and_makes_nothing()
    {
        var shown = await ApplyAsync($"{Maps}/m?fieldManager=x&dryRun=All", Map, 201);

        shown["metadata"]!["managedFields"]!.AsArray().Count.ShouldBe(1);
        Api.Registry.Get(ConfigMap.Definition, new("default", "m")).ShouldBeNull();
    }

    [Fact]
    public async Task Applying_the_same_again_writes_nothing()
    {
        await ApplyAsync($"{Maps}/m?fieldManager=x", Map, 201);
        var first = Api.Registry.Get(ConfigMap.Definition, new("default", "m"));

        await ApplyAsync($"{Maps}/m?fieldManager=x", Map, 200);

        Api.Registry.Get(ConfigMap.Definition, new("default", "m")).ShouldBeSameAs(first);
    }

    [Fact]
    public async Task Who_gives_no_name_goes_by_the_program_that_was_used()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Maps)
        {
            Content = new StringContent(Map), Headers = { { "User-Agent", "my-controller/v1.2 (linux/amd64)" } },
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        (await Api.Http.SendAsync(request, Cancel)).Dispose();

        var entry = Api.Registry.Get(ConfigMap.Definition, new("default", "m"))!.Metadata.ManagedFields[0];
        (entry.Manager, entry.Operation, entry.ApiVersion, entry.FieldsType).ShouldBe(("my-controller", "Update", "v1", "FieldsV1"));
        entry.FieldsV1!.ToString().ShouldBe("""{"f:data":{".":{},"f:a":{}}}""");
    }

    [Fact]
    public async Task Beyond_ten_updaters_the_oldest_share_an_entry()
    {
        await ApplyAsync($"{Maps}/m?fieldManager=x", Map, 201);
        for (var i = 0; i < 12; i++)
        {
            using var content = new StringContent($$$"""{"data":{"k{{{i}}}":"1"}}""");
            content.Headers.ContentType = new MediaTypeHeaderValue(PatchContentType.Merge);
            (await Api.Http.PatchAsync($"{Maps}/m?fieldManager=u{i:00}", content, Cancel)).EnsureSuccessStatusCode();
        }

        var managed = Api.Registry.Get(ConfigMap.Definition, new("default", "m"))!.Metadata.ManagedFields;
        managed.Count(static entry => entry.Operation == "Update").ShouldBe(10);
        managed.Single(static entry => entry.Manager == "ancient-changes").FieldsV1!.ToString().ShouldContain("f:k0");
    }

    [Fact]
    public async Task Kips_own_writes_leave_no_entry_where_nobody_is_noted_and_take_ownership_where_somebody_is()
    {
        await Api.Registry.CreateAsync(MapOf("own", "1"), new("system:kip"), Cancel);
        Api.Registry.Get(ConfigMap.Definition, new("default", "own"))!.Metadata.ManagedFields.ShouldBeEmpty();

        await ApplyAsync($"{Maps}/m?fieldManager=x", Map, 201);
        await Api.Registry.ModifyAsync(
            ConfigMap.Definition, new("default", "m"), null, static map => (ConfigMap)map with { Data = StringMap.Of(("a", "2")) }, new("system:kip"), Cancel);
        Fields(Api.Registry.Get(ConfigMap.Definition, new("default", "m"))!).ShouldBe("""kip-controller: {"f:data":{"f:a":{}}}""");
    }

    [Fact]
    public async Task Whoever_wrote_before_anybody_was_noted_is_in_the_way_of_an_apply()
    {
        await Api.Registry.CreateAsync(MapOf("m", "9"), new("system:kip"), Cancel);

        var status = await ApplyAsync($"{Maps}/m?fieldManager=x", Map, 409);

        status["message"]!.GetValue<string>().ShouldBe("Apply failed with 1 conflict: conflict with \"before-first-apply\" using v1: .data.a");
        status["details"]!["causes"]![0]!.ToJsonString().ShouldBe(
            """{"reason":"FieldManagerConflict","message":"conflict with \u0022before-first-apply\u0022 using v1","field":".data.a"}""");
    }

    [Fact]
    public async Task Defaults_are_nobodys()
    {
        await ApplyAsync($"{Services}/hello?fieldManager=x", Hello, 201);

        var service = Api.Registry.Get(Kip.Resources.Serving.Service.Definition, new("default", "hello"))!;
        Fields(service).ShouldBe("""x: {"f:spec":{"f:template":{"f:spec":{"f:containers":{}}}}}""");
        ((Kip.Resources.Serving.Service)service).Spec.Template.Spec.TimeoutSeconds.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_defaults_make_of_a_list_that_is_one_value_is_no_change_when_it_is_applied_again()
    {
        await ApplyAsync($"{Services}/hello?fieldManager=x", Hello, 201);
        var first = Api.Registry.Get(Kip.Resources.Serving.Service.Definition, new("default", "hello"));

        await ApplyAsync($"{Services}/hello?fieldManager=x", Hello, 200);

        Api.Registry.Get(Kip.Resources.Serving.Service.Definition, new("default", "hello")).ShouldBeSameAs(first);
    }

    [Fact]
    public async Task Whoever_may_only_patch_makes_nothing_by_applying()
    {
        var rule = new PolicyRule { Verbs = ["patch"], ApiGroups = [""], Resources = ["configmaps"] };
        await Api.Registry.CreateAsync(RoleBookTests.RoleOf("default", "patcher", rule), new("test"), Cancel);
        await Api.Registry.CreateAsync(RoleBookTests.BindingOf("default", "ann", "Role", "patcher", RoleBookTests.User("ann")), new("test"), Cancel);
        Api.Http.DefaultRequestHeaders.Add("Impersonate-User", "ann");

        var status = await ApplyAsync($"{Maps}/m?fieldManager=x", Map, 403);

        status["message"]!.GetValue<string>().ShouldContain("User \"ann\" cannot create resource \"configmaps\" in API group \"\"");
        await Api.Registry.CreateAsync(new ConfigMap { Metadata = new() { Name = "m", Namespace = "default" } }, new("test"), Cancel);
        await ApplyAsync($"{Maps}/m?fieldManager=x", Map, 200);
    }

    [Fact]
    public async Task An_object_as_deep_as_may_be_is_read_back_with_its_owners()
    {
        var affinity = string.Concat(Enumerable.Repeat("{\"x\":", 54)) + "1" + new string('}', 54);
        var body = """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"deep"},"spec":{"selector":{"matchLabels":{"app":"a"}},"template":{
             "metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"i"}],"affinity":AFFINITY}}}}
            """.Replace("AFFINITY", affinity, StringComparison.Ordinal);

        await ApplyAsync($"{Deployments}/deep?fieldManager=x", body, 201);
        await ApplyAsync($"{Deployments}/deep?fieldManager=x", body, 200);

        var stored = Api.Registry.Get(Kip.Resources.Apps.Deployment.Definition, new("default", "deep"))!;
        stored.GetDefinition().Read(stored.GetDefinition().Write(stored)).ShouldBe(stored);
    }

    [Fact]
    public async Task Many_may_apply_at_once_and_none_loses_what_it_said()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => ApplyAsync($"{Deployments}/web?fieldManager=m{i}", $$"""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","labels":{"l{{i}}":"x"} },
             "spec":{"selector":{"matchLabels":{"app":"web"} },
             "template":{"metadata":{"labels":{"app":"web"} },"spec":{"containers":[{"name":"c","image":"i"}]} } } }
            """, null)));

        var stored = Api.Registry.Get(Kip.Resources.Apps.Deployment.Definition, new("default", "web"))!;
        stored.Metadata.Labels.Count.ShouldBe(20);
        stored.Metadata.ManagedFields.Count.ShouldBe(20);
    }

    private static ConfigMap MapOf(string name, string value) =>
        new() { Metadata = new() { Name = name, Namespace = "default" }, Data = StringMap.Of(("a", value)) };

    private static string Fields(Resource resource) =>
        string.Join('\n', resource.Metadata.ManagedFields.Select(static entry => $"{entry.Manager}: {entry.FieldsV1}"));

    private async Task<JsonNode> ApplyAsync(string path, string body, int? code)
    {
        using var answer = await SendAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        if (code is not null) ((int)answer.StatusCode).ShouldBe(code.Value, text);
        else answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }

    private Task<HttpResponseMessage> SendAsync(string path, string body)
    {
        var content = new StringContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(PatchContentType.Apply);
        return Api.Http.PatchAsync(path, content, Cancel);
    }
}
