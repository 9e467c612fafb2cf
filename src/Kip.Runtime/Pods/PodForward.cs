using System.Net.Sockets;
using Kip.Client.Pods;
using Kip.Resources.Core;

namespace Kip.Runtime.Pods;

/// <summary>Connects to pods' ports: of a container at the pod's own address, of a process at the port that it was given instead.</summary>
internal sealed class PodForward : IPodForward
{
    public async Task<Stream> ConnectAsync(Pod pod, int port, CancellationToken cancel)
    {
        var address = string.IsNullOrEmpty(pod.Status.PodIP) ? PodStatusRules.Loopback : pod.Status.PodIP;
        var declared = pod.Spec.Containers.SelectMany(static c => c.Ports).FirstOrDefault(p => p.ContainerPortNumber == port);
        var target = declared is null ? port : ServingPort.Of(pod, declared);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, target, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"port {port} of pod {pod.Metadata.Name} at {address}:{target}: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
