using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Kip.Testing.Kubectl;
using Shouldly;

namespace Kip.Tests.ApiServer.CustomResources;

/// <summary>Rules of definitions, and owners of defined kinds, over HTTP.</summary>
public sealed class CustomRuleTests : IAsyncLifetime
{
    private const string Budgets = "/apis/stable.example.com/v1/budgets";
    private const string CronTabs = "/apis/stable.example.com/v1/namespaces/default/crontabs";

    private ApiServerFixture _api = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiServerFixture.StartAsync();
        (await PostAsync(Definitions.Path, Definitions.Budgets)).Code.ShouldBe(201);
    }

    public async ValueTask DisposeAsync()
    {
        _api.Logs.Lines.ShouldBeEmpty();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task Rules_are_asked_when_an_object_is_made_and_changed()
    {
        var (code, refused) = await PostAsync(Budgets, Budget("ann", "2Gi", "3Gi"));
        code.ShouldBe(422);
        ((string)refused["message"]!).ShouldEndWith("\"a\" is invalid: spec: Invalid value: \"object\": request 3Gi is more than 2Gi");
        (await PostAsync(Budgets, Budget("ann", "2Gi", "1Gi"))).Code.ShouldBe(201);

        (await PatchAsync($"{Budgets}/a", """{"spec": {"request": "2Gi"}}""")).Code.ShouldBe(200);
        (code, refused) = await PatchAsync($"{Budgets}/a", """{"spec": {"owner": "bob"}}""");

        code.ShouldBe(422);
        ((string)refused["message"]!).ShouldEndWith("spec.owner: Forbidden: the owner stays");
    }

    [Fact]
    public async Task A_definition_with_a_rule_that_means_nothing_is_refused()
    {
        var (code, refused) = await PostAsync(Definitions.Path, Definitions.Budgets.Replace("self == oldSelf", "self == oldself", StringComparison.Ordinal));

        code.ShouldBe(422);
        ((string)refused["message"]!).ShouldContain(
            "spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[owner].x-kubernetes-validations[0].rule: "
            + "Invalid value: \"self == oldself\": compilation failed: ERROR: <input>:1:9: undeclared reference to 'oldself' (in container '')");
    }

    [Fact]
    public async Task An_owner_that_is_deleted_in_the_foreground_goes_after_the_objects_of_other_kinds_that_it_owns()
    {
        (await PostAsync(Definitions.Path, Definitions.CronTabs)).Code.ShouldBe(201);
        var uid = (string)(await PostAsync(Budgets, Budget("ann", "1", "1"))).Body["metadata"]!["uid"]!;
        (await PostAsync(CronTabs, $$$"""
            {"apiVersion": "stable.example.com/v1", "kind": "CronTab", "spec": {"cronSpec": "* * * * *"}, "metadata": {"name": "owned",
              "finalizers": ["example.com/hold"],
              "ownerReferences": [{"apiVersion": "stable.example.com/v1", "kind": "Budget", "name": "a", "uid": "{{{uid}}}", "blockOwnerDeletion": true}]}}
            """)).Code.ShouldBe(201);
        using var owners = await WatchAsync(Budgets);
        using var owned = await WatchAsync(CronTabs);

        using var request = new HttpRequestMessage(HttpMethod.Delete, $"{Budgets}/a")
        {
            Content = new StringContent(
                """{"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Foreground"}""", Encoding.UTF8, "application/json"),
        };
        using var deleted = await _api.Http.SendAsync(request, Cancel);

        deleted.StatusCode.ShouldBe(HttpStatusCode.OK);
        // The owned object is asked to go and is held by its finalizer; the owner waits for it.
        await UntilAsync(owned, static change => change["object"]!["metadata"]!["deletionTimestamp"] is not null);
        JsonNode.Parse(await _api.Http.GetStringAsync($"{Budgets}/a", Cancel))!["metadata"]!["finalizers"]!.ToJsonString()
            .ShouldBe("""["foregroundDeletion"]""");
        await PatchAsync($"{CronTabs}/owned", """{"metadata": {"finalizers": null}}""");
        await UntilAsync(owners, static change => (string)change["type"]! == "DELETED");
        using var gone = await _api.Http.GetAsync($"{CronTabs}/owned", Cancel);
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static string Budget(string owner, string limit, string request) => $$$"""
        {"apiVersion": "stable.example.com/v1", "kind": "Budget", "metadata": {"name": "a"},
          "spec": {"owner": "{{{owner}}}", "limit": "{{{limit}}}", "request": "{{{request}}}"}}
        """;

    // The answer begins before the objects are looked at: only the first event says that the watch is there.
    private async Task<StreamReader> WatchAsync(string path)
    {
        var watch = new StreamReader(await _api.Http.GetStreamAsync($"{path}?watch=true", Cancel));
        await UntilAsync(watch, static change => (string)change["type"]! == "ADDED");
        return watch;
    }

    private static async Task UntilAsync(StreamReader watch, Func<JsonNode, bool> holds)
    {
        while (true)
        {
            var line = (await watch.ReadLineAsync(Cancel)).ShouldNotBeNull("the watch ended");
            if (holds(JsonNode.Parse(line)!)) return;
        }
    }

    private async Task<(int Code, JsonNode Body)> PatchAsync(string path, string body) =>
        await AnswerAsync(await _api.Http.PatchAsync(path, new StringContent(body, Encoding.UTF8, "application/merge-patch+json"), Cancel));

    private async Task<(int Code, JsonNode Body)> PostAsync(string path, string body) =>
        await AnswerAsync(await _api.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Cancel));

    private static async Task<(int Code, JsonNode Body)> AnswerAsync(HttpResponseMessage answer)
    {
        using (answer) return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!);
    }
}
