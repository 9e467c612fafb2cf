using Kip.Testing.Programs;

namespace Kip.Bench.Profile;

/// <summary>A platform that starts, comes to rest, and is then used for what most are used for, while it is recorded.</summary>
internal static class ProfiledUse
{
    // What is done once some seconds after the start belongs to the start; nothing tells that the last of it is done, so it is a time.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    // The runtime's events are stamped by its own clock: what lies apart by this much is not mistaken for what was before or after.
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);

    private const string BrokerWithTrigger = """
        apiVersion: eventing.knative.dev/v1
        kind: Broker
        metadata: {name: default}
        ---
        apiVersion: eventing.knative.dev/v1
        kind: Trigger
        metadata: {name: hello}
        spec: {broker: default, subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: hello}}}
        """;

    public static async Task<Recording> RecordAsync(string file)
    {
        await using var kip = await StartAsync(file);
        await Task.Delay(Rest);
        var idle = DateTime.UtcNow;
        await Task.Delay(Between);
        await UseAsync(kip);
        await Task.Delay(Between);
        var end = DateTime.UtcNow;
        await Task.Delay(Between);
        if (await kip.StopAsync() is not 0 and var code) throw new InvalidOperationException($"kip ended with {code}:\n{kip.Said}");
        return new([.. (await File.ReadAllLinesAsync(file)).Select(EnteredMethod.Parse)], idle, end);
    }

    private static async Task<KipProgram> StartAsync(string file)
    {
        // The platform inherits them; what this process starts later must not.
        Environment.SetEnvironmentVariable(EnteredMethods.Hook, typeof(EnteredMethods).Assembly.Location);
        Environment.SetEnvironmentVariable(EnteredMethods.File, file);
        try
        {
            return await KipProgram.StartAsync();
        }
        finally
        {
            Environment.SetEnvironmentVariable(EnteredMethods.Hook, null);
            Environment.SetEnvironmentVariable(EnteredMethods.File, null);
        }
    }

    // Applied, woken, listed, asleep again; then an event wakes it.
    private static async Task UseAsync(KipProgram kip)
    {
        Check(await kip.KubectlAsync("apply", "-f", Repository.Path("samples", "hello.yaml")));
        Check(await kip.KubectlAsync("wait", "ksvc/hello", "--for=condition=Ready", "--timeout=60s"));
        await kip.ReadyPodsAsync("hello", static ready => ready == 0);
        Check(await kip.KipAsync("invoke", "hello"));
        Check(await kip.KubectlAsync("get", "ksvc,revisions,pods"));
        Check(await kip.KubectlWithInputAsync(BrokerWithTrigger, "apply", "-f", "-"));
        Check(await kip.KubectlAsync("wait", "trigger/hello", "--for=condition=Ready", "--timeout=60s"));
        await kip.ReadyPodsAsync("hello", static ready => ready == 0);
        Check(await kip.KipAsync("events", "send", "default", "--type", "com.example.hello"));
        await kip.ReadyPodsAsync("hello", static ready => ready > 0);
        await kip.ReadyPodsAsync("hello", static ready => ready == 0);
        Check(await kip.KubectlAsync("delete", "ksvc/hello"));
    }

    private static void Check(CommandResult result)
    {
        if (result.ExitCode != 0) throw new InvalidOperationException(result.Error);
    }
}
