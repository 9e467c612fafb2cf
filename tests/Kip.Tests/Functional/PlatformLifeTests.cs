using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional;

/// <summary>Starting and stopping, over a folder of its own. In the same collection since others there measure failures under load.</summary>
[Collection(KipCollection.Name)]
public sealed class PlatformLifeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kip-life-").FullName;

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Up_twice_and_down_twice_are_no_mistakes()
    {
        string[] up = ["up", "--detach", "--data", Data, "--api", "127.0.0.1:0", "--gateway", "127.0.0.1:0"];
        try
        {
            var first = (await KipAsync(up)).Succeeded().Output;
            first.ShouldContain($"export KUBECONFIG={Data}/kubeconfig");
            first.ShouldContain($"kip down --data {Data}");
            (await KipAsync(up)).Succeeded().Output.ShouldBe(first, "the same platform, found running");
            var other = await KipAsync("up", "--detach", "--data", Data, "--gateway", "127.0.0.1:1");
            other.ExitCode.ShouldBe(1);
            other.Error.ShouldContain("not with --gateway 127.0.0.1:1");
            (await KipAsync("get", "--kubeconfig", Path.Combine(Data, "kubeconfig"))).Succeeded();
        }
        finally
        {
            (await KipAsync("down", "--data", Data)).Succeeded().Output.ShouldBe("Kip has stopped.\n");
        }
        (await KipAsync("down", "--data", Data)).Succeeded().Output.ShouldBe($"Kip is not running over {Data}.\n");
        var status = await KipAsync("status", "--data", Data);
        status.ExitCode.ShouldBe(3);
        status.Error.ShouldContain($"kip up --detach --data {Data}");
        (await KipAsync("get", "--kubeconfig", Path.Combine(Data, "kubeconfig"))).Error.ShouldContain("Is it running?");
    }

    [Fact]
    public async Task A_platform_in_the_foreground_stops_at_Ctrl_C()
    {
        await using var kip = FollowedProgram.Start(Repository.Kip, ["up", "--data", Data, "--api", "127.0.0.1:0", "--gateway", "127.0.0.1:0"]);
        await kip.LineAsync("To stop it: Ctrl-C");

        (await kip.InterruptAsync()).ShouldBe(0);

        (await KipAsync("status", "--data", Data)).ExitCode.ShouldBe(3);
    }

    [Fact]
    public async Task The_quickstart_shows_a_service_wake_scale_out_and_sleep_and_leaves_the_platform_running()
    {
        try
        {
            var result = (await KipAsync("quickstart", "--data", Data, "--api", "127.0.0.1:0", "--gateway", "127.0.0.1:0")).Succeeded();

            result.Output.ShouldContain("hello-00001 is ready with no pod running");
            result.Output.ShouldContain("200 Hello from hello-00001");
            result.Output.ShouldContain("200 answered, 0 failed");
            // How many there are in time is the machine's to say.
            result.Output.ShouldMatch(@"it scaled to \d+ pods?");
            result.Output.ShouldContain("No pod is running after");
            result.Output.ShouldContain($"kip down --data {Data}");
            (await KipAsync("invoke", "hello", "--kubeconfig", Path.Combine(Data, "kubeconfig"))).Succeeded().Output.ShouldBe("Hello from hello-00001\n");
        }
        finally
        {
            (await KipAsync("down", "--data", Data)).Succeeded();
        }
    }

    [Fact]
    public async Task A_kubeconfig_that_is_missing_or_broken_is_told()
    {
        var missing = Path.Combine(_folder, "nowhere");
        (await KipAsync("get", "--kubeconfig", missing)).Error.ShouldBe(
            $"kip: there is no kubeconfig {missing}. To start a platform, which writes one: kip up --detach\n");

        var broken = Path.Combine(_folder, "broken");
        foreach (var text in (string[])["not: [closed", "a list\n", "current-context: a\n", "apiVersion: v1\nkind: Config\nclusters: 5\n"])
        {
            await File.WriteAllTextAsync(broken, text);
            var result = await KipAsync("get", "--kubeconfig", broken);
            result.ExitCode.ShouldBe(1, text);
            result.Error.ShouldStartWith("kip: ");
            result.Error.ShouldContain(broken);
            result.Error.TrimEnd().ShouldNotContain("   at ", Case.Sensitive, "a sentence, not a stack trace");
        }
    }

    [Fact]
    public async Task Shells_are_given_a_script_and_words_to_complete()
    {
        (await KipAsync("completion", "bash")).Succeeded().Output.ShouldContain("complete -F _kip_complete kip");
        (await KipAsync("[suggest:6]", "kip de")).Succeeded().Output.ShouldBe("delete\ndeploy\ndescribe\n");
        var kip = Path.GetDirectoryName(Repository.Kip);
        var script = $"PATH=\"{kip}:$PATH\"; source <(kip completion bash); COMP_WORDS=(kip roll); COMP_CWORD=1; COMP_LINE='kip roll'; COMP_POINT=8; "
            + "_kip_complete; printf '%s\\n' \"${COMPREPLY[@]}\"";
        (await Command.RunAsync("bash", ["-c", script])).Succeeded().Output.ShouldBe("rollback\n", "what bash does at the tab key");
    }

    private static Task<CommandResult> KipAsync(params string[] arguments) =>
        Command.RunAsync(Repository.Kip, arguments, directory: Repository.Root);
}
