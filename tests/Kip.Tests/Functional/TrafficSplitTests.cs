using Kip.Testing.Load;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional;

[Collection(KipCollection.Name)]
public class TrafficSplitTests(KipFixture fixture)
{
    private KipProgram Kip => fixture.Kip;

    [Fact]
    public async Task Ninety_to_ten_is_met_within_three_points_and_rollback_takes_it_all_back()
    {
        foreach (var target in (string[])["old", "new"])
        {
            (await Kip.KubectlWithInputAsync(ServiceYaml.Hello("split", target), "apply", "-f", "-")).Succeeded();
            (await Kip.KubectlAsync("wait", "ksvc/split", "--for=condition=Ready", "--timeout=60s")).Succeeded();
        }
        (await Kip.KipAsync("traffic", "split", "split-00001=90", "@latest=10")).Succeeded();
        using var client = LoopbackClient.To(Kip.Gateway);

        (await ShareOfNewAsync(client)).ShouldBeInRange(0.07, 0.13);

        var rolledBack = (await Kip.KipAsync("rollback", "split", "--to", "split-00001")).Succeeded().Output;
        rolledBack.ShouldContain("split-00001");
        (await ShareOfNewAsync(client)).ShouldBe(0);
        (await Kip.KipAsync("delete", "split")).Succeeded();
    }

    private async Task<double> ShareOfNewAsync(HttpClient client)
    {
        const int Requests = 2000;
        var url = new Uri($"http://split.default.localhost:{Kip.Gateway.Port}/");
        var fresh = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, cancel) =>
        {
            if ((await client.GetStringAsync(url, cancel)).Contains("Hello new")) Interlocked.Increment(ref fresh);
        });
        return (double)fresh / Requests;
    }
}
