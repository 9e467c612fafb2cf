using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Kip.Testing.Kubectl;
using Shouldly;

namespace Kip.Tests.ApiServer.Security;

/// <summary>What the audit log says of a request, and what it never says.</summary>
public sealed class AuditTests : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, JsonNode> _events = new();
    private ApiServerFixture _api = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _api = await ApiServerFixture.StartAsync(options => options with { Audit = Take });

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task A_request_is_noted_with_user_verb_object_and_code_and_without_its_body()
    {
        var secret = """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"stringData":{"password":"swordfish"}}""";
        using var body = new StringContent(secret, Encoding.UTF8, "application/json");
        using var answer = await _api.Http.PostAsync("/api/v1/namespaces/default/secrets?fieldManager=me", body, Cancel);

        var noted = await EventOf(answer);
        noted["kind"]!.GetValue<string>().ShouldBe("Event");
        noted["apiVersion"]!.GetValue<string>().ShouldBe("audit.k8s.io/v1");
        noted["level"]!.GetValue<string>().ShouldBe("Metadata");
        noted["stage"]!.GetValue<string>().ShouldBe("ResponseComplete");
        noted["verb"]!.GetValue<string>().ShouldBe("create");
        noted["requestURI"]!.GetValue<string>().ShouldBe("/api/v1/namespaces/default/secrets?fieldManager=me");
        noted["user"]!["username"]!.GetValue<string>().ShouldBe("kubernetes-admin");
        noted["objectRef"]!.ToJsonString().ShouldBe("""{"resource":"secrets","namespace":"default","apiVersion":"v1"}""");
        noted["responseStatus"]!["code"]!.GetValue<int>().ShouldBe(201);
        noted["annotations"]!["authorization.k8s.io/decision"]!.GetValue<string>().ShouldBe("allow");
        DateTimeOffset.Parse(noted["stageTimestamp"]!.GetValue<string>()).ShouldBeGreaterThanOrEqualTo(
            DateTimeOffset.Parse(noted["requestReceivedTimestamp"]!.GetValue<string>()));
        noted.ToJsonString().ShouldNotContain("swordfish");
    }

    [Fact]
    public async Task Somebody_who_acts_as_another_is_noted_as_both_and_a_refusal_as_such()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/apis/apps/v1/namespaces/default/deployments/d");
        request.Headers.Add("Impersonate-User", "ann");
        request.Headers.Add("Audit-Id", "mine-1");
        using var answer = await _api.Http.SendAsync(request, Cancel);

        var noted = await EventOf(answer);
        noted["auditID"]!.GetValue<string>().ShouldBe("mine-1");
        noted["user"]!["username"]!.GetValue<string>().ShouldBe("kubernetes-admin");
        noted["impersonatedUser"]!["username"]!.GetValue<string>().ShouldBe("ann");
        noted["annotations"]!["authorization.k8s.io/decision"]!.GetValue<string>().ShouldBe("forbid");
        noted["responseStatus"]!["code"]!.GetValue<int>().ShouldBe(403);
    }

    [Fact]
    public async Task A_stranger_is_noted_without_a_name_and_a_health_check_not_at_all()
    {
        using var stranger = _api.NewClient("wrong");
        using var refused = await stranger.GetAsync("/api/v1/secrets", Cancel);
        using var health = await stranger.GetAsync("/healthz", Cancel);

        var noted = await EventOf(refused);
        noted["user"]!.ToJsonString().ShouldBe("{}");
        noted["responseStatus"]!["code"]!.GetValue<int>().ShouldBe((int)HttpStatusCode.Unauthorized);
        health.Headers.Contains("Audit-Id").ShouldBeFalse();
    }

    private readonly SemaphoreSlim _told = new(0);

    private void Take(string line)
    {
        var noted = JsonNode.Parse(line)!;
        _events[noted["auditID"]!.GetValue<string>()] = noted;
        _told.Release();
    }

    // A line is written after its answer was sent.
    private async Task<JsonNode> EventOf(HttpResponseMessage answer)
    {
        var id = answer.Headers.GetValues("Audit-Id").Single();
        JsonNode? noted;
        while (!_events.TryGetValue(id, out noted)) await _told.WaitAsync(Cancel);
        return noted;
    }
}
