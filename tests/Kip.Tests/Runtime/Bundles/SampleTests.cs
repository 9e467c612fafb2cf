using System.Net.Http;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Runtime.Bundles;
using Kip.Testing.Programs;
using Kip.Testing.Runtime;
using Shouldly;

namespace Kip.Tests.Runtime.Bundles;

/// <summary>The samples of each language, built from source and asked.</summary>
public class SampleTests
{
    [Theory]
    [InlineData("hello-csharp", "csharp")]
    [InlineData("hello-node", "node")]
    [InlineData("hello-python", "python")]
    public async Task A_sample_is_built_and_answers(string sample, string language)
    {
        await using var kip = await RuntimeHarness.StartAsync();
        var cancel = TestContext.Current.CancellationToken;
        var built = await kip.Builder.BuildAsync(Repository.Path("samples", sample), new BuildOptions { Name = sample }, null, cancel);
        built.Bundle.Manifest.Language.ShouldBe(language);

        await kip.CreateAsync(RuntimeHarness.PodOf("hello", built.Bundle.Image.ToString(), static c => c with
        {
            Env = [new EnvVar { Name = "K_REVISION", Value = "hello-00001" }],
            ReadinessProbe = new Probe { HttpGet = new HttpGetAction { Path = "/" } },
        }));
        var pod = await kip.WaitForAsync<Pod>("hello", static p => p.Status.Conditions.Any(static c => c.Type == "Ready" && c.Status == "True"));

        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{pod.Metadata.Annotations["kip.dev/port"]}") };
        (await http.GetStringAsync("/", cancel)).ShouldBe("Hello from hello-00001\n");
        (await http.GetStringAsync("/sleep?ms=1", cancel)).ShouldBe("Slept 1 ms in hello-00001\n");
        (await kip.Builder.BuildAsync(Repository.Path("samples", sample), new BuildOptions { Name = sample }, null, cancel)).Reused.ShouldBeTrue();
    }
}
