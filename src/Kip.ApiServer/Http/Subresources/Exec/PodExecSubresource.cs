using System.Globalization;
using System.Net.WebSockets;
using Kip.ApiServer.Http.Verbs;
using Kip.Client;
using Kip.Client.Pods;
using Kip.Resources;
using Kip.Resources.Core;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Http.Subresources.Exec;

/// <summary>Answers <c>/exec</c>: a program in a container, its streams over a WebSocket as <c>kubectl</c> (1.29 and newer) speaks it.</summary>
internal sealed class PodExecSubresource(IPodExec? pods, ResourceReads reads)
{
    public async Task ConnectAsync(ApiCall call)
    {
        var pod = (Pod)reads.Find(call);
        var options = OptionsOf(call, pod);
        if (pods is null) throw ApiException.Of(501, "NotImplemented", "no pods run beside this API server");
        if (ExecHandshake.Read(call.Http) is not { } handshake)
            throw ApiException.BadRequest("exec is spoken over WebSockets here (v5.channel.k8s.io, v4.channel.k8s.io), which kubectl does since 1.29; use a newer kubectl, or kip exec");
        using var socket = await handshake.AcceptAsync(call.Http);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(call.Cancel, call.Stopping);
        using var channels = new ExecChannels(socket, options.Stdin);
        var reading = channels.ReadAsync(ended);
        Status outcome;
        try
        {
            outcome = OutcomeOf(await pods.ExecAsync(call.Name, options, channels, ended.Token));
        }
        catch (ApiException failure)
        {
            outcome = failure.Status;
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            socket.Abort();
            await reading;
            return;
        }
        await channels.CloseAsync(outcome, call.Stopping);
        await reading;
    }

    private static Status OutcomeOf(int code) => code == 0 ? new Status { State = "Success" } : new Status
    {
        State = "Failure",
        Reason = "NonZeroExitCode",
        Message = $"command terminated with exit code {code}",
        Details = new() { Causes = [new StatusCause { Reason = "ExitCode", Message = code.ToString(CultureInfo.InvariantCulture) }] },
    };

    private static PodExecOptions OptionsOf(ApiCall call, Pod pod)
    {
        var command = call.Http.Request.Query["command"].Select(static w => w ?? "").ToValueList();
        if (command.IsEmpty) throw ApiException.BadRequest("you must specify at least 1 command for the container");
        var container = call.Parameters.Text("container");
        if (container is null && pod.Spec.Containers.Count > 1)
            throw ApiException.BadRequest(
                $"a container name must be specified for pod {pod.Metadata.Name}, choose one of: [{string.Join(' ', pod.Spec.Containers.Select(static c => c.Name))}]");
        return new PodExecOptions { Container = container, Command = command, Stdin = call.Parameters.Flag("stdin"), Tty = call.Parameters.Flag("tty") };
    }
}
