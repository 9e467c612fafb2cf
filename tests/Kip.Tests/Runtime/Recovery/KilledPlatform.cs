using Kip.Client.Pods;
using Kip.Resources.Core;
using Kip.Testing.Runtime;
using Kip.Tests.Runtime.Pods;

namespace Kip.Tests.Runtime.Recovery;

/// <summary>The platform that is killed: this program run again with a folder named in the environment runs a pod there and waits.</summary>
internal static class KilledPlatform
{
    public const string Variable = "KIP_TESTS_KILLED_PLATFORM";

    // A child in the group, one that left the group, and one that also overwrote its environment but stayed in the session.
    private const string Script = """
        sleep 1000 &
        a=$!
        setsid sleep 1000 &
        b=$!
        env -i sleep 1000 &
        c=$!
        echo $$ $a $b $c
        wait
        """;

    public static async Task RunAsync(string folder)
    {
        var kip = await RuntimeHarness.StartAsync(RuntimeHarness.NewOptions() with { DataDirectory = folder });
        var image = await kip.ShellBundleAsync("sh run.sh;", ("run.sh", Script));
        await kip.CreateAsync(RuntimeHarness.PodOf("web", image));
        await kip.WaitForAsync<Pod>("web", static p => p.Status.Phase == "Running");
        using var log = new UntilText("\n");
        await kip.Runtime.Logs.CopyToAsync(new("default", "web"), new PodLogOptions { Follow = true }, log, log.Seen)
            .ContinueWith(static _ => { }, TaskScheduler.Default);
        Console.WriteLine(log.Text.Trim());
        await Task.Delay(Timeout.Infinite);
    }
}
