using Kip.Testing.Load;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional;

[Collection(KipCollection.Name)]
public class HelloServiceTests(KipFixture fixture)
{
    private KipProgram Kip => fixture.Kip;

    [Fact]
    public async Task A_manifest_becomes_a_service_that_answers_sleeps_and_wakes()
    {
        (await Kip.KubectlAsync("apply", "-f", "samples/hello.yaml")).Succeeded();
        (await Kip.KubectlAsync("wait", "ksvc/hello", "--for=condition=Ready", "--timeout=60s")).Succeeded();
        var url = new Uri((await Kip.KubectlAsync("get", "ksvc", "hello", "-o", "jsonpath={.status.url}")).Succeeded().Output);
        using var client = LoopbackClient.To(Kip.Gateway);

        // It sleeps ten seconds after the last call, and on a slow machine kubectl may take longer to look.
        var shown = "";
        for (var look = 0; look < 10 && !shown.Contains("pod/hello-00001-deployment-", StringComparison.Ordinal); look++)
        {
            (await client.GetStringAsync(url)).ShouldContain("Hello Kip");
            shown = (await Kip.KubectlAsync("get", "ksvc,revisions,pods")).Succeeded().Output;
        }
        shown.ShouldContain("service.serving.knative.dev/hello");
        shown.ShouldContain("revision.serving.knative.dev/hello-00001");
        shown.ShouldContain("pod/hello-00001-deployment-");

        (await Kip.KubectlAsync("wait", "pods", "-l", "serving.knative.dev/service=hello", "--for=delete", "--timeout=120s")).Succeeded();
        (await Kip.KubectlAsync("get", "pods", "-l", "serving.knative.dev/service=hello")).Succeeded().Output.ShouldBeEmpty();
        (await client.GetStringAsync(url)).ShouldContain("Hello Kip");
        (await Kip.KubectlAsync("delete", "-f", "samples/hello.yaml", "--wait")).Succeeded();
    }
}
