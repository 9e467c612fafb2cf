using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Kip.Testing.Kubectl;
using Shouldly;

namespace Kip.Tests.ApiServer.Http;

public class EventVersionsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_of_one_group_is_seen_in_the_other()
    {
        await using var api = await ApiServerFixture.StartAsync();
        using var body = new StringContent(
            """
            {"metadata":{"name":"e"},"regarding":{"kind":"Pod","name":"p","namespace":"default"},"note":"pulled","reason":"Pulled","type":"Normal",
             "reportingController":"example.com/c","reportingInstance":"c-1","action":"Pulling","eventTime":"2026-01-02T03:04:05.000006Z"}
            """, new MediaTypeHeaderValue("application/json"));
        (await api.Http.PostAsync("/apis/events.k8s.io/v1/namespaces/default/events", body, Cancel)).EnsureSuccessStatusCode();

        var core = JsonNode.Parse(await api.Http.GetStringAsync("/api/v1/namespaces/default/events/e", Cancel))!;
        (core["involvedObject"]!["name"]!.GetValue<string>(), core["message"]!.GetValue<string>(), core["reportingComponent"]!.GetValue<string>())
            .ShouldBe(("p", "pulled", "example.com/c"));
        var events = JsonNode.Parse(await api.Http.GetStringAsync("/apis/events.k8s.io/v1/events?fieldSelector=reason%3DPulled", Cancel))!;
        events["apiVersion"]!.GetValue<string>().ShouldBe("events.k8s.io/v1");
        events["items"]![0]!["note"]!.GetValue<string>().ShouldBe("pulled");
        events["items"]![0]!["eventTime"]!.GetValue<string>().ShouldBe("2026-01-02T03:04:05.000006Z");
        (await api.Kubectl.RunAsync("get", "events.events.k8s.io", "-n", "default")).ShouldContain("pulled");
    }
}
