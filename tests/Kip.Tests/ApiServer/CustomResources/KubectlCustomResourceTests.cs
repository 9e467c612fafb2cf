using Shouldly;

namespace Kip.Tests.ApiServer.CustomResources;

/// <summary>The kubectl on the machine against definitions and the kinds they define.</summary>
public sealed class KubectlCustomResourceTests : ApiServerTest
{
    private const string CronTab = """
        apiVersion: stable.example.com/v1
        kind: CronTab
        metadata:
          name: nightly
        spec:
          cronSpec: "0 2 * * *"
          color: red
        """;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        (await ApplyAsync(Definitions.CronTabs)).ShouldBe("customresourcedefinition.apiextensions.k8s.io/crontabs.stable.example.com created\n");
        await RunAsync("wait --for=condition=Established crd/crontabs.stable.example.com --timeout=90s");
    }

    [Fact]
    public async Task Objects_are_applied_shown_scaled_explained_and_deleted_like_any_other()
    {
        (await ApplyAsync(CronTab)).ShouldBe("crontab.stable.example.com/nightly created\n");
        (await ApplyAsync(CronTab)).ShouldBe("crontab.stable.example.com/nightly unchanged\n");
        (await ApplyAsync(CronTab.Replace("red", "blue", StringComparison.Ordinal))).ShouldBe("crontab.stable.example.com/nightly configured\n");

        (await RunAsync("get ct")).ShouldMatch(@"^NAME +SPEC +REPLICAS +AGE\nnightly +0 2 \* \* \* +1 +\d+s\n$");
        (await RunAsync("get ct --field-selector=spec.color=blue -o name")).ShouldBe("crontab.stable.example.com/nightly\n");
        (await RunAsync("get all -o name")).ShouldContain("crontab.stable.example.com/nightly");
        (await RunAsync("scale ct/nightly --replicas=3")).ShouldBe("crontab.stable.example.com/nightly scaled\n");
        (await RunAsync("get ct/nightly -o jsonpath={.spec.replicas}")).ShouldBe("3");
        (await RunAsync("patch ct/nightly --subresource=status --type=merge -p {\"status\":{\"replicas\":3}}"))
            .ShouldBe("crontab.stable.example.com/nightly patched\n");
        var explained = await RunAsync("explain crontab.spec.cronSpec");
        explained.ShouldContain("KIND:       CronTab");
        explained.ShouldContain("FIELD: cronSpec <string>");
        (await RunAsync("delete ct nightly --wait=true")).ShouldContain("deleted");
    }

    [Fact]
    public async Task What_is_wrong_is_told_before_anything_is_stored()
    {
        var refused = await Api.Kubectl.TryAsync(CronTab.Replace("red", "green", StringComparison.Ordinal), "apply", "-f", "-");

        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldContain("The CronTab \"nightly\" is invalid: spec.color: Unsupported value: \"green\": supported values: \"red\", \"blue\"");
    }

    private Task<string> ApplyAsync(string manifest) => Api.Kubectl.RunWithAsync(manifest, "apply", "-f", "-");

    private Task<string> RunAsync(string arguments) => Api.Kubectl.RunAsync(arguments.Split(' '));
}
