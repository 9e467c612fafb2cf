using System.Text.Json;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional;

/// <summary>One service through every verb, as its owner would go: from source to traffic split, rollback and removal.</summary>
[Collection(KipCollection.Name)]
public sealed class JourneyTests(KipFixture fixture)
{
    private const string Name = "journey";

    private KipProgram Kip => fixture.Kip;

    [Fact]
    public async Task A_service_goes_through_every_verb()
    {
        await DeployAsync();
        await LookAsync();
        await CallAsync();
        await ReadLogsAsync();
        await SplitAndRollBackAsync();
        await DeleteAsync();
    }

    [Fact]
    public async Task A_manifest_applied_twice_is_created_then_unchanged_then_configured()
    {
        var hello = ServiceYaml.Hello("applied", "one");

        (await ApplyAsync(hello)).ShouldBe("service.serving.knative.dev/applied created\n");
        (await ApplyAsync(hello)).ShouldBe("service.serving.knative.dev/applied unchanged\n");
        (await ApplyAsync(ServiceYaml.Hello("applied", "two"))).ShouldBe("service.serving.knative.dev/applied configured\n");

        (await KipAsync("delete", "ksvc", "applied", "-o", "name")).ShouldBe("service.serving.knative.dev/applied\n");
    }

    [Fact]
    public async Task A_program_that_crashes_at_start_is_answered_with_its_last_lines()
    {
        var folder = Directory.CreateTempSubdirectory("kip-crash-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "main.py"), "import sys\nprint('no database here')\nsys.exit(3)\n");

        var result = await Kip.KipAsync("deploy", folder, "--name", "crash");

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldContain("kip: service \"crash\" is not ready: Revision \"crash-00001\" failed with message: Container failed with: no database here\n");
        result.Error.ShouldContain("The last lines of pod crash-00001-deployment-");
        (await KipAsync("why", "crash")).ShouldContain("exit code 3");
        (await KipAsync("logs", "crash")).ShouldContain("no database here");
        (await KipAsync("delete", "crash")).ShouldContain("deleted");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_namespace_that_is_not_there_is_told_before_anything_is_built()
    {
        var result = await Kip.KipAsync("deploy", "samples/hello-node", "-n", "nowhere");

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("kip: there is no namespace \"nowhere\"; make it with: kubectl create namespace nowhere");
        (await Kip.KipAsync("get", "-n", "nowhere")).Error.ShouldBe("No services in namespace nowhere.\n");
    }

    private async Task DeployAsync()
    {
        string[] deploy = ["deploy", "samples/hello-node", "--name", Name];
        (await KipAsync(deploy)).ShouldStartWith("journey-00001 serves at http://journey.default.localhost:");
        (await KipAsync(deploy)).ShouldStartWith("journey-00001 ", Case.Sensitive, "nothing changed: no new revision");
        // Its pod stays: what it wrote is read later, however long that takes.
        string[] awake = ["-a", "autoscaling.knative.dev/min-scale=1"];
        (await KipAsync([.. deploy, "--env", "GREETING=Servus", .. awake, "-o", "url"])).ShouldBe($"http://journey.default.localhost:{Kip.Gateway.Port}\n");
    }

    private async Task LookAsync()
    {
        (await KipAsync("get")).ShouldContain("journey-00002");
        (await KipAsync("get", "ksvc", Name, "-o", "name")).ShouldBe("service.serving.knative.dev/journey\n");
        (await KipAsync("get", "ksvc", Name, "-o", "yaml")).ShouldStartWith($"apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: {Name}\n");
        (await KipAsync("get", "ksvc", "-o", "yaml")).ShouldStartWith("apiVersion: v1\nkind: List\nitems:\n- apiVersion: serving.knative.dev/v1\n");
        (await KipAsync("get", "pods")).Split('\n')[0].ShouldNotContain("NODE");
        (await KipAsync("get", "pods", "-o", "wide")).Split('\n')[0].ShouldContain("NODE");
        (await JsonAsync("get", "ksvc", Name)).GetProperty("status").GetProperty("latestReadyRevisionName").GetString().ShouldBe("journey-00002");
        (await JsonAsync("get", "revisions", "-l", $"serving.knative.dev/service={Name}")).GetProperty("items").GetArrayLength().ShouldBe(2);
        var described = await KipAsync("describe", Name);
        foreach (var part in (string[])["URL        http://journey.default.localhost", "RoutesReady", "journey-00001", "journey-00002"])
            described.ShouldContain(part);
        (await JsonAsync("describe", Name)).GetProperty("items").EnumerateArray()
            .Select(static i => i.GetProperty("kind").GetString()).ShouldContain("Revision");
        (await KipAsync("status")).ShouldContain("journey");
        var status = await JsonAsync("status");
        status.GetProperty("processId").GetInt32().ShouldBe(Kip.ProcessId);
        status.GetProperty("services").EnumerateArray().Select(static s => s.GetProperty("name").GetString()).ShouldContain(Name);
        (await JsonAsync("version")).GetProperty("platform").GetString().ShouldNotBeNullOrEmpty();
    }

    private async Task CallAsync()
    {
        (await KipAsync("invoke", Name)).ShouldBe("Servus from journey-00002\n");
        (await KipAsync("invoke", Name, "--path", "/sleep?ms=1")).ShouldBe("Slept 1 ms in journey-00002\n");
        (await KipAsync("invoke", Name, "--data", "hello", "-H", "Content-Type: text/plain")).ShouldContain("journey-00002");
        var traced = (await Kip.KipAsync("invoke", Name, "--trace")).Succeeded();
        traced.Output.ShouldBe("Servus from journey-00002\n", "the trace goes to stderr, the answer alone to stdout");
        traced.Error.ShouldContain("total, seen by the client");
        var answer = await JsonAsync("invoke", Name);
        answer.GetProperty("status").GetInt32().ShouldBe(200);
        answer.GetProperty("stages").GetArrayLength().ShouldBeGreaterThan(0);
    }

    private async Task SplitAndRollBackAsync()
    {
        (await KipAsync("traffic", Name, "journey-00001=90", "@latest=10")).ShouldContain("90%");
        ShareOf("journey-00001", await JsonAsync("rollback", Name)).ShouldBe(100);
        (await KipAsync("invoke", Name)).ShouldBe("Hello from journey-00001\n");
        Failed(await Kip.KipAsync("rollback", Name), "no older ready revision");
        Failed(await Kip.KipAsync("traffic", Name, "journey-00009=100"), "there is no revision \"journey-00009\"");
        ShareOf("journey-00002", await JsonAsync("traffic", Name, "@latest=100")).ShouldBe(100);
        (await KipAsync("traffic", Name)).ShouldContain("100%");
    }

    private static int ShareOf(string revision, JsonElement traffic) =>
        traffic.EnumerateArray().Single(t => t.GetProperty("revisionName").GetString() == revision).GetProperty("percent").GetInt32();

    private async Task ReadLogsAsync()
    {
        (await KipAsync("logs", Name)).ShouldContain("/sleep?ms=1");
        (await KipAsync("logs", Name, "--tail", "1", "--timestamps")).ShouldContain("T");
        // Following goes on until it is interrupted, as with Ctrl-C.
        await using var following = Kip.Follow("logs", Name, "-f");
        await following.LineAsync("/sleep?ms=1");
        await KipAsync("invoke", Name, "--path", "/followed");
        (await following.LineAsync("/followed")).ShouldStartWith("[journey-00002-deployment-");
        (await following.InterruptAsync()).ShouldNotBe(0);
    }

    private async Task DeleteAsync()
    {
        (await KipAsync("delete", Name)).ShouldBe("service.serving.knative.dev/journey deleted\n");
        Failed(await Kip.KipAsync("delete", Name), "\"journey\" not found");
        (await Kip.KipAsync("get", "revisions")).Output.ShouldNotContain(Name);
    }

    private async Task<string> KipAsync(params string[] arguments) => (await Kip.KipAsync(arguments)).Succeeded().Output;

    private async Task<string> ApplyAsync(string manifest) => (await Kip.KipWithInputAsync(manifest, "apply", "-f", "-")).Succeeded().Output;

    private async Task<JsonElement> JsonAsync(params string[] arguments) =>
        JsonDocument.Parse(await KipAsync([.. arguments, "-o", "json"])).RootElement;

    private static void Failed(CommandResult result, string says)
    {
        result.ExitCode.ShouldBe(1, result.Line);
        result.Error.ShouldContain(says);
    }
}
