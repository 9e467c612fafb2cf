using System.Net;
using System.Text.Json.Nodes;
using Kip.ApiServer.Registry;
using Kip.Resources.Rbac;
using Kip.Testing.Kubectl;
using Kip.Tests.Access;
using Shouldly;

namespace Kip.Tests.ApiServer.Security;

/// <summary>What a user who was given little may do, over HTTP, and in which words the rest is refused.</summary>
public sealed class AuthorizationTests : IAsyncLifetime
{
    private ApiServerFixture _api = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiServerFixture.StartAsync();
        var admin = new RequestContext("test");
        var rule = new PolicyRule { Verbs = ["get", "list"], ApiGroups = [""], Resources = ["configmaps"] };
        await _api.Registry.CreateAsync(RoleBookTests.RoleOf("default", "reader", rule), admin, Cancel);
        await _api.Registry.CreateAsync(RoleBookTests.BindingOf("default", "ann-reads", "Role", "reader", RoleBookTests.User("ann")), admin, Cancel);
    }

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task What_a_role_allows_is_done_and_the_rest_is_refused_in_Kubernetes_words()
    {
        (await AsAnn("get", "/api/v1/namespaces/default/configmaps")).Code.ShouldBe(HttpStatusCode.OK);
        await Refused("get", "/api/v1/namespaces/default/secrets",
            "secrets is forbidden: User \"ann\" cannot list resource \"secrets\" in API group \"\" in the namespace \"default\"");
        await Refused("get", "/api/v1/configmaps",
            "configmaps is forbidden: User \"ann\" cannot list resource \"configmaps\" in API group \"\" at the cluster scope");
        await Refused("delete", "/api/v1/namespaces/default/configmaps/x",
            "configmaps \"x\" is forbidden: User \"ann\" cannot delete resource \"configmaps\" in API group \"\" in the namespace \"default\"");
        await Refused("delete", "/api/v1/namespaces/default/configmaps",
            "configmaps is forbidden: User \"ann\" cannot deletecollection resource \"configmaps\" in API group \"\" in the namespace \"default\"");
        await Refused("get", "/apis/apps/v1/namespaces/default/deployments/d/scale",
            "deployments.apps \"d\" is forbidden: User \"ann\" cannot get resource \"deployments/scale\" in API group \"apps\" in the namespace \"default\"");
        await Refused("get", "/api/v1/namespaces/default/pods/p/exec?command=sh",
            "pods \"p\" is forbidden: User \"ann\" cannot create resource \"pods/exec\" in API group \"\" in the namespace \"default\"");
        await Refused("get", "/api/v1/namespaces/kube-system",
            "namespaces \"kube-system\" is forbidden: User \"ann\" cannot get resource \"namespaces\" in API group \"\" in the namespace \"kube-system\"");
        await Refused("get", "/kip/metrics", "forbidden: User \"ann\" cannot get path \"/kip/metrics\"");
    }

    [Fact]
    public async Task A_resource_that_does_not_exist_is_refused_before_it_is_looked_for() =>
        await Refused("get", "/apis/example.com/v1/namespaces/default/things",
            "things.example.com is forbidden: User \"ann\" cannot list resource \"things\" in API group \"example.com\" in the namespace \"default\"");

    [Fact]
    public async Task A_role_that_is_taken_away_counts_no_more_for_the_next_request()
    {
        (await AsAnn("get", "/api/v1/namespaces/default/configmaps")).Code.ShouldBe(HttpStatusCode.OK);

        await _api.Registry.DeleteAsync(
            RoleBinding.Definition, new("default", "ann-reads"), Kip.Resources.DeleteOptions.Default, new RequestContext("test"), Cancel);

        (await AsAnn("get", "/api/v1/namespaces/default/configmaps")).Code.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Groups_without_a_user_are_no_impersonation()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/version");
        request.Headers.Add("Impersonate-Group", "dev");
        using var answer = await _api.Http.SendAsync(request, Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private async Task Refused(string method, string path, string message)
    {
        var (code, body) = await AsAnn(method, path);
        code.ShouldBe(HttpStatusCode.Forbidden, path);
        body["message"]!.GetValue<string>().ShouldBe(message);
        body["reason"]!.GetValue<string>().ShouldBe("Forbidden");
    }

    private async Task<(HttpStatusCode Code, JsonNode Body)> AsAnn(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), path);
        request.Headers.Add("Impersonate-User", "ann");
        using var answer = await _api.Http.SendAsync(request, Cancel);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!);
    }
}
