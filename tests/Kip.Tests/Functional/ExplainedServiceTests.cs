using Kip.Testing.Load;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional;

/// <summary><c>kip why</c> and <c>kip record</c> against a running platform.</summary>
[Collection(KipCollection.Name)]
public class ExplainedServiceTests(KipFixture fixture)
{
    private KipProgram Kip => fixture.Kip;

    private static string Manifest(string name, string environment = "") =>
        $$"""
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata: { name: {{name}} }
        spec:
          template:
            spec:
              containers: [{ image: kip.local/conformance, env: [{{environment}}] }]
        """;

    [Fact]
    public async Task A_service_whose_program_ends_is_explained_down_to_the_line_that_it_wrote()
    {
        (await Kip.KipWithInputAsync(Manifest("why-broken", """{ name: EXIT_CODE, value: "7" }"""), "apply", "-f", "-")).Succeeded();
        (await Kip.KubectlAsync("wait", "ksvc/why-broken", "--for=condition=Ready=False", "--timeout=60s")).Succeeded();

        var told = (await Kip.KipAsync("why", "why-broken")).Succeeded().Output;

        told.ShouldStartWith("Why-broken is not ready: Revision why-broken-00001 does not come up");
        told.ShouldContain("exit code 7");
        told.ShouldContain("told to fail by EXIT_CODE");
        told.ShouldMatch(@"\n  do +mend what the log tells");
        (await Kip.KipAsync("why", "--events", "why-broken")).Succeeded().Output.ShouldContain("Warning");
        (await Kip.KipAsync("events", "--for", "why-broken")).Succeeded().Output.ShouldContain("why-broken-00001");
        (await Kip.KipAsync("events", "-o", "json")).Succeeded().Output.ShouldContain("\"LatestCreatedFailed\"");
        (await Kip.KipAsync("why")).Error.ShouldContain("name the service to explain");
        (await Kip.KipAsync("delete", "why-broken")).Succeeded();
    }

    [Fact]
    public async Task What_is_recorded_can_be_simulated_and_the_autoscalers_word_is_heard()
    {
        (await Kip.KipWithInputAsync(Manifest("why-busy"), "apply", "-f", "-")).Succeeded();
        (await Kip.KubectlAsync("wait", "ksvc/why-busy", "--for=condition=Ready", "--timeout=60s")).Succeeded();
        var url = new Uri((await Kip.KubectlAsync("get", "ksvc", "why-busy", "-o", "jsonpath={.status.url}")).Succeeded().Output);
        using var client = LoopbackClient.To(Kip.Gateway);

        var trace = Path.Combine(Kip.Data, "trace.csv");
        await using (var recording = Kip.Follow("record", "why-busy"))
        {
            await recording.LineAsync("# requests to default/why-busy");
            for (var i = 0; i < 20; i++) (await client.GetAsync(new Uri(url, $"/orders/{i}?secret=x"))).EnsureSuccessStatusCode();
            var lines = new List<string>();
            for (var i = 0; i < 20; i++) lines.Add(await recording.LineAsync($"/orders/{i}"));
            (await recording.InterruptAsync()).ShouldBe(0);
            lines.ShouldAllBe(static l => !l.Contains("secret"));
            await File.WriteAllLinesAsync(trace, lines);
        }
        (await Kip.KipAsync("simulate", trace, "--service", "why-busy")).Succeeded().Output.ShouldMatch(@"served +20\n");
        (await Kip.KipAsync("why", "why-busy", "scale-up")).Succeeded().Output.ShouldContain("the load calls for 1");
        (await Kip.KipAsync("why", "why-busy", "-o", "json")).Succeeded().Output.ShouldContain("\"verdict\"");
        (await Kip.KipAsync("delete", "why-busy")).Succeeded();
    }
}
