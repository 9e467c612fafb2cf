using Kip.Client;
using Kip.Client.Pods;
using Kip.Host.CommandLine;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Host.Deploy;

/// <summary>Stores the Service of a deployment and waits until it serves, or says why it does not.</summary>
internal static class ServiceDeployment
{
    public static async Task<Service> RunAsync(Connection connection, DeployRequest request, TimeSpan timeout, CancellationToken cancel)
    {
        var resources = connection.Resources;
        var present = await resources.GetAsync<Service>(request.Name, cancel);
        var wanted = ServiceManifest.For(request, present);
        if (present is null) await resources.CreateAsync(wanted, cancel);
        else if (wanted != present) await resources.UpdateAsync(wanted, cancel);
        await using var progress = Progress.Start($"Waiting for {request.Name.Name}");
        try
        {
            return await ServiceWait.ReadyAsync(resources, request.Name, timeout, progress.Say, cancel);
        }
        catch (CommandFailure failure)
        {
            throw new CommandFailure(failure.Message + await LastLinesAsync(connection, request.Name.Name, cancel), failure.ExitCode);
        }
    }

    // A program that does not start says why in its log; nobody should have to look for it.
    private static async Task<string> LastLinesAsync(Connection connection, string service, CancellationToken cancel)
    {
        var options = new ListOptions { Namespace = connection.Namespace, LabelSelector = $"serving.knative.dev/service={service}" };
        foreach (var pod in (await connection.Resources.ListAsync<Kip.Resources.Core.Pod>(options, cancel)).Reverse())
        {
            try
            {
                await using var log = await connection.OpenLogAsync(pod.Metadata.Name, new PodLogOptions { TailLines = 10 }, cancel);
                var lines = await new StreamReader(log).ReadToEndAsync(cancel);
                if (lines.Length > 0) return $"\nThe last lines of pod {pod.Metadata.Name}:\n{lines.TrimEnd()}";
            }
            catch (ApiException)
            {
                // Not started, or gone meanwhile; the condition's message is all there is to say.
            }
        }
        return "";
    }
}
