using Kip.Host.CommandLine;
using Kip.Host.Deploy;
using Kip.Host.Invoke;
using Kip.Host.Platform;
using Kip.Host.Platform.Starting;
using Kip.Resources;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Host.Quickstart;

/// <summary>The steps of <c>kip quickstart</c> after the platform is up.</summary>
internal sealed class Tour(Connection connection, DataFolder data, InstanceFile running, string sample, TextWriter output)
{
    private const string Name = "hello";
    private const int Requests = 200;
    private const int AtATime = 50;

    // The shortest window Knative allows, so that going to zero can be watched; a target of 10 so that 50 at a time need several pods.
    private static readonly StringMap Annotations = StringMap.Of(
        ("autoscaling.knative.dev/initial-scale", "0"),
        ("autoscaling.knative.dev/window", "6s"),
        ("autoscaling.knative.dev/target", "10"),
        ("autoscaling.knative.dev/max-scale", "10"));

    private readonly PodCount _pods = new(connection, Name);

    public async Task RunAsync(CancellationToken cancel)
    {
        var service = await DeployAsync(cancel);
        var url = new Uri(service.Status.Url!);
        using var client = GatewayClient.Make();
        await WakeAsync(client, url, cancel);
        await BurstAsync(client, url, cancel);
        await SleepAsync(cancel);
        TryNext(url);
    }

    private async Task<Service> DeployAsync(CancellationToken cancel)
    {
        output.WriteLine();
        output.WriteLine($"2. Deploying {sample} from source, asleep");
        var image = await BundleBuild.RunAsync(data, sample, Name, cancel);
        var request = new DeployRequest { Name = new(connection.Namespace, Name), Image = image, Annotations = Annotations };
        var service = await ServiceDeployment.RunAsync(connection, request, TimeSpan.FromMinutes(2), cancel);
        output.WriteLine($"   {service.Status.LatestReadyRevisionName} is ready with no pod running: {service.Status.Url}");
        return service;
    }

    private async Task WakeAsync(HttpClient client, Uri url, CancellationToken cancel)
    {
        await _pods.UntilNoneAsync(_ => { }, cancel);
        output.WriteLine();
        output.WriteLine($"3. The first request, from zero: curl {url}");
        var answer = await TracedRequest.SendAsync(client, url, cancel);
        output.WriteLine($"   {answer.Status} {answer.Body.Trim()}");
        TracePrinter.Print(output, answer.Stages, answer.Total);
    }

    private async Task BurstAsync(HttpClient client, Uri url, CancellationToken cancel)
    {
        output.WriteLine();
        output.WriteLine($"4. A burst: {Requests} requests, {AtATime} at a time, each a second long");
        var (burst, most) = await SendAsync(client, new Uri(url, "/sleep?ms=1000"), cancel);
        output.WriteLine($"   {burst.Succeeded} answered, {burst.Failed} failed, in {burst.Elapsed.TotalSeconds:0.0} s; it scaled to {PodCount.Text(most)}");
        if (burst.FirstFailure is not null) output.WriteLine($"   The first failure: {burst.FirstFailure}");
    }

    private async Task<(BurstResult Burst, int MostPods)> SendAsync(HttpClient client, Uri url, CancellationToken cancel)
    {
        await using var progress = Progress.Start("   Sending");
        using var counting = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var most = _pods.MostAsync((there, ready) => progress.Say($"   Sending; {PodCount.Text(there)}, {ready} ready"), counting.Token);
        var burst = await Burst.RunAsync(client, url, Requests, AtATime, cancel);
        await counting.CancelAsync();
        return (burst, await most);
    }

    private async Task SleepAsync(CancellationToken cancel)
    {
        output.WriteLine();
        output.WriteLine("5. Back to zero, when the window of 6 s is empty");
        var elapsed = await AsleepAsync(cancel);
        output.WriteLine($"   No pod is running after {elapsed.TotalSeconds:0} s.");
    }

    private async Task<TimeSpan> AsleepAsync(CancellationToken cancel)
    {
        await using var progress = Progress.Start("   Waiting");
        return await _pods.UntilNoneAsync(n => progress.Say($"   Waiting; {PodCount.Text(n)} left"), cancel);
    }

    private void TryNext(Uri url)
    {
        var option = Welcome.DataOption(data);
        output.WriteLine($"""

            Kip goes on running (pid {running.ProcessId}). Try next:

              export KUBECONFIG={data.Kubeconfig}
              kubectl get ksvc,revisions,pods
              curl {url}
              ./kip invoke {Name} --trace
              ./kip deploy samples/hello-node --name greeter{option}
              ./kip status{option}
              ./kip down{option}
            """);
    }
}
