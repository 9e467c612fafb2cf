using System.Globalization;
using Kip.ApiServer.Http.Verbs;
using Kip.Client;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.ApiServer.Http.Subresources.Exec;

/// <summary>Answers <c>/exec</c>, a program in a container, and <c>/attach</c>, the container's own program.</summary>
internal sealed class PodExecSubresource(IPodExec? pods, ResourceReads reads, ExecConnections connections)
{
    /// <summary>Runs a program in a container.</summary>
    public Task ExecAsync(ApiCall call)
    {
        var pod = (Pod)reads.Find(call);
        var command = call.Http.Request.Query["command"].Select(static w => w ?? "").ToValueList();
        if (command.IsEmpty) throw ApiException.BadRequest("you must specify at least 1 command for the container");
        var options = new PodExecOptions
        {
            Container = ContainerOf(call, pod), Command = command, Stdin = call.Parameters.Flag("stdin"), Tty = call.Parameters.Flag("tty"),
        };
        return ConnectAsync(call, (runtime, connection) => runtime.ExecAsync(call.Name, options, connection.Client, connection.Gone));
    }

    /// <summary>Connects a client with the container's own program until that ends.</summary>
    public Task AttachAsync(ApiCall call)
    {
        var pod = (Pod)reads.Find(call);
        var container = pod.Spec.Containers.FirstOrDefault(c => c.Name == ContainerOf(call, pod)) ?? pod.Spec.Containers[0];
        if (call.Parameters.Flag("tty") && !container.Tty)
            throw ApiException.BadRequest($"container {container.Name} of pod {pod.Metadata.Name} has no terminal: it is declared without tty");
        var options = new PodAttachOptions { Container = container.Name, Stdin = call.Parameters.Flag("stdin") && container.Stdin };
        return ConnectAsync(call, async (runtime, connection) =>
        {
            await runtime.AttachAsync(call.Name, options, connection.Client, connection.Gone);
            return 0;
        });
    }

    private async Task ConnectAsync(ApiCall call, Func<IPodExec, IExecConnection, Task<int>> run)
    {
        if (pods is null) throw ApiException.Of(501, "NotImplemented", "no pods run beside this API server");
        IExecConnection connection;
        try
        {
            connection = await connections.OpenAsync(call);
        }
        catch (IOException)
        {
            // It has gone before it had said what it wants.
            return;
        }
        await using var _ = connection;
        Status outcome;
        try
        {
            outcome = OutcomeOf(await run(pods, connection));
        }
        catch (ApiException failure)
        {
            outcome = failure.Status;
        }
        catch (OperationCanceledException) when (connection.Gone.IsCancellationRequested)
        {
            return;
        }
        await connection.CloseAsync(outcome, call.Stopping);
    }

    private static Status OutcomeOf(int code) => code == 0 ? new Status { State = "Success" } : new Status
    {
        State = "Failure",
        Reason = "NonZeroExitCode",
        Message = $"command terminated with exit code {code}",
        Details = new() { Causes = [new StatusCause { Reason = "ExitCode", Message = code.ToString(CultureInfo.InvariantCulture) }] },
    };

    private static string? ContainerOf(ApiCall call, Pod pod)
    {
        var container = call.Parameters.Text("container");
        if (container is null && pod.Spec.Containers.Count > 1)
            throw ApiException.BadRequest(
                $"a container name must be specified for pod {pod.Metadata.Name}, choose one of: "
                + $"[{string.Join(' ', pod.Spec.Containers.Select(static c => c.Name))}]");
        return container;
    }
}
